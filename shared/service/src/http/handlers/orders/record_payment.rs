//! `POST /orders/{order_id}/payments`

use crate::app::App;
use crate::http::dto::orders::OrderView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::record_payment::record_payment;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::RECORD_PAYMENT, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let id = call.id("order_id")?;
    let identity = call.identity_within(app, id)?;
    let recorded = record_payment(app, &call.access, id, &call.body()?, &identity, call.if_match).await?;
    let (order, replayed) = recorded.into_parts();
    let tracking = call.access.settings().delivery_tracking_enabled;
    let view = OrderView::of(call.access.tenant(), &order, tracking);
    // A payment has no address of its own; relative to …/orders/{order_id}/payments, this is the order's.
    Ok(Reply::json(201, &view)
        .version(order.version)
        .location(format!("../{id}"))
        .replayed(replayed))
}
