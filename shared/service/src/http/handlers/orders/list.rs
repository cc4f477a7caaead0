//! `GET /orders`

use crate::app::App;
use crate::http::dto::orders::{OrderRowView, read_filter};
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page::{self, ListView};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::list::list;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::LIST_ORDERS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (filter, sort) = read_filter(&call.query)?;
    let (limit, start) = (call.query.limit()?, page::start(app, call)?);
    let (rows, next) = list(app, &call.access, &filter, sort, limit, start).await?;
    let next_cursor = page::next_cursor(app, call, next.as_ref())?;
    Ok(Reply::ok(&ListView {
        items: rows.into_iter().filter_map(OrderRowView::of).collect(),
        next_cursor,
    }))
}
