//! `GET /health`: answers at once and touches nothing (D91).

use crate::app::App;
use crate::http::dto::service::HealthView;
use crate::http::endpoint::{Endpoint, Handler};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;

/// The endpoint.
pub const ENDPOINT: Endpoint = Endpoint {
    route: &routes::HEALTH,
    handler: Handler::Open(|app| Box::pin(async move { handle(&app) })),
};

fn handle(app: &App) -> Result<Reply, Problem> {
    Ok(Reply::ok(&HealthView {
        status: "ok".into(),
        version: app.config().service_version.clone(),
    }))
}
