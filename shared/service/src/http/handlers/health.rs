//! `GET /health`: answers at once and touches nothing (D91).

use crate::app::App;
use crate::http::dto::service::HealthView;
use crate::http::endpoint::{Endpoint, OpenCall, open_endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;

/// The endpoint.
pub const ENDPOINT: Endpoint = open_endpoint!(routes::HEALTH, handle);

fn handle(app: &App, _call: &OpenCall) -> Result<Reply, Problem> {
    Ok(Reply::ok(&HealthView {
        status: "ok".into(),
        version: app.config().service_version.clone(),
    }))
}
