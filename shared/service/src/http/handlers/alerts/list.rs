//! `GET /alerts`

use orders_domain::alerts::{AlertType, Severity};

use crate::app::App;
use crate::http::dto::alerts::AlertView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page::{self, ListView};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::alerts::list::{AlertFilter, list};
use crate::words::AlertStatus;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::LIST_ALERTS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let filter = AlertFilter {
        statuses: call.query.many("status", AlertStatus::parse)?,
        severities: call.query.many("severity", Severity::parse)?,
        alert_types: call.query.many("alert_type", AlertType::parse)?,
    };
    let (limit, start) = (call.query.limit()?, page::start(app, call)?);
    let (rows, next) = list(app, &call.access, &filter, limit, start).await?;
    let next_cursor = page::next_cursor(app, call, next.as_ref())?;
    let tenant = call.access.tenant();
    let items = rows
        .iter()
        .filter_map(|alert| Some(AlertView::of(tenant, alert.id()?, alert.ver, &alert.r)));
    Ok(Reply::ok(&ListView {
        items: items.collect(),
        next_cursor,
    }))
}
