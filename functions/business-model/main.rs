//! `GET /orders/business-model`

use std::process::ExitCode;

use orders_service::http::handlers;
use orders_service::lambda;

fn main() -> ExitCode {
    lambda::run_http(&[handlers::orders::business_model::ENDPOINT])
}
