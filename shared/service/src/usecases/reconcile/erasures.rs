//! Erasures (D34): those that were cut short are brought to their end, and for two days after one the customer's orders
//! are looked at again, for any that was on its way while the customer was marked.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::auth::Grant;
use crate::messaging::{WorkError, Worker};
use crate::problem::ProblemCode;
use crate::store::customers::{Customer, CustomerInIndex};
use crate::store::record::{Item, Record as _, from_index, text};
use crate::usecases::customers::erase;

/// How long an erasure may run before it counts as cut short.
const CUT_SHORT_AFTER: TimeDelta = TimeDelta::minutes(1);
/// How long after its beginning orders may still turn up.
const LATE_ORDERS_WITHIN: TimeDelta = TimeDelta::hours(48);

/// The customer behind an index row, when the row says that there may be something left to erase.
///
/// # Errors
/// When the row is a customer's and does not parse.
pub(super) fn due(item: &Item, now: DateTime<Utc>) -> Result<Option<Uuid>, WorkError> {
    if text(item, "k") != Some(Customer::KIND) {
        return Ok(None);
    }
    let row: CustomerInIndex = from_index(item.clone())?;
    let due = row.r.erasure.is_some_and(|mark| {
        let age = now - mark.since;
        if mark.done {
            age <= LATE_ORDERS_WITHIN
        } else {
            age > CUT_SHORT_AFTER
        }
    });
    Ok(row.id().filter(|_| due))
}

/// Goes on with an erasure; tells whether it found something to do and did it.
///
/// # Errors
/// When the table does not answer; then the next run comes back to it.
pub(super) async fn go_on(worker: &Worker, grant: &Grant, customer: Uuid) -> Result<bool, WorkError> {
    match erase::go_on(&worker.app, grant, customer).await {
        Ok(erasure) => {
            let (orders_scrubbed, complete) = (erasure.orders_scrubbed, erasure.complete);
            let effective = orders_scrubbed > 0 || erasure.ended_now;
            if effective || !complete {
                tracing::warn!(customer_id = %customer, orders_scrubbed, complete, "erasure went on");
            }
            Ok(effective)
        }
        // It was cut short before it had looked at the orders twice: it is off, as whoever asked for it would have heard.
        Err(problem) if problem.code == ProblemCode::CustomerHasOpenOrders => Ok(false),
        Err(problem) => Err(problem.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::TenantId;
    use crate::store::record::to_item;

    fn row(erasure: Option<serde_json::Value>) -> Item {
        let actor = serde_json::json!({"u": "u", "r": "member"});
        let mut customer = serde_json::json!({
            "id": Uuid::from_u128(5), "ver": 1, "wid": Uuid::from_u128(9),
            "r": {"co": "C", "n": "N", "t": "individual", "ac": false, "oh": false, "sg": "regular", "ca": 0},
            "b": {
                "te": false, "pt": "immediate", "dp": "0.00", "by": actor, "ua": 0, "ub": actor, "h": [],
            },
        });
        if let Some(mark) = erasure {
            customer["r"]["es"] = mark;
        }
        let customer: Customer = serde_json::from_value(customer).unwrap();
        to_item(TenantId(Uuid::nil()), &customer).unwrap()
    }

    #[test]
    fn erasures_are_due_after_a_minute_and_for_two_days() {
        // D34
        let due = |mark: Option<serde_json::Value>, at: TimeDelta| {
            due(&row(mark), DateTime::UNIX_EPOCH + at).unwrap().is_some()
        };
        let running = || Some(serde_json::json!({"s": 0}));
        assert!(!due(None, TimeDelta::hours(1)));
        assert!(!due(running(), TimeDelta::minutes(1)));
        assert!(due(running(), TimeDelta::milliseconds(60_001)));
        assert!(due(running(), TimeDelta::days(90)));
        let done = || Some(serde_json::json!({"s": 0, "d": true}));
        assert!(due(done(), TimeDelta::hours(48)));
        assert!(!due(done(), TimeDelta::milliseconds(48 * 3_600_000 + 1)));
        let order = Item::from([("k".to_owned(), crate::store::s("O"))]);
        assert_eq!(super::due(&order, DateTime::UNIX_EPOCH).unwrap(), None);
    }
}
