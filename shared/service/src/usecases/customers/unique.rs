//! Codes and e-mails, which only one customer of a tenant may have (D30): their guards and the answer to a twin.

use crate::app::App;
use crate::auth::TenantId;
use crate::problem::{Problem, ProblemCode};
use crate::store::customers::{Customer, GuardChange, UniqueValue, fold};

/// The hash a value's guard stands under: the same for twins in another case or normal form.
pub(super) fn hash(app: &App, tenant: TenantId, value: &str) -> String {
    app.keyring().guard(tenant.0, &fold(value))
}

/// The guards that come and go when a customer changes.
pub(super) fn guard_changes(
    app: &App,
    tenant: TenantId,
    before: &Customer,
    after: &Customer,
) -> Vec<GuardChange> {
    let code = |customer: &Customer| Some(customer.row.customer_code.clone()).filter(|code| !code.is_empty());
    let email = |customer: &Customer| customer.row.email.clone();
    let values = [
        (UniqueValue::Code, code(before), code(after)),
        (UniqueValue::Email, email(before), email(after)),
    ];
    let mut changes = Vec::new();
    for (value, before, after) in values {
        let [before, after] = [before, after].map(|text| text.map(|text| hash(app, tenant, &text)));
        // Another spelling of the same value keeps its guard.
        if before != after {
            changes.extend(after.map(|hash| GuardChange::Take(value, hash)));
            changes.extend(before.map(|hash| GuardChange::Release(value, hash)));
        }
    }
    changes
}

/// The 409 for a value that another customer has.
pub(super) fn taken(value: UniqueValue) -> Problem {
    let field = match value {
        UniqueValue::Code => "customer_code",
        UniqueValue::Email => "email",
    };
    let mut problem = Problem::field(
        format!("/{field}"),
        ProblemCode::CustomerAlreadyExists,
        format!("A customer with this {field} exists already."),
    );
    problem.extensions.insert("field".into(), field.into());
    problem
}
