//! Table stream → events topic and planning queue: publishes what is new in the history of an entity that changed (D43)

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::messaging::bus::{Destination, Topic};
use orders_service::usecases::relay;

fn main() -> ExitCode {
    lambda::run_stream(
        "relay-events",
        &[
            Destination::Topic(Topic::Events),
            Destination::PlanningQueue,
            Destination::Quarantine,
        ],
        relay::handle,
    )
}
