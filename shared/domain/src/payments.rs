//! Payments on an order (D28) and when payment is due.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::decimal::Money;

/// How far an order is paid (D28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nothing paid, nothing failed.
    Pending,
    /// Something paid, something still due.
    Partial,
    /// Nothing due any more.
    Paid,
    /// Nothing paid and the last attempt failed.
    Failed,
    /// Everything that was paid went back.
    Refunded,
}

impl PaymentStatus {
    /// Every payment status.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Partial,
        Self::Paid,
        Self::Failed,
        Self::Refunded,
    ];

    /// The word used in answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Partial => "partial",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Refunded => "refunded",
        }
    }

    /// Reads the word of a payment status; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Coins and notes.
    Cash,
    /// Debit or credit card.
    Card,
    /// Transfer to the bakery's bank account.
    BankTransfer,
    /// On account: the only method that draws on the customer's credit (D31).
    Account,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 4] = [Self::Cash, Self::Card, Self::BankTransfer, Self::Account];

    /// The word used in requests, answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::BankTransfer => "bank_transfer",
            Self::Account => "account",
        }
    }

    /// Reads the word of a method; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

/// When a customer has to pay, counted from the delivery date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PaymentTerms {
    /// On delivery.
    #[serde(rename = "immediate")]
    Immediate,
    /// Within 15 days.
    #[serde(rename = "net_15")]
    Net15,
    /// Within 30 days.
    #[serde(rename = "net_30")]
    Net30,
    /// Within 60 days.
    #[serde(rename = "net_60")]
    Net60,
}

impl PaymentTerms {
    /// All terms, shortest first.
    pub const ALL: [Self; 4] = [Self::Immediate, Self::Net15, Self::Net30, Self::Net60];

    /// The word used in requests, answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Net15 => "net_15",
            Self::Net30 => "net_30",
            Self::Net60 => "net_60",
        }
    }

    /// Reads the word of the terms; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|terms| terms.as_str() == word)
    }

    /// Calendar days between delivery and the due date.
    pub const fn days(self) -> u32 {
        match self {
            Self::Immediate => 0,
            Self::Net15 => 15,
            Self::Net30 => 30,
            Self::Net60 => 60,
        }
    }
}

/// What is still to be paid: `max(0, total − returned − paid)` (D28).
pub const fn balance_due(total: Money, returned: Money, paid: Money) -> Money {
    // Three amounts of at most 10^12 each: the sum stays far from the end of an i64.
    total.excess_over(Money::from_scaled(
        returned.scaled().saturating_add(paid.scaled()),
    ))
}

/// How far the order is paid, by the first rule of D28 that holds.
///
/// `paid` is what was paid less what was refunded. `any_refund` says that a refund was recorded at all,
/// `last_attempt_failed` that the newest payment record is a failed one.
pub const fn payment_status(
    total: Money,
    returned: Money,
    paid: Money,
    any_refund: bool,
    last_attempt_failed: bool,
) -> PaymentStatus {
    if any_refund && paid.is_zero() {
        PaymentStatus::Refunded
    } else if balance_due(total, returned, paid).is_zero() {
        PaymentStatus::Paid
    } else if !paid.is_zero() {
        PaymentStatus::Partial
    } else if last_attempt_failed {
        PaymentStatus::Failed
    } else {
        PaymentStatus::Pending
    }
}

/// The payment due date: delivery date plus the days of the terms.
pub fn due_date(delivery: NaiveDate, terms: PaymentTerms) -> NaiveDate {
    // Deliveries lie at most two years ahead (D4); the end of the calendar is out of reach.
    delivery
        .checked_add_days(Days::new(u64::from(terms.days())))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    // D28
    #[rstest]
    #[case("116.77", "0", "0", "116.77")]
    #[case("116.77", "16.77", "40", "60.00")]
    #[case("116.77", "0", "116.77", "0")]
    #[case("116.77", "50", "100", "0")]
    #[case("0", "0", "0", "0")]
    fn balance_is_what_is_left_and_never_negative(
        #[case] total: &str,
        #[case] returned: &str,
        #[case] paid: &str,
        #[case] balance: &str,
    ) {
        assert_eq!(
            balance_due(money(total), money(returned), money(paid)),
            money(balance)
        );
    }

    // D28: total, returned, paid, any refund, last attempt failed.
    #[rstest]
    #[case("100", "0", "0", false, false, PaymentStatus::Pending)]
    #[case("100", "0", "0", false, true, PaymentStatus::Failed)]
    #[case("100", "0", "0.01", false, false, PaymentStatus::Partial)]
    #[case("100", "0", "0.01", false, true, PaymentStatus::Partial)]
    #[case("100", "0", "99.99", false, false, PaymentStatus::Partial)]
    #[case("100", "0", "100", false, false, PaymentStatus::Paid)]
    #[case("100", "0", "100", false, true, PaymentStatus::Paid)]
    #[case("100", "40", "60", false, false, PaymentStatus::Paid)]
    #[case("100", "100", "0", false, false, PaymentStatus::Paid)]
    #[case("0", "0", "0", false, false, PaymentStatus::Paid)]
    #[case("100", "0", "0", true, false, PaymentStatus::Refunded)]
    #[case("100", "0", "0", true, true, PaymentStatus::Refunded)]
    #[case("100", "100", "0", true, false, PaymentStatus::Refunded)]
    #[case("100", "0", "40", true, false, PaymentStatus::Partial)]
    #[case("100", "60", "40", true, false, PaymentStatus::Paid)]
    fn status_follows_the_first_rule_that_holds(
        #[case] total: &str,
        #[case] returned: &str,
        #[case] paid: &str,
        #[case] any_refund: bool,
        #[case] last_attempt_failed: bool,
        #[case] expected: PaymentStatus,
    ) {
        let actual = payment_status(
            money(total),
            money(returned),
            money(paid),
            any_refund,
            last_attempt_failed,
        );
        assert_eq!(actual, expected);
    }

    // §4 payment_due_date
    #[rstest]
    #[case("immediate", "2026-12-10")]
    #[case("net_15", "2026-12-25")]
    #[case("net_30", "2027-01-09")]
    #[case("net_60", "2027-02-08")]
    fn due_date_is_delivery_plus_terms(#[case] terms: &str, #[case] expected: &str) {
        let delivery = NaiveDate::from_ymd_opt(2026, 12, 10).unwrap();
        assert_eq!(
            due_date(delivery, PaymentTerms::parse(terms).unwrap()).to_string(),
            expected
        );
        assert_eq!(due_date(NaiveDate::MAX, PaymentTerms::Net60), NaiveDate::MAX);
    }

    // D2
    #[test]
    fn words_agree_with_json() {
        for status in PaymentStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(PaymentStatus::parse(status.as_str()), Some(status));
        }
        for method in PaymentMethod::ALL {
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
            assert_eq!(PaymentMethod::parse(method.as_str()), Some(method));
        }
        for terms in PaymentTerms::ALL {
            assert_eq!(serde_json::to_value(terms).unwrap(), terms.as_str());
            assert_eq!(PaymentTerms::parse(terms.as_str()), Some(terms));
        }
        assert_eq!(PaymentTerms::parse("net15"), None);
    }

    proptest! {
        // D28: a balance and what was settled make up the total, whenever not more was settled than that.
        #[test]
        fn balance_and_settled_make_the_total(total in 0_i64..1_000_000, returned in 0_i64..500_000, paid in 0_i64..500_000) {
            let balance = balance_due(Money::from_scaled(total), Money::from_scaled(returned), Money::from_scaled(paid));
            if returned + paid <= total {
                prop_assert_eq!(balance.scaled() + returned + paid, total);
            } else {
                prop_assert!(balance.is_zero());
            }
        }
    }
}
