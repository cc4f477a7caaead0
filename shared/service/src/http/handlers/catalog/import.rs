//! `POST /catalog/import`

use crate::app::App;
use crate::http::dto::catalog::import::{CatalogImport, CatalogImportResults};
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::catalog::import::import;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::IMPORT_CATALOG, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let rows = CatalogImport::read(call.json()?)?;
    let results = import(app, &call.access, rows).await?;
    Ok(Reply::ok(&CatalogImportResults { results }))
}
