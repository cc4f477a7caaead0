//! `DELETE /customers/{customer_id}/personal-data`

use crate::app::App;
use crate::http::dto::customers::ErasureView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::customers;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::ERASE_CUSTOMER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let erasure = customers::erase::erase(app, &call.access, call.id("customer_id")?, call.if_match).await?;
    let status = if erasure.complete { 200 } else { 202 };
    Ok(Reply::json(status, &ErasureView::from(erasure)))
}
