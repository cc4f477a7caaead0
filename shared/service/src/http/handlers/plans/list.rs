//! `GET /procurement/plans`

use crate::app::App;
use crate::http::dto::plans::PlanRowView;
use crate::http::dto::plans::row::read_filter;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page::{self, ListView};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::list::list;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::LIST_PLANS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let filter = read_filter(&call.query)?;
    let (limit, start) = (call.query.limit()?, page::start(app, call)?);
    let (rows, next) = list(app, &call.access, &filter, limit, start).await?;
    let next_cursor = page::next_cursor(app, call, next.as_ref())?;
    Ok(Reply::ok(&ListView {
        items: rows.into_iter().filter_map(PlanRowView::of).collect(),
        next_cursor,
    }))
}
