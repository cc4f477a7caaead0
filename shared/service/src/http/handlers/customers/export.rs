//! `GET /customers/{customer_id}/export`

use http::header::CONTENT_DISPOSITION;

use crate::app::App;
use crate::http::dto::customers::export::ExportPage;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page;
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::customers;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::EXPORT_CUSTOMER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (access, id) = (&call.access, call.id("customer_id")?);
    let start = page::start(app, call)?;
    let mut lines = ExportPage::new(access.tenant(), access.settings().delivery_tracking_enabled);
    let next = customers::export::export(app, access, id, start, |exported| lines.write(exported)).await?;
    let lines = lines.finish(page::next_cursor(app, call, next.as_ref())?)?;
    let attachment = format!("attachment; filename=\"customer-{id}.ndjson\"");
    Ok(Reply::other(200, "application/x-ndjson", lines).header(CONTENT_DISPOSITION, attachment))
}
