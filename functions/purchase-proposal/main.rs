//! `GET /procurement/plans/{plan_id}/purchase-proposal`

use std::process::ExitCode;

use orders_service::http::handlers;
use orders_service::lambda;

fn main() -> ExitCode {
    lambda::run_http(&[handlers::plans::proposal::ENDPOINT])
}
