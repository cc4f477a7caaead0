//! Credit exposure of customers who buy on account (D31).

use crate::decimal::Money;
use crate::order_status::OrderStatus;
use crate::payments::PaymentMethod;

/// What one order adds to its customer's exposure: its balance when it is on account and neither cancelled, failed nor
/// on hold, else nothing.
pub const fn exposure_contribution(status: OrderStatus, method: PaymentMethod, balance_due: Money) -> Money {
    if matches!(method, PaymentMethod::Account) && status.counts_for_exposure() {
        balance_due
    } else {
        Money::ZERO
    }
}

/// Whether an order's new balance fits: `exposure without the order + new balance ≤ limit`.
///
/// No limit (`None`) fits everything, a limit of 0 nothing but a balance of 0. An exposure that already exceeds the
/// limit fits nothing.
pub fn fits(exposure_without_order: Money, new_balance: Money, limit: Option<Money>) -> bool {
    limit.is_none_or(|limit| {
        exposure_without_order
            .checked_add(new_balance)
            .is_some_and(|required| required <= limit)
    })
}

/// What the customer may still order on account; `None` when there is no limit, nothing when it is exceeded.
pub fn available(exposure: Money, limit: Option<Money>) -> Option<Money> {
    limit.map(|limit| limit.excess_over(exposure))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    // D31
    #[test]
    fn only_account_orders_that_stand_count() {
        let counting = [
            "pending",
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "delivered",
        ];
        let balance = money("116.77");
        for status in OrderStatus::ALL {
            for method in PaymentMethod::ALL {
                let expected = if method.as_str() == "account" && counting.contains(&status.as_str()) {
                    balance
                } else {
                    Money::ZERO
                };
                assert_eq!(
                    exposure_contribution(status, method, balance),
                    expected,
                    "{status:?} {method:?}"
                );
            }
        }
    }

    // D31: the limit itself still fits.
    #[rstest]
    #[case("900", "100", Some("1000"), true)]
    #[case("900", "100.01", Some("1000"), false)]
    #[case("0", "0", Some("0"), true)]
    #[case("0", "0.01", Some("0"), false)]
    #[case("1000.01", "0", Some("1000"), false)]
    #[case("1000000000000", "1000000000000", None, true)]
    fn the_boundary_is_exact(
        #[case] exposure: &str,
        #[case] balance: &str,
        #[case] limit: Option<&str>,
        #[case] expected: bool,
    ) {
        assert_eq!(fits(money(exposure), money(balance), limit.map(money)), expected);
    }

    // D31
    #[test]
    fn an_exposure_beyond_any_amount_fits_no_limit() {
        assert!(!fits(
            Money::from_scaled(i64::MAX),
            money("0.01"),
            Some(Money::from_scaled(i64::MAX))
        ));
        assert!(fits(Money::from_scaled(i64::MAX), money("0.01"), None));
    }

    // §4 Customer.credit
    #[test]
    fn available_is_never_negative_and_absent_without_a_limit() {
        assert_eq!(available(money("40"), Some(money("100"))), Some(money("60")));
        assert_eq!(available(money("140"), Some(money("100"))), Some(Money::ZERO));
        assert_eq!(available(money("140"), None), None);
    }

    proptest! {
        // D31: what is said to be available fits, one cent more does not.
        #[test]
        fn exactly_the_available_amount_fits(exposure in 0_i64..1_000_000, limit in 0_i64..1_000_000) {
            prop_assume!(exposure <= limit);
            let (exposure, limit) = (Money::from_scaled(exposure), Some(Money::from_scaled(limit)));
            let free = available(exposure, limit).unwrap();
            prop_assert!(fits(exposure, free, limit));
            prop_assert!(!fits(exposure, free.checked_add(Money::from_scaled(1)).unwrap(), limit));
        }
    }
}
