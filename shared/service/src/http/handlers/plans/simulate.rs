//! `POST /procurement/plans/simulate`

use crate::app::App;
use crate::http::dto::plans::SimulatedPlanView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::simulate::simulate;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::SIMULATE_PLAN, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let simulated = simulate(app, &call.access, call.body()?).await?;
    Ok(Reply::ok(&SimulatedPlanView::of(simulated)?))
}
