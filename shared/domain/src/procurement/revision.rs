//! Editing what a plan buys before it is approved (D69): how much, from whom, by when. What follows from a choice follows
//! here: a supplier brings its price, lead time and lot sizes, a quantity its cost.
//!
//! Minimum order quantity and pack size are shown, not enforced: a buyer may have agreed on something else. Exceptions
//! and the schedule stay as they were computed; they say why the plan proposed what it did.

use chrono::{Days, NaiveDate};

use super::fault::FieldFault;
use super::purchase::outside_two_years;
use crate::planning::{BackupSupplier, PlanError, Requirement, purchase_cost};

/// What is to be changed of a requirement; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a requirement, under their names"
)]
pub struct Revision {
    pub order_quantity: Option<crate::decimal::Quantity>,
    pub supplier_id: Option<String>,
    pub order_by_date: Option<NaiveDate>,
    pub expected_receipt_date: Option<NaiveDate>,
}

/// Why a requirement cannot be changed like this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionError {
    /// Fields that cannot be taken, every one of them (422).
    Faults(Vec<FieldFault>),
    /// What it would cost does not fit (422 `amount-overflow`).
    Overflow,
}

impl From<PlanError> for RevisionError {
    fn from(_: PlanError) -> Self {
        // Costs know no other error.
        Self::Overflow
    }
}

impl Requirement {
    /// The requirement after a revision made `today`.
    ///
    /// Without dates of their own, what is bought from another supplier, or was not bought before, is ordered in time
    /// for the required date by calendar days: a plan does not keep suppliers' working days and safety lead times.
    ///
    /// # Errors
    /// [`RevisionError`]
    pub fn revise(&self, revision: &Revision, today: NaiveDate) -> Result<Self, RevisionError> {
        let mut faults = Vec::new();
        let mut next = self.clone();
        if let Some(supplier) = &revision.supplier_id {
            faults.extend(next.take_supplier(supplier));
        }
        next.order_quantity = revision.order_quantity.unwrap_or(self.order_quantity);
        if next.order_quantity.is_zero() {
            faults.extend(dates_of_nothing(revision));
            (next.order_by_date, next.expected_receipt_date) = (None, None);
        } else {
            if next.supplier_id != self.supplier_id || self.expected_receipt_date.is_none() {
                next.date_by_lead_time(today);
            }
            next.order_by_date = revision.order_by_date.or(next.order_by_date);
            next.expected_receipt_date = revision.expected_receipt_date.or(next.expected_receipt_date);
            faults.extend(next.faulty_dates(revision, today));
        }
        if !faults.is_empty() {
            return Err(RevisionError::Faults(faults));
        }
        next.estimated_cost = purchase_cost(next.order_quantity, next.unit_cost)?;
        Ok(next)
    }

    /// Takes another supplier; the one it was takes its place among those who could deliver instead.
    fn take_supplier(&mut self, supplier: &str) -> Option<FieldFault> {
        if self.supplier_id.as_deref() == Some(supplier) {
            return None;
        }
        let found = self
            .backup_suppliers
            .iter()
            .position(|backup| backup.supplier_id == supplier);
        let Some(found) = found else {
            let offering = self.supplier_id.iter();
            let offering = offering.chain(self.backup_suppliers.iter().map(|backup| &backup.supplier_id));
            let offering: Vec<_> = offering.map(String::as_str).collect();
            let detail = match offering.as_slice() {
                [] => "Nobody offers this ingredient in the plan.".to_owned(),
                offering => format!("In this plan it is offered by {}.", offering.join(", ")),
            };
            return Some(FieldFault::value("supplier_id", detail));
        };
        let chosen = self.backup_suppliers.remove(found);
        if let Some(former) = self.chosen_supplier() {
            self.backup_suppliers.push(former);
            self.backup_suppliers.sort_by(|left, right| {
                let by_score = right.supplier_score.cmp(&left.supplier_score);
                by_score.then_with(|| left.supplier_id.cmp(&right.supplier_id))
            });
        }
        self.supplier_id = Some(chosen.supplier_id);
        self.supplier_name = Some(chosen.supplier_name);
        self.supplier_score = Some(chosen.supplier_score);
        self.unit_cost = Some(chosen.unit_cost);
        self.lead_time_days = chosen.lead_time_days;
        self.minimum_order_quantity = chosen.minimum_order_quantity;
        self.pack_size = chosen.pack_size;
        None
    }

    /// The supplier in force, as one of those who could deliver.
    fn chosen_supplier(&self) -> Option<BackupSupplier> {
        Some(BackupSupplier {
            supplier_id: self.supplier_id.clone()?,
            supplier_name: self.supplier_name.clone()?,
            supplier_score: self.supplier_score?,
            unit_cost: self.unit_cost?,
            lead_time_days: self.lead_time_days,
            minimum_order_quantity: self.minimum_order_quantity,
            pack_size: self.pack_size,
        })
    }

    fn date_by_lead_time(&mut self, today: NaiveDate) {
        let lead = Days::new(u64::from(self.lead_time_days));
        let earliest = today.checked_add_days(lead).unwrap_or(today);
        let receipt = self.required_date.map_or(earliest, |date| date.max(earliest));
        self.expected_receipt_date = Some(receipt);
        self.order_by_date = receipt.checked_sub_days(lead).map(|date| date.max(today));
    }

    fn faulty_dates(&self, revision: &Revision, today: NaiveDate) -> Vec<FieldFault> {
        let sent = [
            ("order_by_date", revision.order_by_date),
            ("expected_receipt_date", revision.expected_receipt_date),
        ];
        let sent: Vec<_> = sent
            .into_iter()
            .filter_map(|(field, date)| Some((field, date?)))
            .collect();
        let mut faults: Vec<_> = sent
            .iter()
            .filter_map(|(field, date)| outside_two_years(field, *date, today))
            .collect();
        let late = self
            .order_by_date
            .zip(self.expected_receipt_date)
            .is_some_and(|(order, receipt)| order > receipt);
        if faults.is_empty() && late {
            let crossed = |(field, _): &(&'static str, NaiveDate)| {
                FieldFault::date(field, "It would come before it is ordered.")
            };
            faults.extend(sent.iter().map(crossed));
        }
        faults
    }
}

/// Dates that are sent for what is not bought.
fn dates_of_nothing(revision: &Revision) -> Vec<FieldFault> {
    let sent = [
        ("order_by_date", revision.order_by_date),
        ("expected_receipt_date", revision.expected_receipt_date),
    ];
    let sent = sent.into_iter().filter(|(_, date)| date.is_some());
    sent.map(|(field, _)| FieldFault::value(field, "Nothing is bought, so there is no date."))
        .collect()
}

#[cfg(test)]
mod tests;
