//! Alerts queue → alerts topic: raises the alerts an event deserves, one message for each channel (§7)

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::messaging::bus::{Destination, Topic};
use orders_service::usecases::alerts;

fn main() -> ExitCode {
    lambda::run_queue(
        "raise-alerts",
        &[Destination::Topic(Topic::Alerts)],
        alerts::raise::handle,
    )
}
