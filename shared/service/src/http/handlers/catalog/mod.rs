//! `/catalog`

pub mod get;
pub mod import;
pub mod import_sales_history;
pub mod put;

use crate::http::endpoint::Call;
use crate::http::parse::is_catalog_id;
use crate::problem::Problem;

/// The id in a path; what cannot be an id is not there (D1).
fn catalog_id<'a>(call: &'a Call, name: &str) -> Result<&'a str, Problem> {
    Some(call.path.get(name))
        .filter(|id| is_catalog_id(id))
        .ok_or_else(Problem::not_found)
}
