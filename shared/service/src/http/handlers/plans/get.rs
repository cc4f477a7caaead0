//! `GET /procurement/plans/{plan_id}`

use crate::app::App;
use crate::http::dto::plans::PlanDetailView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::get::get;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::GET_PLAN, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let found = get(app, &call.access, call.id("plan_id")?).await?;
    let version = found.plan.version;
    Ok(Reply::ok(&PlanDetailView::of(call.access.tenant(), found)?).version(version))
}
