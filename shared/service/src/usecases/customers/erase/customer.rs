//! The customer in an erasure: marked, restored, emptied.

use std::collections::BTreeMap;

use orders_domain::decimal::Percentage;
use orders_domain::payments::PaymentTerms;

use super::super::{unique, version};
use crate::app::App;
use crate::auth::Grant;
use crate::problem::Problem;
use crate::store::Replaced;
use crate::store::customer_writes::{BesideCustomer, CustomerWritten};
use crate::store::customers::{Customer, CustomerBody, CustomerRow, ErasureMark};
use crate::words::{CustomerEvent, Segment};

/// Inactive, and on its way out.
pub(super) fn marked(app: &App, grant: &Grant, customer: &Customer) -> Customer {
    let mut next = customer.clone();
    next.row.erasure = Some(ErasureMark {
        since: app.now(),
        was_active: customer.row.is_active,
        done: false,
    });
    next.row.is_active = false;
    version::stamp(app, grant, &mut next, CustomerEvent::Updated, activity(customer));
    next
}

/// As it was before it was marked.
pub(super) fn restored(app: &App, grant: &Grant, marked: &Customer) -> Customer {
    let mut next = marked.clone();
    next.row.is_active = marked.row.erasure.is_some_and(|mark| mark.was_active);
    next.row.erasure = None;
    let changed = activity(&next);
    version::stamp(app, grant, &mut next, CustomerEvent::Updated, changed);
    next
}

/// The field that marking and restoring change, unless the customer was inactive anyway.
fn activity(unmarked: &Customer) -> Vec<String> {
    let active = unmarked.row.is_active;
    active.then(|| "is_active".to_owned()).into_iter().collect()
}

/// Nothing but what amounts, audit rows and the count of customers hang on. Every field is named here, so that one that
/// comes later is decided on.
pub(super) fn emptied(app: &App, grant: &Grant, customer: &Customer) -> Customer {
    let (now, body) = (app.now(), &customer.body);
    let mark = customer.row.erasure.unwrap_or(ErasureMark {
        since: now,
        was_active: customer.row.is_active,
        done: false,
    });
    let mut next = Customer {
        id: customer.id,
        version: customer.version,
        write_id: customer.write_id,
        row: CustomerRow {
            customer_code: String::new(),
            name: String::new(),
            business_name: None,
            customer_type: customer.row.customer_type,
            email: None,
            phone: None,
            is_active: false,
            on_hold: false,
            segment: Segment::Regular,
            created_at: customer.row.created_at,
            erasure: Some(ErasureMark { done: true, ..mark }),
        },
        body: CustomerBody {
            address: None,
            tax_id: None,
            tax_exempt: false,
            on_hold_reason: None,
            payment_terms: PaymentTerms::Immediate,
            credit_limit: None,
            discount_percentage: Percentage::ZERO,
            preferred_delivery_method: None,
            allergens: Vec::new(),
            special_requirements: None,
            erased_at: Some(now),
            price_list: BTreeMap::new(),
            delivery_preferences: None,
            communication: None,
            // Keyed, so that it tells nobody the body; a repeat of the request that made the customer still finds it.
            body_hash: body.body_hash.clone(),
            created_on: body.created_on,
            created_by: body.created_by.clone(),
            updated_at: body.updated_at,
            updated_by: body.updated_by.clone(),
            history: body.history.clone(),
            history_parts: body.history_parts,
        },
    };
    version::stamp(app, grant, &mut next, CustomerEvent::Erased, Vec::new());
    next
}

/// Writes the next version with what follows from it beside it.
///
/// # Errors
/// 503; internal when a guard is not the customer's own.
pub(super) async fn write(
    app: &App,
    grant: &Grant,
    read: &Customer,
    next: &Customer,
) -> Result<Replaced<Customer>, Problem> {
    let beside = BesideCustomer {
        guards: unique::guard_changes(app, grant.tenant(), read, next),
        credit_limit: (read.body.credit_limit != next.body.credit_limit).then_some(next.body.credit_limit),
    };
    let store = app.tenant_store(grant);
    match store.replace_customer(next, read.version, &beside).await? {
        CustomerWritten::Now => Ok(Replaced::Now),
        CustomerWritten::Stale(current) => Ok(Replaced::Stale(current)),
        CustomerWritten::Taken(_) => Err(Problem::internal("an erasure takes no guard, yet one was taken")),
    }
}
