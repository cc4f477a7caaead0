//! What one order or customer contributes to the rollups. It follows from the record alone, stands in the record's gate,
//! and says everything that has to be taken back when the record changes.

use std::collections::BTreeMap;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Percentage, Quantity};
use orders_domain::order_status::OrderStatus;
use orders_domain::returns::LineReturn;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::customers::Customer;
use crate::store::orders::{Order, OrderLine};
use crate::words::{CustomerType, SalesChannel};

/// What an order contributes. Amounts are cents, quantities thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderContribution {
    /// Whose order it is.
    #[serde(rename = "c")]
    pub customer_id: Uuid,
    /// The tenant's date on which it was placed; never changes.
    #[serde(rename = "p")]
    pub placed: NaiveDate,
    /// When that was.
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it is due.
    #[serde(rename = "d")]
    pub delivery_date: NaiveDate,
    /// Where it stands.
    #[serde(rename = "s")]
    pub status: OrderStatus,
    /// Its total less what was returned.
    #[serde(rename = "v")]
    pub amount: i64,
    /// What is still owed for it.
    #[serde(rename = "b")]
    pub balance_due: i64,
    /// What was ordered in all.
    #[serde(rename = "q")]
    pub units: i64,
    /// Whether it was delivered before its window ended.
    #[serde(rename = "ot", default, skip_serializing_if = "std::ops::Not::not")]
    pub on_time: bool,
    /// Whether it is a business' or a central bakery's.
    #[serde(rename = "bu", default, skip_serializing_if = "std::ops::Not::not")]
    pub business: bool,
    /// Whether it came through the wholesale channel.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub wholesale: bool,
    /// What was sold of each product; nothing while the order is no sale.
    #[serde(rename = "l", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub products: BTreeMap<String, Sold>,
}

/// What an order sold of a product, less what came back: revenue without tax, and quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sold(pub i64, pub i64);

/// What a customer contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerContribution {
    /// The tenant's date on which it was created; never changes.
    #[serde(rename = "cd")]
    pub created: NaiveDate,
    /// Whether it is erased, and so neither a customer nor an active one.
    #[serde(rename = "e", default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// Whether it may order.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub active: bool,
}

impl OrderContribution {
    /// What an order contributes as it stands. Nothing of it is personal data, so an erasure changes none of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a line that has no value, which no order that was priced has.
    pub fn of(order: &Order) -> Result<Self, StoreError> {
        let (row, body) = (&order.row, &order.body);
        let mut products = BTreeMap::new();
        if row.status.is_valid_sale() {
            for line in &body.lines {
                let sold = sold(line).ok_or_else(|| StoreError::Corrupt("a line has no value".into()))?;
                let sum: &mut Sold = products.entry(line.product_id.clone()).or_default();
                *sum = Sold(sum.0.saturating_add(sold.0), sum.1.saturating_add(sold.1));
            }
        }
        let delivered_at = body.actual_delivery_at;
        Ok(Self {
            customer_id: row.customer_id,
            placed: order.placed_date(),
            created_at: row.created_at,
            delivery_date: row.delivery_date,
            status: row.status,
            amount: row
                .total_amount
                .scaled()
                .saturating_sub(body.returned_amount.scaled()),
            balance_due: row.balance_due.scaled(),
            units: row.total_quantity.scaled(),
            on_time: row.status == OrderStatus::Delivered
                && delivered_at.is_some_and(|at| at <= body.delivery_window_end),
            business: matches!(
                body.customer_type,
                Some(CustomerType::Business | CustomerType::CentralBakery)
            ),
            wholesale: row.sales_channel == SalesChannel::Wholesale,
            products,
        })
    }

    /// A contribution on the way from an earlier one to this, with at most `most` products changed, when it is too far for
    /// one transaction; `None` when one step is enough.
    pub fn on_the_way(&self, earlier: Option<&Self>, most: usize) -> Option<Self> {
        let nothing = BTreeMap::new();
        let counted = earlier.map_or(&nothing, |earlier| &earlier.products);
        let mut ids: Vec<&String> = counted.keys().chain(self.products.keys()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| counted.get(*id) != self.products.get(*id));
        if ids.len() <= most {
            return None;
        }
        let mut products = counted.clone();
        for id in ids.into_iter().take(most) {
            match self.products.get(id) {
                Some(sold) => products.insert(id.clone(), *sold),
                None => products.remove(id),
            };
        }
        Some(Self {
            products,
            ..self.clone()
        })
    }
}

impl CustomerContribution {
    /// What a customer contributes as it stands.
    pub fn of(customer: &Customer) -> Self {
        let erased = customer.body.erased_at.is_some();
        Self {
            created: customer.created_on(),
            erased,
            active: customer.row.is_active && !erased,
        }
    }
}

fn sold(line: &OrderLine) -> Option<Sold> {
    let returned = line.quantity_returned.unwrap_or(Quantity::ZERO);
    let revenue = LineReturn {
        net_amount: line.net_amount,
        allocated_discount: line.allocated_discount,
        tax_rate: Percentage::ZERO,
        quantity: line.quantity,
        returned,
    }
    .net_revenue()?;
    let kept = line.quantity.checked_sub(returned)?;
    Some(Sold(revenue.scaled(), kept.scaled()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn contribution(
        status: OrderStatus,
        products: &[(&str, i64, i64)],
    ) -> OrderContribution {
        let products = products.iter().map(|(id, v, q)| ((*id).to_owned(), Sold(*v, *q)));
        OrderContribution {
            customer_id: Uuid::from_u128(1),
            placed: "2026-11-30".parse().unwrap(),
            created_at: "2026-11-30T23:30:00Z".parse().unwrap(),
            delivery_date: "2026-12-04".parse().unwrap(),
            status,
            amount: 1_000,
            balance_due: 400,
            units: 7_000,
            on_time: false,
            business: true,
            wholesale: false,
            products: products.collect(),
        }
    }

    #[test]
    fn a_long_way_is_walked_in_steps_that_add_up() {
        // D90: from three products to three others, two changes at a time
        let earlier = contribution(OrderStatus::Pending, &[("a", 1, 1), ("b", 2, 2), ("c", 3, 3)]);
        let whole = contribution(OrderStatus::Pending, &[("c", 3, 4), ("d", 4, 4), ("e", 5, 5)]);
        let mut at = earlier;
        let mut steps = 0;
        while let Some(next) = whole.on_the_way(Some(&at), 2) {
            assert_ne!(next, at);
            (at, steps) = (next, steps + 1);
        }
        // a, b | c, d | e
        assert_eq!(steps, 2);
        let rest: Vec<_> = whole
            .products
            .keys()
            .filter(|id| !at.products.contains_key(*id))
            .collect();
        assert_eq!(rest, ["e"]);
        assert_eq!(whole.on_the_way(Some(&whole), 0), None);
        assert_eq!(whole.on_the_way(None, 3), None);
        assert_eq!(whole.on_the_way(None, 2).map(|step| step.products.len()), Some(2));
    }
}
