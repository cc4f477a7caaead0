//! `GET /orders/dashboard-summary`

use crate::app::App;
use crate::http::dto::dashboard::DashboardView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::dashboard::dashboard;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::DASHBOARD_SUMMARY, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    Ok(Reply::ok(&DashboardView::from(
        dashboard(app, &call.access).await?,
    )))
}
