//! Projections queue → rollups: customers' metrics and the dashboard's figures follow from events (D33, D90)

use std::process::ExitCode;

use orders_service::lambda;
use orders_service::usecases::projections;

fn main() -> ExitCode {
    lambda::run_queue("project-orders", &[], projections::handle)
}
