//! What is at stake when an ingredient runs short: the orders pegged to it, what they come to and whose they are (§4).

use std::collections::{BTreeSet, HashMap};

use orders_domain::decimal::Money;
use orders_domain::planning::Pegging;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::orders::OrderInIndex;

/// What the orders of a plan come to, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct OrdersAtStake(HashMap<String, (Money, Uuid)>);

/// What hangs on one ingredient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stake {
    /// What the orders come to, each counted once however many of its lines need the ingredient.
    pub(super) revenue: Money,
    pub(super) orders: u32,
    pub(super) customers: u32,
}

impl OrdersAtStake {
    /// Adds an order as the index has it.
    pub(super) fn add(&mut self, id: String, order: &OrderInIndex) {
        self.0.insert(id, (order.r.total_amount, order.r.customer_id));
    }

    /// What hangs on the ingredient that these pegs belong to.
    pub(super) fn behind(&self, pegging: &Pegging) -> Stake {
        let orders: Vec<&str> = pegging.order_ids().collect();
        let known = || orders.iter().filter_map(|id| self.0.get(*id));
        // A figure for an alert must never be what keeps a plan from being made, so it stops at the greatest amount.
        let revenue = known().fold(0_i64, |sum, (total, _)| sum.saturating_add(total.scaled()));
        let customers: BTreeSet<_> = known().map(|(_, customer)| customer).collect();
        Stake {
            revenue: Money::from_scaled(revenue),
            orders: u32::try_from(orders.len()).unwrap_or(u32::MAX),
            customers: u32::try_from(customers.len()).unwrap_or(u32::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use orders_domain::decimal::Quantity;
    use orders_domain::planning::Peg;

    use super::*;

    fn at_stake(orders: &[(&str, &str, u128)]) -> OrdersAtStake {
        let entry = |(id, total, customer): &(&str, &str, u128)| {
            let worth = (Money::parse(total).unwrap(), Uuid::from_u128(*customer));
            ((*id).to_owned(), worth)
        };
        OrdersAtStake(orders.iter().map(entry).collect())
    }

    fn peg(order: &str, line: u16) -> Peg {
        Peg {
            order_id: order.into(),
            line,
            product_id: "rye".into(),
            quantity: Quantity::from_scaled(1_000),
            date: chrono::NaiveDate::MIN,
        }
    }

    #[test]
    fn orders_and_customers_count_once_however_many_lines_need_the_ingredient() {
        // §4
        let orders = at_stake(&[
            ("a", "10.50", 1),
            ("b", "4.25", 1),
            ("c", "100.00", 2),
            ("d", "1.00", 3),
        ]);
        let pegs = [peg("a", 1), peg("c", 1), peg("a", 2), peg("b", 1)];
        let stake = orders.behind(&pegs.into_iter().collect());
        let expected = Stake {
            revenue: Money::parse("114.75").unwrap(),
            orders: 3,
            customers: 2,
        };
        assert_eq!(stake, expected);
        let nothing = Stake {
            revenue: Money::ZERO,
            orders: 0,
            customers: 0,
        };
        assert_eq!(orders.behind(&Pegging::default()), nothing);
    }

    #[test]
    fn a_sum_beyond_all_measure_stops_at_the_greatest_amount() {
        let greatest = Money::from_scaled(i64::MAX);
        let orders = OrdersAtStake(
            ["a", "b"]
                .map(|id| (id.to_owned(), (greatest, Uuid::nil())))
                .into(),
        );
        let pegs = [peg("a", 1), peg("b", 1)];
        assert_eq!(orders.behind(&pegs.into_iter().collect()).revenue, greatest);
    }
}
