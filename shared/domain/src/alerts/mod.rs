//! What deserves attention (D40) and whom it reaches (D41): alert types, severities, channels and the rules.

mod rules;
mod wording;

#[cfg(test)]
mod draft_tests;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::decimal::{Money, Percentage, Quantity};
use crate::payments::PaymentMethod;

pub use rules::{order_alerts, shortage_alert};

/// What an alert is about (D40).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertType {
    /// An order above HIGH_VALUE_ORDER_THRESHOLD.
    HighValueOrder,
    /// An order due within RUSH_ORDER_HOURS_THRESHOLD.
    RushOrder,
    /// An order above LARGE_QUANTITY_ORDER_THRESHOLD.
    LargeQuantityOrder,
    /// A payment failed, or the way of paying is not allowed.
    PaymentIssue,
    /// An ingredient whose need is not covered to PROCUREMENT_SHORTAGE_THRESHOLD.
    ProcurementShortage,
    /// Something about the customer; the subtype says what.
    CustomerIssue,
}

impl AlertType {
    /// Every type.
    pub const ALL: [Self; 6] = [
        Self::HighValueOrder,
        Self::RushOrder,
        Self::LargeQuantityOrder,
        Self::PaymentIssue,
        Self::ProcurementShortage,
        Self::CustomerIssue,
    ];

    /// The word used in answers, records and message attributes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HighValueOrder => "high_value_order",
            Self::RushOrder => "rush_order",
            Self::LargeQuantityOrder => "large_quantity_order",
            Self::PaymentIssue => "payment_issue",
            Self::ProcurementShortage => "procurement_shortage",
            Self::CustomerIssue => "customer_issue",
        }
    }

    /// Reads the word of a type; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a customer issue is about (D40).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSubtype {
    /// The first order of a customer.
    NewCustomer,
    /// An order that does not fit the customer's credit limit (D31).
    CreditLimitExceeded,
    /// Allergens the customer avoids, or special requirements.
    SpecialRequirements,
}

impl AlertSubtype {
    /// Every subtype.
    pub const ALL: [Self; 3] = [
        Self::NewCustomer,
        Self::CreditLimitExceeded,
        Self::SpecialRequirements,
    ];

    /// The word used in answers and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewCustomer => "new_customer",
            Self::CreditLimitExceeded => "credit_limit_exceeded",
            Self::SpecialRequirements => "special_requirements",
        }
    }

    /// Reads the word of a subtype; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subtype| subtype.as_str() == word)
    }
}

/// How urgent an alert is; the greater, the more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Low,
    /// Look at it today.
    Medium,
    /// Look at it now.
    High,
    /// Drop everything else.
    Critical,
}

impl Severity {
    /// Every severity, ascending.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in answers, records and message attributes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads the word of a severity; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }
}

/// A way an alert reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// WhatsApp message.
    Whatsapp,
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// The dashboard of the bakery.
    Dashboard,
}

impl Channel {
    /// Every channel, in the order of D41.
    pub const ALL: [Self; 4] = [Self::Whatsapp, Self::Email, Self::Sms, Self::Dashboard];

    /// The word used in answers, records and message attributes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Dashboard => "dashboard",
        }
    }

    /// Reads the word of a channel; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

/// The channels of a severity, one message each (D41).
pub const fn channels(severity: Severity) -> &'static [Channel] {
    match severity {
        Severity::Critical => &[
            Channel::Whatsapp,
            Channel::Email,
            Channel::Sms,
            Channel::Dashboard,
        ],
        Severity::High => &[Channel::Whatsapp, Channel::Email, Channel::Dashboard],
        Severity::Medium => &[Channel::Email, Channel::Dashboard],
        Severity::Low => &[Channel::Dashboard],
    }
}

/// Why an order is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// It does not fit the customer's credit limit (D31).
    CreditLimitExceeded,
    /// It is on account although the customer pays immediately (D32).
    PaymentValidationFailed,
    /// Somebody put it on hold.
    Manual,
}

impl HoldReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [
        Self::CreditLimitExceeded,
        Self::PaymentValidationFailed,
        Self::Manual,
    ];

    /// The word used in answers and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditLimitExceeded => "credit_limit_exceeded",
            Self::PaymentValidationFailed => "payment_validation_failed",
            Self::Manual => "manual",
        }
    }

    /// Reads the word of a reason; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// The tenant's thresholds (D13); all are exceeded strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertThresholds {
    /// HIGH_VALUE_ORDER_THRESHOLD.
    pub high_value_order: Money,
    /// LARGE_QUANTITY_ORDER_THRESHOLD.
    pub large_quantity_order: Quantity,
    /// RUSH_ORDER_HOURS_THRESHOLD, hours.
    pub rush_order_hours: u32,
    /// PROCUREMENT_SHORTAGE_THRESHOLD, coverage below which a shortage is reported.
    pub procurement_shortage_percentage: Percentage,
}

/// What the rules need to know of an order at one entry of its history. No personal data is in it, since alerts stay and
/// reach people outside, where no erasure follows them (D34).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts {
    /// The order's number, for the texts.
    pub order_number: String,
    /// The order's total.
    pub total_amount: Money,
    /// What is still to be paid of it.
    pub balance_due: Money,
    /// Sum of the lines' quantities.
    pub total_quantity: Quantity,
    /// When the order is to be delivered.
    pub requested_delivery_at: DateTime<Utc>,
    /// When the history entry was written: "hours until" counts from here, however late the rules run.
    pub at: DateTime<Utc>,
    /// Whether this order won the mark of being its customer's first.
    pub first_order_of_customer: bool,
    /// Why the order is on hold, when it is.
    pub hold: Option<HoldReason>,
    /// What the customer owes beside this order and may owe at most, where that is known: as the rules run, since a
    /// history entry does not keep it.
    pub credit: Option<CreditFacts>,
    /// The payment that failed, when this entry records one.
    pub failed_payment: Option<FailedPayment>,
    /// How many allergens of the lines the customer avoids. Which ones is about somebody's health: the order tells.
    pub allergens_in_common: usize,
    /// Whether the customer has special requirements.
    pub special_requirements: bool,
    /// The tenant's currency, for the texts.
    pub currency: String,
}

/// A customer's credit as an alert tells it (D31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditFacts {
    /// What the customer owes without the order on hold.
    pub exposure: Money,
    /// The most that may be owed.
    pub limit: Money,
}

/// A payment that failed (D28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedPayment {
    /// What should have been paid.
    pub amount: Money,
    /// How.
    pub method: PaymentMethod,
}

/// An alert as a rule raises it, before it has an id and a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertDraft {
    /// What it is about.
    pub alert_type: AlertType,
    /// What exactly, for customer issues.
    pub subtype: Option<AlertSubtype>,
    /// How urgent it is.
    pub severity: Severity,
    /// The rule that held, in the terms of D40.
    pub rule: &'static str,
    /// The figures the rule compared, as text.
    pub parameters: Vec<(&'static str, String)>,
    /// One line for a list.
    pub title: String,
    /// One or two sentences with the figures; no personal data (D34).
    pub message: String,
}
