//! Schedule → events topic and planning queue: the relay's walk over what may have been missed, and stuck plans

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::messaging::bus::{Destination, Topic};
use orders_service::usecases::reconcile;

fn main() -> ExitCode {
    lambda::run_schedule(
        "reconcile",
        &[
            Destination::Topic(Topic::Events),
            Destination::PlanningQueue,
            Destination::Quarantine,
        ],
        reconcile::handle,
    )
}
