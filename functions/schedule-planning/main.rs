//! Schedule → planning queue: starts the daily plan of every tenant for which it is due (D69)

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::messaging::bus::Destination;
use orders_service::messaging::planning;

fn main() -> ExitCode {
    lambda::run_schedule(
        "schedule-planning",
        &[Destination::PlanningQueue],
        planning::schedule,
    )
}
