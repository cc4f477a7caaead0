//! `PUT /catalog/products/{product_id}`, `/catalog/ingredients/{ingredient_id}`, `/catalog/suppliers/{supplier_id}`

use std::process::ExitCode;

use orders_service::http::handlers;
use orders_service::lambda;

fn main() -> ExitCode {
    lambda::run_http(handlers::catalog::put::ENDPOINTS)
}
