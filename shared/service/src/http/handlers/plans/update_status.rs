//! `PUT /procurement/plans/{plan_id}/status`

use crate::app::App;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::update_status::{PlanMove, update_status};

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::UPDATE_PLAN_STATUS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (id, asked): (_, PlanMove) = (call.id("plan_id")?, call.body()?);
    let found = update_status(app, &call.access, id, &asked, call.if_match).await?;
    super::whole(app, call, found)
}
