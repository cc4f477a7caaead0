//! The next version of a customer: one entry in its history, one number on.

use crate::app::App;
use crate::auth::Grant;
use crate::problem::{Problem, ProblemCode};
use crate::store::customers::{Customer, CustomerChange};
use crate::words::CustomerEvent;

/// How often a lost race is tried again before the caller is told.
pub(super) const ATTEMPTS: usize = 5;

/// Makes a changed customer its next version, with the entry that tells of the change: names of fields, never values.
pub(super) fn stamp(
    app: &App,
    grant: &Grant,
    customer: &mut Customer,
    event: CustomerEvent,
    changed_fields: Vec<String>,
) {
    let now = app.now();
    let sequence = customer.next_sequence();
    customer.version += 1;
    customer.write_id = app.ids().fresh();
    customer.body.updated_at = now;
    customer.body.updated_by = grant.actor().clone();
    customer.body.history.push(CustomerChange {
        sequence,
        event,
        version: customer.version,
        changed_at: now,
        changed_by: grant.actor().clone(),
        changed_fields,
    });
}

/// The 409 for a race that was lost too often.
pub(super) fn conflict() -> Problem {
    Problem::new(
        ProblemCode::VersionConflict,
        "The customer kept changing while this change was made; read it again.",
    )
}
