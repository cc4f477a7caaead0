//! `PUT /procurement/plans/{plan_id}/requirements/{ingredient_id}`

use std::process::ExitCode;

use orders_service::http::handlers;
use orders_service::lambda;

fn main() -> ExitCode {
    lambda::run_http(&[handlers::plans::update_requirement::ENDPOINT])
}
