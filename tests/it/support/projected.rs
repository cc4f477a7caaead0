//! What the rollups say, read from the bare items by the names of the data model, to be held against a recount.

use std::collections::BTreeMap;

use orders_domain::decimal::{Money, Quantity};
use orders_service::store::customer_metrics::CustomerMetrics;
use orders_service::store::record::{Item, number, text};
use orders_service::store::rollups::{Month, PlacedDay, Totals};
use uuid::Uuid;

use super::World;
use super::recount::{Recount, Top};

impl World {
    /// What the rollups say. Rows of nothing are left out.
    pub(crate) async fn projected(&self) -> Recount {
        let mut found = Recount::default();
        for item in self.items().await {
            let part = |name| text(&item, name).unwrap();
            let tenant = format!("T#{}#", self.tenant);
            let (partition, sort) = (part("pk").strip_prefix(&tenant).unwrap(), part("sk"));
            match (partition.split('#').collect::<Vec<_>>().as_slice(), sort) {
                (["DAY"], _) => found.rollup(&item, sort),
                (["C", customer], "M") => {
                    let mut metrics = CustomerMetrics::of(Some(&item));
                    assert!(metrics.as_of.take().is_some(), "{item:?}");
                    found.metrics.insert(customer.parse().unwrap(), metrics);
                }
                (["TOP", kind, month], id) => found.top(&item, kind, month, id),
                _ => {}
            }
        }
        found
    }

    /// Holds every rollup against the raw orders and customers (D33, D90).
    pub(crate) async fn expect_projected(&self) -> Recount {
        let (projected, recounted) = (self.projected().await, self.recounted().await);
        assert_eq!(projected, recounted);
        recounted
    }
}

impl Recount {
    fn rollup(&mut self, item: &Item, sort: &str) {
        let counted = number(item, "ch").is_some_and(|changes| changes > 0);
        match (sort.split_once('#'), sort.len()) {
            (Some(("c", month)), 9) => {
                let row = Month::of(item);
                add(&mut self.months, format!("{month}-01").parse().unwrap(), row);
            }
            (Some(("c", date)), _) => add(&mut self.placed, date.parse().unwrap(), PlacedDay::of(item)),
            (Some(("o", date)), _) => add(&mut self.open, date.parse().unwrap(), number(item, "n").unwrap()),
            (None, _) if sort == "t" => {
                let mut totals = Totals::of(item);
                assert!(totals.as_of_millis.take().is_some() && totals.lag_millis.take().is_some());
                self.totals = totals;
            }
            // The counts of open alerts follow from alerts.
            _ => return,
        }
        assert!(counted, "{item:?}");
    }

    fn top(&mut self, item: &Item, kind: &str, month: &str, id: &str) {
        let shown = item["r"].as_m().unwrap();
        let whole = |name| number(shown, name).unwrap();
        let top = Top {
            revenue: Money::from_scaled(whole("v")),
            orders: whole("o"),
            quantity: Quantity::from_scaled(whole("q")),
        };
        // Its place in the index is that of its revenue, and it has none without an order.
        let place = (top.orders > 0).then(|| format!("{:015}#{id}", top.revenue.scaled().max(0)));
        assert_eq!(text(item, "g1s"), place.as_deref(), "{item:?}");
        assert_eq!(text(item, "g1p"), place.and(text(item, "pk")));
        let month = format!("{month}-01").parse().unwrap();
        match kind {
            "P" => add(&mut self.products, (month, id.to_owned()), top),
            _ => add(&mut self.customers, (month, id.parse::<Uuid>().unwrap()), top),
        }
    }
}

fn add<K: Ord, V: Default + PartialEq>(rows: &mut BTreeMap<K, V>, key: K, row: V) {
    if row != V::default() {
        rows.insert(key, row);
    }
}
