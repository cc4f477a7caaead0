//! `GET /orders/demand-requirements`

use crate::app::App;
use crate::http::dto::demand::DemandView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::parse::parse_date;
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::demand::{DemandRange, demand};

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::DEMAND_REQUIREMENTS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let range = DemandRange {
        target_date: call.query.one("target_date", parse_date)?,
        start_date: call.query.one("start_date", parse_date)?,
        end_date: call.query.one("end_date", parse_date)?,
    };
    Ok(Reply::ok(&DemandView::from(
        demand(app, &call.access, range).await?,
    )))
}
