//! How far a run looks, and which partitions that means.

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::Value;

use crate::auth::TenantId;
use crate::store::keys::{self, Index};
use crate::store::{Query, SortRange};

/// How far back created orders and plans are looked at.
const CREATED_WITHIN: TimeDelta = TimeDelta::hours(48);
/// Days for which an order is still looked at after its delivery date.
const DUE_DAYS: Days = Days::new(2);

/// How far a run looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is recent or due: every few minutes.
    Recent,
    /// Everything there is, and the rollups are recounted: once a night.
    Everything,
}

impl Extent {
    /// What a schedule asks for: `{"walk": "everything"}`, or anything else for what is recent.
    pub(super) fn of(input: &Value) -> Self {
        match input.get("walk").and_then(Value::as_str) {
            Some("everything") => Self::Everything,
            _ => Self::Recent,
        }
    }

    /// The partitions to walk. Recently: recent orders and plans, orders not long past their day, every customer. At
    /// night: every order, plan and customer.
    pub(super) fn queries(self, tenant: TenantId, now: DateTime<Utc>) -> Vec<Query> {
        // Above every digit and letter of a sort key.
        let from = |start: String| SortRange::Between(start, "~".into());
        let walk = |index, partition, range| Query {
            range,
            ..Query::all(index, partition)
        };
        let orders = keys::orders_by_creation(tenant);
        let plans = keys::plans_by_creation(tenant);
        let customers = walk(Index::Gs1, keys::customers_by_name(tenant), SortRange::All);
        match self {
            Self::Everything => vec![
                walk(Index::Gs1, orders, SortRange::All),
                walk(Index::Gs1, plans, SortRange::All),
                customers,
            ],
            Self::Recent => {
                let recent = keys::sortable_time(now - CREATED_WITHIN);
                let due = (now.date_naive() - DUE_DAYS).to_string();
                vec![
                    walk(Index::Gs1, orders, from(recent.clone())),
                    walk(Index::Gs2, keys::orders_by_delivery(tenant), from(due)),
                    walk(Index::Gs1, plans, from(recent)),
                    customers,
                ]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(extent: Extent) -> Vec<Option<String>> {
        let now = "2026-12-07T10:00:00Z".parse().unwrap();
        let queries = extent.queries(TenantId(uuid::Uuid::nil()), now);
        let start = |query: &Query| match &query.range {
            SortRange::Between(from, to) if to > &"z".to_owned() => Some(from.clone()),
            SortRange::All => None,
            other => panic!("{other:?}"),
        };
        queries.iter().map(start).collect()
    }

    #[test]
    fn the_walk_reaches_two_days_back_by_creation_and_by_delivery_and_at_night_to_the_beginning() {
        // DESIGN §4
        let recent = Some("1796464800000".to_owned());
        assert_eq!(
            starts(Extent::Recent),
            [recent.clone(), Some("2026-12-05".to_owned()), recent, None]
        );
        assert_eq!(starts(Extent::Everything), [None, None, None]);
    }

    #[test]
    fn a_schedule_asks_for_everything_in_so_many_words() {
        let of = |input| Extent::of(&input);
        assert_eq!(of(serde_json::json!({"walk": "everything"})), Extent::Everything);
        for other in [
            serde_json::json!({}),
            Value::Null,
            serde_json::json!({"walk": "all"}),
        ] {
            assert_eq!(of(other), Extent::Recent);
        }
    }
}
