//! `POST /procurement/plans/simulate`

use std::process::ExitCode;

use orders_service::http::handlers;
use orders_service::lambda;

fn main() -> ExitCode {
    lambda::run_http(&[handlers::plans::simulate::ENDPOINT])
}
