//! `POST /catalog/sales-history`

use crate::app::App;
use crate::http::dto::catalog::sales_history::read_rows;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::catalog::sales_history::import;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::IMPORT_SALES_HISTORY, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let rows = read_rows(call.json()?)?;
    Ok(Reply::ok(&import(app, &call.access, rows).await?))
}
