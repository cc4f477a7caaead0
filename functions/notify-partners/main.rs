//! Partners queue → production and notification partners: tells them what happened to an order (§14)

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::usecases::notify;

fn main() -> ExitCode {
    lambda::run_queue("notify-partners", &[], notify::handle)
}
