//! `GET /orders/{order_id}`

use crate::app::App;
use crate::http::dto::orders::OrderView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::GET_ORDER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let order = orders::get::get(app, &call.access, call.id("order_id")?).await?;
    let tracking = call.access.settings().delivery_tracking_enabled;
    let view = OrderView::of(call.access.tenant(), &order, tracking);
    Ok(Reply::ok(&view).version(order.version))
}
