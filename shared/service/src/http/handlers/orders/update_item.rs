//! `PATCH /orders/{order_id}/items/{line}`

use crate::app::App;
use crate::http::dto::orders::OrderView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::update_item::update_item;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::UPDATE_ORDER_ITEM, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let id = call.id("order_id")?;
    let line = line_number(call.path.get("line")).ok_or_else(Problem::not_found)?;
    let order = update_item(app, &call.access, id, line, &call.body()?, call.if_match).await?;
    let tracking = call.access.settings().delivery_tracking_enabled;
    let view = OrderView::of(call.access.tenant(), &order, tracking);
    Ok(Reply::ok(&view).version(order.version))
}

/// A whole number from 1 in its one spelling: one line has one address.
fn line_number(raw: &str) -> Option<u16> {
    raw.parse()
        .ok()
        .filter(|line: &u16| *line > 0 && line.to_string() == raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        // D1, D28b
        assert_eq!(line_number("1"), Some(1));
        assert_eq!(line_number("50"), Some(50));
        for raw in ["0", "-1", "+1", "01", "1.0", "", "x", "65536", "١"] {
            assert_eq!(line_number(raw), None, "{raw}");
        }
    }
}
