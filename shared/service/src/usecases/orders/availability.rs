//! Asking inventory whether an order's products can be had (VALIDATE_PRODUCT_AVAILABILITY). The question runs beside the
//! first reads, and nobody waits for its answer where those make it needless.

use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either, select};
use orders_domain::decimal::Quantity;

use super::draft::NewLine;
use super::rules::{Faults, most_lines};
use crate::app::App;
use crate::auth::Access;
use crate::partners::{Availability, Inventory};
use crate::problem::ProblemCode;
use crate::store::orders::OrderLine;

/// What came of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// There was nothing to ask, or nobody.
    Not,
    /// Inventory is there and gave no answer to rely on.
    Unanswered,
    /// What inventory said.
    Answered(Vec<Availability>),
}

/// A question on its way.
pub(super) struct Inquiry<'a> {
    pending: Option<BoxFuture<'a, Asked>>,
    answer: Asked,
}

impl<'a> Inquiry<'a> {
    /// A question that is not asked.
    pub(super) fn none() -> Self {
        Self {
            pending: None,
            answer: Asked::Not,
        }
    }

    /// Asks for the lines' products, where there are any, the tenant wants it and inventory is there. Lines that
    /// are too many are refused anyway.
    pub(super) fn of(app: &'a App, access: &'a Access, items: &[NewLine]) -> Self {
        let settings = access.settings();
        let askable = (1..=most_lines(settings)).contains(&items.len());
        let wanted = settings.validate_product_availability && askable;
        match app.inventory().filter(|_| wanted) {
            None => Self::none(),
            Some(inventory) => Self {
                pending: Some(ask(inventory, access, sums(items)).boxed()),
                answer: Asked::Not,
            },
        }
    }

    /// Reads while the question is on its way.
    pub(super) async fn beside<T>(&mut self, reads: impl Future<Output = T>) -> T {
        let Some(pending) = self.pending.take() else {
            return reads.await;
        };
        match select(pin!(reads), pending).await {
            Either::Left((found, pending)) => {
                self.pending = Some(pending);
                found
            }
            Either::Right((answer, reads)) => {
                self.answer = answer;
                reads.await
            }
        }
    }

    /// Waits for the answer.
    pub(super) async fn answer(&mut self) -> &Asked {
        if let Some(pending) = self.pending.take() {
            self.answer = pending.await;
        }
        &self.answer
    }
}

async fn ask(inventory: &dyn Inventory, access: &Access, wanted: Vec<(String, Quantity)>) -> Asked {
    match inventory.availability(access, &wanted).await {
        Ok(answer) => Asked::Answered(answer),
        Err(error) => {
            tracing::warn!(cause = %error, "inventory did not say what is available");
            Asked::Unanswered
        }
    }
}

/// What is wanted of each product in all. Fifty quantities of at most a million each fit by far.
fn sums(items: &[NewLine]) -> Vec<(String, Quantity)> {
    total(items.iter().map(|line| (line.product_id.as_str(), line.quantity)))
        .into_iter()
        .map(|(id, quantity)| (id.to_owned(), quantity))
        .collect()
}

fn total<'a>(lines: impl Iterator<Item = (&'a str, Quantity)>) -> BTreeMap<&'a str, Quantity> {
    let mut sums = BTreeMap::new();
    for (id, quantity) in lines {
        let sum = sums.entry(id).or_insert(Quantity::ZERO);
        *sum = sum.checked_add(quantity).unwrap_or(quantity);
    }
    sums
}

/// Whether the same quantity of the same products is wanted as before, on however many lines.
pub(super) fn same_demand(before: &[OrderLine], items: &[NewLine]) -> bool {
    let before = total(
        before
            .iter()
            .map(|line| (line.product_id.as_str(), line.quantity)),
    );
    before == total(items.iter().map(|line| (line.product_id.as_str(), line.quantity)))
}

/// Names every line whose product cannot be had in the quantity that all lines together want.
pub(super) fn check(asked: &Asked, items: &[NewLine], faults: &mut Faults) {
    let Asked::Answered(answer) = asked else { return };
    let wanted = total(items.iter().map(|line| (line.product_id.as_str(), line.quantity)));
    for (index, line) in items.iter().enumerate() {
        let id = line.product_id.as_str();
        let (Some(found), Some(wanted)) = (answer.iter().find(|item| item.product_id == id), wanted.get(id))
        else {
            continue;
        };
        let detail = match found.quantity {
            _ if !found.available => format!("Product {id} is not available."),
            Some(there) if there < *wanted => {
                format!("Of product {id} {there} can be had, {wanted} are wanted.")
            }
            _ => continue,
        };
        faults.add(
            format!("/items/{index}/product_id"),
            ProblemCode::ProductUnavailable,
            detail,
        );
    }
}
