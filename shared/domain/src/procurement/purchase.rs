//! What is reported of a purchase once its plan is approved: ordered, received, at what price, when (D69).
//!
//! Quantities are what there is in all, not what has been added, so that a report that comes twice changes nothing. The
//! status follows from them; where it is named, it has to go together with them.

use chrono::{Months, NaiveDate};

use super::fault::FieldFault;
use super::requirement_status::allowed_purchase_transitions;
use crate::decimal::{Quantity, UnitPrice};
use crate::planning::RequirementStatus;

/// How far a purchase is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Where it stands.
    pub status: RequirementStatus,
    /// What the plan buys.
    pub order_quantity: Quantity,
    /// What was ordered from the supplier; nothing when nobody has said.
    pub ordered_quantity: Quantity,
    /// What has come in all.
    pub received_quantity: Quantity,
    /// What a unit costs: as planned until a price is reported.
    pub unit_cost: Option<UnitPrice>,
    /// When it is to come: as planned until another day is reported.
    pub expected_receipt_date: Option<NaiveDate>,
    /// When the last of it has come.
    pub received_date: Option<NaiveDate>,
}

/// What somebody reports; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a purchase, under their names"
)]
pub struct PurchaseReport {
    pub status: Option<RequirementStatus>,
    pub ordered_quantity: Option<Quantity>,
    pub received_quantity: Option<Quantity>,
    pub unit_cost: Option<UnitPrice>,
    pub expected_receipt_date: Option<NaiveDate>,
    pub received_date: Option<NaiveDate>,
}

impl PurchaseReport {
    const fn has_quantities(&self) -> bool {
        self.ordered_quantity.is_some() || self.received_quantity.is_some()
    }
}

/// Why a report cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportError {
    /// The purchase does not go there (409 `invalid-status-transition`).
    IllegalMove {
        /// Where it stands.
        current: RequirementStatus,
        /// Where it should go.
        requested: RequirementStatus,
    },
    /// It is cancelled, so nothing more can be said of it (409).
    Closed,
    /// Fields that do not go together, every one of them (422).
    Faults(Vec<FieldFault>),
}

impl Purchase {
    /// The purchase after a report made `today`; nothing can have come before the day on which its plan was `made`.
    ///
    /// # Errors
    /// [`ReportError`]
    pub fn report(
        &self,
        report: &PurchaseReport,
        today: NaiveDate,
        made: NaiveDate,
    ) -> Result<Self, ReportError> {
        let requested = report.status.unwrap_or(self.status);
        if self.status == RequirementStatus::Cancelled {
            return self.when_cancelled(report, requested);
        }
        self.check_move(report, requested)?;
        let mut faults = Vec::new();
        let mut next = self.clone();
        next.unit_cost = report.unit_cost.or(self.unit_cost);
        next.expected_receipt_date = report.expected_receipt_date.or(self.expected_receipt_date);
        if let Some(date) = report.expected_receipt_date {
            faults.extend(outside_two_years("expected_receipt_date", date, today));
        }
        if requested == RequirementStatus::Cancelled {
            next.status = requested;
            faults.extend(beside_cancelling(report));
        } else {
            next.ordered_quantity = report.ordered_quantity.unwrap_or(self.ordered_quantity);
            next.received_quantity = report.received_quantity.unwrap_or(self.received_quantity);
            match report.status {
                Some(status) => faults.extend(next.settle(status, report)),
                None if report.has_quantities() => next.status = next.implied_status(),
                None => {}
            }
            faults.extend(next.date_receipt(self, report, today, made));
        }
        if faults.is_empty() {
            Ok(next)
        } else {
            Err(ReportError::Faults(faults))
        }
    }

    /// A report on what is cancelled: only one that says the same is taken.
    fn when_cancelled(
        &self,
        report: &PurchaseReport,
        requested: RequirementStatus,
    ) -> Result<Self, ReportError> {
        if requested != self.status {
            return Err(ReportError::IllegalMove {
                current: self.status,
                requested,
            });
        }
        let said = PurchaseReport {
            status: None,
            ..report.clone()
        };
        if said == PurchaseReport::default() {
            Ok(self.clone())
        } else {
            Err(ReportError::Closed)
        }
    }

    /// A status may be named when it is the one in force, one of the table, or what the quantities beside it come to.
    fn check_move(&self, report: &PurchaseReport, requested: RequirementStatus) -> Result<(), ReportError> {
        let corrected = Self {
            ordered_quantity: report.ordered_quantity.unwrap_or(self.ordered_quantity),
            received_quantity: report.received_quantity.unwrap_or(self.received_quantity),
            ..self.clone()
        };
        let legal = requested == self.status
            || allowed_purchase_transitions(self.status).contains(&requested)
            || (report.has_quantities() && corrected.implied_status() == requested);
        if legal {
            Ok(())
        } else {
            Err(ReportError::IllegalMove {
                current: self.status,
                requested,
            })
        }
    }

    /// What has to come for the purchase to be complete.
    const fn target(&self) -> Quantity {
        if self.ordered_quantity.is_zero() {
            self.order_quantity
        } else {
            self.ordered_quantity
        }
    }

    /// The status that the quantities come to.
    fn implied_status(&self) -> RequirementStatus {
        match (self.received_quantity.is_zero(), self.ordered_quantity.is_zero()) {
            (true, true) => RequirementStatus::Approved,
            (true, false) => RequirementStatus::Ordered,
            (false, _) if self.received_quantity >= self.target() => RequirementStatus::Received,
            (false, _) => RequirementStatus::PartiallyReceived,
        }
    }

    /// Takes a status that is named: quantities that were left out follow from it, others must go together with it.
    fn settle(&mut self, status: RequirementStatus, report: &PurchaseReport) -> Vec<FieldFault> {
        self.status = status;
        let mut faults: Vec<FieldFault> = Vec::new();
        let mut contradicts = |field: &'static str, detail: &str| {
            let (status, other) = (
                FieldFault::value("status", detail),
                FieldFault::value(field, detail),
            );
            // Both fields are named, the status once.
            let first = faults.is_empty().then_some(status);
            faults.extend(first.into_iter().chain([other]));
        };
        match status {
            RequirementStatus::Approved => {
                if !self.ordered_quantity.is_zero() {
                    contradicts("ordered_quantity", "What is only approved is not ordered yet.");
                }
                if !self.received_quantity.is_zero() {
                    contradicts("received_quantity", "Of what is only approved nothing has come.");
                }
            }
            RequirementStatus::Ordered => {
                if report.ordered_quantity.is_none() && self.ordered_quantity.is_zero() {
                    self.ordered_quantity = self.order_quantity;
                }
                if self.ordered_quantity.is_zero() {
                    contradicts("ordered_quantity", "Say how much was ordered.");
                }
                if !self.received_quantity.is_zero() {
                    contradicts(
                        "received_quantity",
                        "Where something has come, the status is partially_received or received.",
                    );
                }
            }
            RequirementStatus::Received => {
                // Said without a quantity: all of it has come.
                if report.received_quantity.is_none() {
                    self.received_quantity = self.received_quantity.max(self.target());
                }
                if self.received_quantity.is_zero() {
                    contradicts("received_quantity", "Say how much has come.");
                }
            }
            RequirementStatus::PartiallyReceived if self.received_quantity.is_zero() => {
                contradicts("received_quantity", "Say how much has come.");
            }
            RequirementStatus::PartiallyReceived
            | RequirementStatus::Pending
            | RequirementStatus::Cancelled => {}
        }
        faults
    }

    /// The day of the last receipt: as reported, else today when more has come than before.
    fn date_receipt(
        &mut self,
        before: &Self,
        report: &PurchaseReport,
        today: NaiveDate,
        made: NaiveDate,
    ) -> Option<FieldFault> {
        let field = "received_date";
        let more = self.received_quantity > before.received_quantity;
        match report.received_date {
            Some(_) if self.received_quantity.is_zero() => {
                return Some(FieldFault::value(field, "Nothing has come."));
            }
            Some(date) if date > today => {
                return Some(FieldFault::date(field, format!("Today is {today}.")));
            }
            Some(date) if date < made => {
                return Some(FieldFault::date(field, format!("The plan was made on {made}.")));
            }
            Some(date) => self.received_date = Some(date),
            None if self.received_quantity.is_zero() => self.received_date = None,
            None if more => self.received_date = Some(today),
            None => {}
        }
        None
    }
}

/// Quantities that are sent with a cancellation: a report of both would be two reports.
fn beside_cancelling(report: &PurchaseReport) -> Vec<FieldFault> {
    let sent = [
        ("ordered_quantity", report.ordered_quantity.is_some()),
        ("received_quantity", report.received_quantity.is_some()),
        ("received_date", report.received_date.is_some()),
    ];
    let sent = sent.into_iter().filter(|(_, sent)| *sent);
    sent.map(|(field, _)| FieldFault::value(field, "Report what has come first, then cancel the rest."))
        .collect()
}

/// The fault of a date ahead that is past, or more than two years ahead (D4).
pub(super) fn outside_two_years(
    field: &'static str,
    date: NaiveDate,
    today: NaiveDate,
) -> Option<FieldFault> {
    if date < today {
        return Some(FieldFault::date(field, format!("Today is {today}.")));
    }
    let latest = today.checked_add_months(Months::new(24));
    let ahead = latest.is_some_and(|latest| date > latest);
    ahead.then(|| FieldFault::date(field, "At most two years ahead."))
}

#[cfg(test)]
mod tests;
