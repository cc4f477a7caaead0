//! `GET /orders/business-model`

use crate::app::App;
use crate::http::dto::business_model::BusinessModelView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::business_model::business_model;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::BUSINESS_MODEL, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let found = business_model(app, &call.access).await?;
    Ok(Reply::ok(&BusinessModelView::from(&found)))
}
