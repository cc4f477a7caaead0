//! `GET /catalog/products`, `/catalog/ingredients`, `/catalog/suppliers`, and one of each by its id

use std::process::ExitCode;

use orders_service::http::handlers;
use orders_service::lambda;

fn main() -> ExitCode {
    lambda::run_http(handlers::catalog::get::ENDPOINTS)
}
