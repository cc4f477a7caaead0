//! Changing a customer by a merge patch. Its guards and its credit limit follow in the same transaction.

use uuid::Uuid;

use super::get::{Standing, get};
use super::patch::CustomerPatch;
use super::{unique, version};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::customer_writes::{BesideCustomer, CustomerWritten};
use crate::store::customers::Customer;
use crate::words::CustomerEvent;
use orders_domain::permissions::Action;

/// Changes a customer; what leaves it as it is makes no version.
///
/// # Errors
/// 403 when a member names a field of the customer's terms; 404; 412; 409 `customer-erased`; 409
/// `customer-already-exists` for another customer's code or e-mail; 422; 409 `version-conflict`.
pub async fn update(
    app: &App,
    access: &Access,
    id: Uuid,
    patch: &CustomerPatch,
    if_match: Option<u64>,
) -> Result<(Customer, Standing), Problem> {
    if patch.names_terms {
        access.require(Action::SetCustomerTerms)?;
    }
    let store = app.tenant_store(access);
    for _ in 0..version::ATTEMPTS {
        let (read, standing) = get(app, access, id).await?;
        check_if_match(if_match, read.version)?;
        if read.is_leaving() {
            return Err(Problem::new(
                ProblemCode::CustomerErased,
                "The customer's personal data is erased; the customer cannot be changed any more.",
            ));
        }
        let (mut next, changed) = patch.applied(&read)?;
        if changed.is_empty() {
            return Ok((read, standing));
        }
        version::stamp(app, access, &mut next, CustomerEvent::Updated, changed);
        let beside = BesideCustomer {
            guards: unique::guard_changes(app, access.tenant(), &read, &next),
            credit_limit: (read.body.credit_limit != next.body.credit_limit)
                .then_some(next.body.credit_limit),
        };
        match store.replace_customer(&next, read.version, &beside).await? {
            CustomerWritten::Now => return Ok((next, standing)),
            CustomerWritten::Taken(value) => return Err(unique::taken(value)),
            CustomerWritten::Stale(None) => return Err(Problem::not_found()),
            CustomerWritten::Stale(Some(_)) => {}
        }
    }
    Err(version::conflict())
}
