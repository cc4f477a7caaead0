//! `GET /orders/{order_id}/history`

use crate::app::App;
use crate::http::dto::orders::HistoryEntryView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page::{self, ListView};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::history::history;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::ORDER_HISTORY, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let id = call.id("order_id")?;
    let (limit, start) = (call.query.limit()?, page::start(app, call)?);
    let (entries, next) = history(app, &call.access, id, limit, start.as_ref()).await?;
    Ok(Reply::ok(&ListView {
        items: entries.into_iter().map(HistoryEntryView::from).collect(),
        next_cursor: page::next_cursor(app, call, next.as_ref())?,
    }))
}
