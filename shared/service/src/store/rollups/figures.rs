//! What contributions come to: figures of rows, which only add and subtract. So a change is the difference of two
//! contributions, and a recount is the sum of all of them.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use orders_domain::order_status::OrderStatus;
use uuid::Uuid;

use super::contribution::{CustomerContribution, OrderContribution};

/// A row that figures add up in. Months are their first day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// What was placed on a day.
    Placed(NaiveDate),
    /// What became of a month.
    Month(NaiveDate),
    /// What is still to be delivered on a day.
    Open(NaiveDate),
    /// What stands.
    Totals,
    /// A customer's metrics (D33).
    Metrics(Uuid),
    /// A product's sales in a month.
    TopProduct(NaiveDate, String),
    /// A customer's orders in a month.
    TopCustomer(NaiveDate, Uuid),
}

/// The figures of a row by attribute; one that is not there is 0.
pub type RowFigures = BTreeMap<&'static str, i64>;

/// Figures of rows. None of them is 0, and no row is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures(BTreeMap<Row, RowFigures>);

impl Figures {
    /// The rows that have figures, with them.
    pub fn rows(&self) -> impl Iterator<Item = (&Row, &RowFigures)> {
        self.0.iter()
    }

    /// The figures of a row.
    pub fn of(&self, row: &Row) -> Option<&RowFigures> {
        self.0.get(row)
    }

    /// One figure.
    pub fn figure(&self, row: &Row, name: &str) -> i64 {
        self.0
            .get(row)
            .and_then(|figures| figures.get(name))
            .copied()
            .unwrap_or(0)
    }

    /// Adds to one figure.
    pub fn add(&mut self, row: Row, name: &'static str, by: i64) {
        if by == 0 {
            return;
        }
        let figures = self.0.entry(row.clone()).or_default();
        let figure = figures.entry(name).or_insert(0);
        *figure = figure.saturating_add(by);
        if *figure == 0 {
            figures.remove(name);
        }
        if figures.is_empty() {
            self.0.remove(&row);
        }
    }

    /// Adds other figures.
    pub fn add_all(&mut self, other: &Self) {
        for (row, figures) in &other.0 {
            for (name, by) in figures {
                self.add(row.clone(), name, *by);
            }
        }
    }

    /// What has to be added to earlier figures to come to these.
    pub fn since(mut self, earlier: &Self) -> Self {
        for (row, figures) in &earlier.0 {
            for (name, by) in figures {
                self.add(row.clone(), name, by.saturating_neg());
            }
        }
        self
    }
}

/// The first day of a date's month.
pub fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

impl OrderContribution {
    /// What an order adds to each row.
    pub fn figures(&self) -> Figures {
        use OrderStatus::{Cancelled, Delivered, Failed, OnHold};
        let mut figures = Figures::default();
        let valid = self.status.is_valid_sale();
        let one = |condition: bool| i64::from(condition);

        let mut placed = |name, by| figures.add(Row::Placed(self.placed), name, by);
        placed("p", 1);
        placed("x", one(self.status == Cancelled));
        if valid {
            placed("o", 1);
            placed("v", self.amount);
        }
        if valid && self.status != OnHold {
            placed("n", 1);
            placed("q", self.units);
            placed("b", one(self.business));
            placed("w", one(self.wholesale));
        }

        let due = Row::Month(month_of(self.delivery_date));
        match self.status {
            Delivered => {
                figures.add(due.clone(), "dl", 1);
                figures.add(due, "ot", one(self.on_time));
            }
            Cancelled => figures.add(due, "dx", 1),
            Failed => figures.add(due, "df", 1),
            _ => figures.add(Row::Open(self.delivery_date), "n", 1),
        }

        figures.add(Row::Totals, self.status.as_str(), 1);
        let metrics = Row::Metrics(self.customer_id);
        figures.add(metrics.clone(), "x", one(self.status == Cancelled));
        if valid {
            figures.add(Row::Totals, "bd", self.balance_due);
            figures.add(metrics.clone(), "o", 1);
            figures.add(metrics, "s", self.amount);
            let top = Row::TopCustomer(month_of(self.placed), self.customer_id);
            figures.add(top.clone(), "o", 1);
            figures.add(top, "v", self.amount);
        }
        for (product, sold) in &self.products {
            let top = Row::TopProduct(month_of(self.placed), product.clone());
            figures.add(top.clone(), "o", 1);
            figures.add(top.clone(), "v", sold.0);
            figures.add(top, "q", sold.1);
            // The quantity of a customer is that of its products.
            figures.add(
                Row::TopCustomer(month_of(self.placed), self.customer_id),
                "q",
                sold.1,
            );
        }
        figures
    }
}

impl CustomerContribution {
    /// What a customer adds to each row.
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        figures.add(Row::Month(month_of(self.created)), "nc", 1);
        figures.add(Row::Totals, "cu", i64::from(!self.erased));
        figures.add(Row::Totals, "ca", i64::from(self.active));
        figures
    }
}

/// What a customer adds to the totals by how many valid orders it has: `c1` from the first, `c2` from the second on.
pub fn repeat_figures(valid_orders: i64) -> [(&'static str, i64); 2] {
    [
        ("c1", i64::from(valid_orders >= 1)),
        ("c2", i64::from(valid_orders >= 2)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::contribution::tests::contribution;
    use super::*;

    #[test]
    fn a_difference_touches_only_what_changed() {
        // D90: confirmed → cancelled
        let before = contribution(OrderStatus::Confirmed, &[("rye", 700, 2_000)]);
        let after = contribution(OrderStatus::Cancelled, &[]);
        let day = Row::Placed(before.placed);
        let change = after.figures().since(&before.figures());
        let of_day: Vec<_> = change
            .of(&day)
            .unwrap()
            .iter()
            .map(|(name, by)| (*name, *by))
            .collect();
        assert_eq!(
            of_day,
            [
                ("b", -1),
                ("n", -1),
                ("o", -1),
                ("q", -7_000),
                ("v", -1_000),
                ("x", 1)
            ]
        );
        assert_eq!(change.figure(&Row::Open(before.delivery_date), "n"), -1);
        assert_eq!(change.figure(&Row::Month("2026-12-01".parse().unwrap()), "dx"), 1);
        assert_eq!(change.figure(&Row::Totals, "bd"), -400);
        let rye = Row::TopProduct("2026-11-01".parse().unwrap(), "rye".into());
        assert_eq!(
            (
                change.figure(&rye, "v"),
                change.figure(&rye, "o"),
                change.figure(&rye, "q")
            ),
            (-700, -1, -2_000)
        );
        assert_eq!(before.figures().since(&before.figures()), Figures::default());
    }

    #[test]
    fn an_order_on_hold_is_a_sale_but_no_part_of_the_business_model() {
        // D80, D90
        let held = contribution(OrderStatus::OnHold, &[]).figures();
        let day = Row::Placed("2026-11-30".parse().unwrap());
        let names: Vec<_> = held.of(&day).unwrap().keys().copied().collect();
        assert_eq!(names, ["o", "p", "v"]);
        assert_eq!(held.figure(&Row::Open("2026-12-04".parse().unwrap()), "n"), 1);
    }

    #[test]
    fn an_erased_customer_was_new_in_its_month_all_the_same() {
        // D90, D34
        let created = "2026-11-30".parse().unwrap();
        let of = |erased, active| {
            CustomerContribution {
                created,
                erased,
                active,
            }
            .figures()
        };
        let month = Row::Month("2026-11-01".parse().unwrap());
        let told = |figures: &Figures| {
            (
                figures.figure(&month, "nc"),
                figures.figure(&Row::Totals, "cu"),
                figures.figure(&Row::Totals, "ca"),
            )
        };
        assert_eq!(told(&of(false, true)), (1, 1, 1));
        assert_eq!(told(&of(false, false)), (1, 1, 0));
        assert_eq!(told(&of(true, false)), (1, 0, 0));
        assert_eq!(repeat_figures(0).map(|(_, n)| n), [0, 0]);
        assert_eq!(repeat_figures(1).map(|(_, n)| n), [1, 0]);
        assert_eq!(repeat_figures(3).map(|(_, n)| n), [1, 1]);
    }
}
