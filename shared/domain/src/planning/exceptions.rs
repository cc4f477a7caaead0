//! What a planner has to look at, each with a sentence that says why and what to do (D65).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::input::Horizon;
use super::lot_sizing::SpoilingLot;
use super::netting::Day;
use super::suppliers::Choice;
use super::supply::{ExpiringLot, Receipt};
use super::wording::{Amount, DayCount};
use crate::decimal::Quantity;

/// The kinds of exception (D65), most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionCode {
    /// Stock runs out before anything ordered now can come.
    Shortage,
    /// The day to order has passed.
    PastDue,
    /// No active supplier offers the ingredient.
    NoSupplier,
    /// No supplier can deliver by the required day.
    Late,
    /// A receipt is needed earlier than it is due, or is overdue.
    Expedite,
    /// A lot will not be used up before it expires.
    Expiring,
    /// A planned lot is larger than what is used of it before it expires.
    ShelfLife,
    /// A receipt is needed later than it is due.
    Defer,
    /// A receipt is not needed in the horizon.
    Cancel,
}

/// Why an order is past due (D65).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionCause {
    /// Demand itself cannot be met: without any planned receipt the balance falls below nothing before the earliest
    /// possible receipt.
    Demand,
    /// Only the buffer is eaten into.
    SafetyStock,
}

/// Something a planner has to look at. Fields that say nothing about a kind of exception are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// What it is.
    pub code: ExceptionCode,
    /// Why, for `past_due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ExceptionCause>,
    /// The day it is about: of the stock-out, the required day, the receipt's date, the lot's last day; for a planned
    /// lot the day on which it is received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// The day on which a receipt is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_date: Option<NaiveDate>,
    /// How much it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The receipt or the lot it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Why, and what to do.
    pub message: String,
}

impl Exception {
    fn new(code: ExceptionCode, message: String) -> Self {
        Self {
            code,
            cause: None,
            date: None,
            needed_date: None,
            quantity: None,
            reference: None,
            message,
        }
    }
}

/// The figures of an item that its exceptions are told from.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    pub(super) name: &'a str,
    pub(super) unit: &'a str,
    pub(super) horizon: &'a Horizon,
    /// The days with the receipts that are planned.
    pub(super) days: &'a [Day],
    /// Balance at the end of each day if nothing is planned, in thousandths.
    pub(super) unplanned_balance: &'a [i128],
    pub(super) receipts: &'a [Receipt],
    pub(super) receipt_need_days: &'a [Option<usize>],
    pub(super) expiring_lots: &'a [ExpiringLot],
    pub(super) spoiling_lots: &'a [SpoilingLot],
    /// First day with a planned receipt, when something has to be bought.
    pub(super) required: Option<NaiveDate>,
    pub(super) choice: Option<&'a Choice<'a>>,
    /// When an order placed now could be here, from the fastest supplier or after the default lead time.
    pub(super) earliest_receipt: Option<NaiveDate>,
    /// What should have been ordered before today.
    pub(super) past_due_quantity: Quantity,
    /// Whether the order date itself lies before today.
    pub(super) is_past_due: bool,
}

impl Circumstances<'_> {
    /// All exceptions of the item, most urgent first.
    pub(super) fn exceptions(&self) -> Vec<Exception> {
        let stock_out = self.stock_out_before_earliest_receipt();
        let mut exceptions = Vec::new();
        exceptions.extend(stock_out.map(|(date, short)| self.shortage(date, short)));
        if let Some(required) = self.required {
            if self.is_past_due {
                exceptions.push(self.past_due(required, stock_out.is_some()));
            }
            match self.choice {
                None => exceptions.push(self.no_supplier(required)),
                Some(choice) if choice.is_late => exceptions.push(self.late(required, choice)),
                Some(_) => {}
            }
        }
        let needs = self.receipts.iter().zip(self.receipt_need_days);
        exceptions.extend(needs.filter_map(|(receipt, need_day)| self.about_receipt(receipt, *need_day)));
        exceptions.extend(self.expiring_lots.iter().map(|lot| self.expiring(lot)));
        exceptions.extend(self.spoiling_lots.iter().map(|lot| self.shelf_life(lot)));
        exceptions.sort_by_key(|exception| exception.code);
        exceptions
    }

    /// The first day of a stock-out before anything ordered now can come, and the most that is short until then.
    fn stock_out_before_earliest_receipt(&self) -> Option<(NaiveDate, Quantity)> {
        let is_before = |date: NaiveDate| self.earliest_receipt.is_none_or(|earliest| date < earliest);
        let mut first = None;
        let mut lowest = 0_i128;
        for (day, balance) in self.unplanned_balance.iter().enumerate() {
            let date = self.horizon.date(day);
            if *balance < 0 && is_before(date) {
                first = first.or(Some(date));
                lowest = lowest.min(*balance);
            }
        }
        let short = i64::try_from(-lowest).unwrap_or(i64::MAX);
        first.map(|date| (date, Quantity::from_scaled(short)))
    }

    fn earliest_text(&self) -> String {
        self.earliest_receipt.map_or_else(
            || "no supplier takes an order within a year".to_owned(),
            |date| format!("nothing ordered now is here before {date}"),
        )
    }

    fn shortage(&self, date: NaiveDate, short: Quantity) -> Exception {
        let message = format!(
            "{} runs out on {date}, up to {} short, and {}. Bring a receipt forward, get it elsewhere, or make less of what needs it.",
            self.name,
            Amount(short, self.unit),
            self.earliest_text(),
        );
        Exception {
            date: Some(date),
            quantity: Some(short),
            ..Exception::new(ExceptionCode::Shortage, message)
        }
    }

    fn past_due(&self, required: NaiveDate, runs_out: bool) -> Exception {
        let (cause, consequence) = if runs_out {
            (
                ExceptionCause::Demand,
                "Demand cannot be met from stock until then: order today and ask for express delivery.",
            )
        } else {
            (
                ExceptionCause::SafetyStock,
                "Only the safety stock is eaten into: order today.",
            )
        };
        let message = format!(
            "{} of {} for {required} should have been ordered before today. {consequence}",
            Amount(self.past_due_quantity, self.unit),
            self.name,
        );
        Exception {
            cause: Some(cause),
            date: Some(required),
            quantity: Some(self.past_due_quantity),
            ..Exception::new(ExceptionCode::PastDue, message)
        }
    }

    fn no_supplier(&self, required: NaiveDate) -> Exception {
        let message = format!(
            "{} is needed by {required} and no active supplier offers it. Add an offer to the ingredient or activate a supplier.",
            self.name,
        );
        Exception {
            date: Some(required),
            ..Exception::new(ExceptionCode::NoSupplier, message)
        }
    }

    fn late(&self, required: NaiveDate, choice: &Choice<'_>) -> Exception {
        let arrival = choice.chosen.earliest_receipt.map_or_else(
            || "takes no order within a year".to_owned(),
            |date| {
                let days = DayCount((date - required).num_days().unsigned_abs());
                format!("can deliver on {date}, {days} late")
            },
        );
        let message = format!(
            "{} is needed by {required} and no supplier can deliver by then: the fastest, {}, {arrival}. Ask for express delivery or get it elsewhere.",
            self.name, choice.chosen.name,
        );
        Exception {
            date: choice.chosen.earliest_receipt,
            needed_date: Some(required),
            ..Exception::new(ExceptionCode::Late, message)
        }
    }

    /// Whether a receipt comes on the wrong day. An overdue one is expedited whether or not it is still needed (D63).
    fn about_receipt(&self, receipt: &Receipt, need_day: Option<usize>) -> Option<Exception> {
        let needed = need_day.map(|day| self.horizon.date(day));
        let what = format!(
            "Receipt {} of {}",
            receipt.reference,
            Amount(receipt.quantity, self.unit)
        );
        let (code, message) = if receipt.is_overdue {
            let need = match needed {
                Some(date) => format!("It is needed by {date}: ask the supplier where it is."),
                None => {
                    "Nothing in the horizon needs it: ask the supplier where it is, or cancel it.".to_owned()
                }
            };
            let message = format!(
                "{what} {} has been due since {} and is counted as coming on the first day. {need}",
                self.name, receipt.date
            );
            (ExceptionCode::Expedite, message)
        } else {
            match need_day {
                Some(day) if day < receipt.day => {
                    let message = format!(
                        "{what} {} comes on {}, but is needed on {}. {}",
                        self.name,
                        receipt.date,
                        self.horizon.date(day),
                        self.advice_for_late(day, receipt.day),
                    );
                    (ExceptionCode::Expedite, message)
                }
                Some(day) if day > receipt.day => {
                    let message = format!(
                        "{what} {} comes on {}, but is not needed before {}. It may be put off.",
                        self.name,
                        receipt.date,
                        self.horizon.date(day)
                    );
                    (ExceptionCode::Defer, message)
                }
                // On its day; or after the horizon, whose needs are not known.
                Some(_) => return None,
                None if receipt.day >= self.horizon.len() => return None,
                None => {
                    let message = format!(
                        "{what} {} comes on {} and nothing until {} needs it. Cancel it, or put it off.",
                        self.name, receipt.date, self.horizon.end
                    );
                    (ExceptionCode::Cancel, message)
                }
            }
        };
        Some(Exception {
            date: Some(receipt.date),
            needed_date: needed,
            quantity: Some(receipt.quantity),
            reference: Some(receipt.reference.clone()),
            ..Exception::new(code, message)
        })
    }

    /// What to do about a receipt between the day of its need and the day on which it comes.
    fn advice_for_late(&self, needed: usize, comes: usize) -> String {
        let ask = "Ask the supplier to deliver earlier: it is not bought a second time.";
        let waiting = self.days.iter().enumerate().take(comes).skip(needed);
        let mut out_of_stock = waiting.filter(|(_, day)| day.projected.is_negative());
        match out_of_stock.next() {
            Some((day, _)) => format!(
                "{ask} Otherwise stock runs out on {}: get what is short elsewhere, or make less of what needs it.",
                self.horizon.date(day)
            ),
            None => ask.to_owned(),
        }
    }

    fn shelf_life(&self, lot: &SpoilingLot) -> Exception {
        let date = self.horizon.date(lot.day);
        let message = format!(
            "The lot of {} of {} for {date} keeps until {}, and {} of it will not be used by then: the supplier's minimum or pack, or the ordering method, makes it so large. Buy a smaller lot elsewhere, or offer what is made of it.",
            Amount(lot.quantity, self.unit),
            self.name,
            self.horizon.date(lot.last_day),
            Amount(lot.left, self.unit),
        );
        Exception {
            date: Some(date),
            quantity: Some(lot.left),
            ..Exception::new(ExceptionCode::ShelfLife, message)
        }
    }

    fn expiring(&self, lot: &ExpiringLot) -> Exception {
        let amount = Amount(lot.quantity, self.unit);
        let message = if lot.expires_on < self.horizon.today {
            format!(
                "Lot {} of {} expired on {} with {amount} left. Take it out of stock.",
                lot.lot_id, self.name, lot.expires_on
            )
        } else {
            format!(
                "Lot {} of {} will expire on {} with {amount} left. Use it first, or offer what is made of it.",
                lot.lot_id, self.name, lot.expires_on
            )
        };
        Exception {
            date: Some(lot.expires_on),
            quantity: Some(lot.quantity),
            reference: Some(lot.lot_id.clone()),
            ..Exception::new(ExceptionCode::Expiring, message)
        }
    }
}
