//! `POST /orders`

use crate::app::App;
use crate::http::dto::orders::OrderView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::CREATE_ORDER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let identity = call.identity(app)?;
    let created = orders::create::create(app, &call.access, call.body()?, identity).await?;
    let (order, replayed) = created.into_parts();
    let tracking = call.access.settings().delivery_tracking_enabled;
    let view = OrderView::of(call.access.tenant(), &order, tracking);
    let location = format!("orders/{}", order.id);
    Ok(Reply::json(201, &view)
        .version(order.version)
        .location(location)
        .replayed(replayed))
}
