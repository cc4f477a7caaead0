//! Planning queue: computes a plan (D69)

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::messaging::bus::Destination;
use orders_service::messaging::planning;

fn main() -> ExitCode {
    lambda::run_queue(
        "plan-procurement",
        &[Destination::PlanningQueue],
        planning::compute,
    )
}
