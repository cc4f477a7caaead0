//! `GET /customers`

use crate::app::App;
use crate::http::dto::customers::{CustomerRowView, parse_flag};
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page::{self, ListView};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::customers::list::{CustomerFilter, Search, list};
use crate::words::CustomerType;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::LIST_CUSTOMERS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let filter = CustomerFilter {
        search: call.query.one("q", Search::parse)?,
        is_active: call.query.one("is_active", parse_flag)?,
        customer_types: call.query.many("customer_type", CustomerType::parse)?,
    };
    let (limit, start) = (call.query.limit()?, page::start_place(app, call)?);
    let (rows, next) = list(app, &call.access, &filter, limit, start).await?;
    let next_cursor = page::place_cursor(app, call, next.as_ref())?;
    Ok(Reply::ok(&ListView {
        items: rows.into_iter().filter_map(CustomerRowView::of).collect(),
        next_cursor,
    }))
}
