//! `GET /procurement/plans/{plan_id}`

use crate::app::App;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::get::get;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::GET_PLAN, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let found = get(app, &call.access, call.id("plan_id")?).await?;
    super::whole(app, call, found)
}
