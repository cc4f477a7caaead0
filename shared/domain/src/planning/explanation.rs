//! How the plan of an ingredient comes about: its figures in the order in which they are arrived at, and one sentence
//! that says why this much, from whom and by when.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::exceptions::{Exception, ExceptionCode};
use super::explosion::GrossRequirement;
use super::input::Horizon;
use super::lot_sizing::LotSizing;
use super::order_dates::OrderDates;
use super::safety_stock::SafetyStock;
use super::suppliers::Choice;
use super::supply::Stock;
use super::wording::{Amount, DayCount, Plain};
use crate::catalog::{DEFAULT_PACK_SIZE, OrderingMethod};
use crate::decimal::Quantity;

/// Why a requirement is what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The figures in the order in which the plan arrives at them. Those that may be nothing are left out when they are.
    pub steps: Vec<ExplanationStep>,
    /// All of it in plain words.
    pub sentence: String,
}

/// One figure on the way to an order quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplanationStep {
    /// What it is.
    pub figure: ExplanationFigure,
    /// How much, in the ingredient's unit.
    pub quantity: Quantity,
    /// Where it comes from.
    pub text: String,
}

/// The figures of an explanation, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplanationFigure {
    /// What recipes and sales need (D60).
    GrossRequirement,
    /// The part of it that was ordered.
    OrderDemand,
    /// The part of it that is forecast (D61).
    ForecastDemand,
    /// The buffer, with its rule (D62).
    SafetyStock,
    /// Everything in the house.
    OnHand,
    /// What is kept for something else.
    Reserved,
    /// What will not be used up in time.
    Expiring,
    /// What can be used (D63).
    Available,
    /// What comes within the horizon.
    ScheduledReceipts,
    /// What is missing before any lot rule (D63).
    NetRequirement,
    /// What of it an approved plan has bought that comes after the horizon (D69).
    LaterReceipts,
    /// What the lots are larger than what is missing (D64).
    LotRule,
    /// What to buy.
    OrderQuantity,
    /// At this much in the house and on the way it is time to order (D62).
    ReorderPoint,
}

/// The planned ingredient that is explained.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub(super) name: &'a str,
    pub(super) unit: &'a str,
    pub(super) horizon: &'a Horizon,
    pub(super) gross: &'a GrossRequirement,
    pub(super) safety_stock: &'a SafetyStock,
    pub(super) stock: &'a Stock,
    pub(super) scheduled_receipts: Quantity,
    pub(super) net_requirement: Quantity,
    /// What of it is bought: the net requirements of all days.
    pub(super) planned_net: Quantity,
    pub(super) sizing: &'a LotSizing,
    pub(super) lot_count: usize,
    pub(super) order_quantity: Quantity,
    pub(super) reorder_point: Quantity,
    pub(super) lead_time_days: u32,
    pub(super) dates: &'a OrderDates,
    pub(super) choice: Option<&'a Choice<'a>>,
    pub(super) exceptions: &'a [Exception],
}

impl Account<'_> {
    pub(super) fn explanation(&self) -> Explanation {
        Explanation {
            steps: self.steps(),
            sentence: self.sentence(),
        }
    }

    fn steps(&self) -> Vec<ExplanationStep> {
        use ExplanationFigure as Figure;
        let (start, end) = (self.horizon.start, self.horizon.end);
        let reserved = self.stock.reserved;
        let lot_rule = self
            .order_quantity
            .checked_sub(self.planned_net)
            .unwrap_or_default();
        let always = |figure, quantity, text: String| {
            Some(ExplanationStep {
                figure,
                quantity,
                text,
            })
        };
        let if_any = |figure, quantity: Quantity, text: &str| {
            always(figure, quantity, text.to_owned()).filter(|_| !quantity.is_zero())
        };
        [
            always(Figure::GrossRequirement, self.gross.total, format!("needed from {start} to {end}")),
            if_any(Figure::OrderDemand, self.gross.order_demand, "of it ordered"),
            if_any(Figure::ForecastDemand, self.gross.forecast_demand, "of it forecast and not ordered yet"),
            always(Figure::SafetyStock, self.safety_stock.quantity, self.safety_stock.rule.clone()),
            always(Figure::OnHand, self.stock.on_hand, "in the house".to_owned()),
            if_any(Figure::Reserved, reserved, "kept for something else"),
            if_any(Figure::Expiring, self.stock.expiring, "not used up before it expires"),
            always(
                Figure::Available,
                self.stock.available,
                "on hand without what is reserved or expiring".to_owned(),
            ),
            always(Figure::ScheduledReceipts, self.scheduled_receipts, format!("on the way, due by {end}")),
            always(
                Figure::NetRequirement,
                self.net_requirement,
                "gross requirement and safety stock, less what is available and on the way".to_owned(),
            ),
            if_any(
                Figure::LaterReceipts,
                self.later_receipts(),
                "of it bought by an approved plan, though it comes after the horizon",
            ),
            always(Figure::LotRule, lot_rule, format!("added by {}{}", self.lot_rule(), self.lot_count()))
                .filter(|_| !self.order_quantity.is_zero()),
            always(Figure::OrderQuantity, self.order_quantity, "to buy".to_owned()),
            always(
                Figure::ReorderPoint,
                self.reorder_point,
                format!(
                    "time to order at this much in the house and on the way: what {} of lead time need on average, and the safety stock",
                    DayCount(u64::from(self.lead_time_days)),
                ),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn later_receipts(&self) -> Quantity {
        self.net_requirement
            .checked_sub(self.planned_net)
            .unwrap_or_default()
    }

    fn lot_count(&self) -> String {
        match self.lot_count {
            1 => ", in 1 lot".to_owned(),
            lots => format!(", in {lots} lots"),
        }
    }

    /// The method, where there is one to speak of, packs and minimum.
    fn lot_rule(&self) -> String {
        let rule = self.sizing.lot_rule;
        let method = (self.sizing.method() != OrderingMethod::LotForLot).then(|| self.sizing.describe());
        let packs = if rule.pack_size == DEFAULT_PACK_SIZE {
            "whole units".to_owned()
        } else {
            format!("packs of {}", Plain(rule.pack_size))
        };
        let minimum = (!rule.minimum_order_quantity.is_zero())
            .then(|| format!("a minimum of {}", Plain(rule.minimum_order_quantity)));
        listed(method.into_iter().chain([packs]).chain(minimum).collect())
    }

    fn sentence(&self) -> String {
        if self.order_quantity.is_zero() {
            return self.nothing_to_buy();
        }
        let mut sentence = format!(
            "{} of {}: {}",
            Amount(self.order_quantity, self.unit),
            self.name,
            self.needed()
        );
        match self.supply() {
            Some(supply) => {
                sentence.push_str(&format!(", less {supply}, leaves {}", Plain(self.planned_net)));
            }
            None if !self.safety_stock.quantity.is_zero() => {
                sentence.push_str(&format!(", {} in all", Plain(self.planned_net)));
            }
            None => {}
        }
        if self.order_quantity != self.planned_net {
            let (rule, order) = (self.lot_rule(), Plain(self.order_quantity));
            // Several lots are each rounded up, so that they may come to more than one of the same rule would.
            let lots = match self.lot_count {
                0 | 1 => String::new(),
                lots => format!(" in {lots} lots"),
            };
            sentence.push_str(&format!("; {rule} make it {order}{lots}"));
        }
        format!("{sentence}. {}", self.order())
    }

    fn nothing_to_buy(&self) -> String {
        let nothing = format!("Nothing to buy of {}", self.name);
        if self.gross.total.is_zero() && self.safety_stock.quantity.is_zero() {
            return format!("{nothing}: nothing until {} needs it.", self.horizon.end);
        }
        let needed = self.needed();
        let covered = match self.supply() {
            Some(supply) => format!("{nothing}: {needed}, covered by {supply}."),
            None => format!("{nothing}: {needed}."),
        };
        let is_late = |exception: &Exception| exception.code == ExceptionCode::Expedite;
        if self.exceptions.iter().any(is_late) {
            format!("{covered} Some of it has to come earlier than it is due.")
        } else {
            covered
        }
    }

    /// `100 needed until 2026-12-14 plus 20 safety stock`.
    fn needed(&self) -> String {
        let needed = format!("{} needed until {}", Plain(self.gross.total), self.horizon.end);
        if self.safety_stock.quantity.is_zero() {
            needed
        } else {
            format!("{needed} plus {} safety stock", Plain(self.safety_stock.quantity))
        }
    }

    /// `30 available and 10 on the way`; `None` when there is nothing.
    fn supply(&self) -> Option<String> {
        let parts: Vec<String> = [
            (self.stock.available, "available"),
            (self.scheduled_receipts, "on the way"),
            (self.later_receipts(), "bought already for later"),
        ]
        .into_iter()
        .filter(|(quantity, _)| !quantity.is_zero())
        .map(|(quantity, what)| format!("{} {what}", Plain(quantity)))
        .collect();
        (!parts.is_empty()).then(|| listed(parts))
    }

    /// From whom and by when.
    fn order(&self) -> String {
        let dates = self.dates;
        let (Some(required), Some(order_by)) = (dates.required, dates.order_by) else {
            return String::new();
        };
        let Some(choice) = self.choice else {
            if dates.is_past_due {
                return format!(
                    "No active supplier offers it: find one at once, it is needed on {required}."
                );
            }
            let lead = DayCount(u64::from(self.lead_time_days));
            return format!(
                "No active supplier offers it: find one and order by {order_by}, counting on {lead} until {required}."
            );
        };
        let name = choice.chosen.name;
        if !choice.is_late {
            return format!("Order from {name} by {order_by}.");
        }
        let arrival = dates.expected_receipt.map_or_else(
            || "nor takes anybody an order within a year".to_owned(),
            |date: NaiveDate| format!("it comes on {date}"),
        );
        format!("Order from {name} on {order_by} at once: nobody can deliver by {required}, {arrival}.")
    }
}

/// `a, b and c`.
fn listed(mut parts: Vec<String>) -> String {
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() {
        last
    } else {
        format!("{} and {last}", parts.join(", "))
    }
}
