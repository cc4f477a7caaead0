//! What a customer's orders add up to (D33), in one item that the projector adds to in place: amounts and counts are whole
//! numbers, instants are milliseconds.

use chrono::{DateTime, Utc};
use orders_domain::decimal::Money;
use rust_decimal::Decimal;

use super::record::{Item, number};

/// A customer's metrics, as fresh as `as_of` says. No item means that none of its orders was projected yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CustomerMetrics {
    /// Orders, without cancelled and failed ones.
    pub total_orders: u64,
    /// What they come to, less what was returned.
    pub total_spent: Money,
    /// Cancelled orders.
    pub cancelled_orders: u64,
    /// When the first order was placed.
    pub first_order_at: Option<DateTime<Utc>>,
    /// When the newest order was placed.
    pub last_order_at: Option<DateTime<Utc>>,
    /// When the last event was counted.
    pub as_of: Option<DateTime<Utc>>,
}

impl CustomerMetrics {
    /// Reads the metrics item: `o` orders, `s` spent in cents, `x` cancelled, `fa`, `la`, `ao`.
    pub fn of(item: Option<&Item>) -> Self {
        let whole = |name| item.and_then(|item| number(item, name));
        let count = |name| whole(name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        let instant = |name| whole(name).and_then(DateTime::from_timestamp_millis);
        Self {
            total_orders: count("o"),
            total_spent: Money::from_scaled(whole("s").unwrap_or(0)),
            cancelled_orders: count("x"),
            first_order_at: instant("fa"),
            last_order_at: instant("la"),
            as_of: instant("ao"),
        }
    }

    /// What an order comes to on average, rounded half away from zero; none without orders.
    pub fn average_order_value(&self) -> Option<Money> {
        let average = self
            .total_spent
            .decimal()
            .checked_div(Decimal::from(self.total_orders))?;
        Money::round_from(average)
    }
}

#[cfg(test)]
mod tests {
    use super::super::n;
    use super::*;

    #[test]
    fn an_item_is_read_and_none_is_nothing() {
        // D33
        assert_eq!(CustomerMetrics::of(None), CustomerMetrics::default());
        assert_eq!(CustomerMetrics::default().average_order_value(), None);
        let item = Item::from([
            ("o".to_owned(), n(8)),
            ("s".to_owned(), n(10_004)),
            ("x".to_owned(), n(2)),
            ("fa".to_owned(), n(0)),
            ("ao".to_owned(), n(1_000)),
        ]);
        let metrics = CustomerMetrics::of(Some(&item));
        let told = (
            metrics.total_orders,
            metrics.cancelled_orders,
            metrics.total_spent.to_string(),
        );
        assert_eq!(told, (8, 2, "100.04".to_owned()));
        // 12.505 is rounded away from zero.
        assert_eq!(metrics.average_order_value(), Money::parse("12.51").ok());
        assert_eq!(metrics.first_order_at, Some(DateTime::UNIX_EPOCH));
        assert_eq!((metrics.last_order_at, metrics.as_of.is_some()), (None, true));
    }
}
