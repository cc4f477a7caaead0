//! What must hold of any forecast, whatever the history.

use chrono::Days;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::fixture::{forecast_next, monday, next_day, quantities};
use crate::decimal::Quantity;
use crate::forecasting::{ProductForecast, SalesHistory, forecast};

fn a_history_of(
    quantity: impl Strategy<Value = i64>,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = SalesHistory> {
    vec(weighted(0.93, quantity), length).prop_map(|days| SalesHistory {
        first_date: monday(),
        days: days
            .into_iter()
            .map(|day| day.map(Quantity::from_scaled))
            .collect(),
    })
}

/// Every day, or with many days without a sale; in whole units or in thousandths; with a weekly pattern or without.
fn an_ordinary_history() -> impl Strategy<Value = SalesHistory> {
    let quantity = prop_oneof![Just(0_i64), 0_i64..40, 0_i64..3_000_000];
    let unit = prop_oneof![Just(1_i64), Just(1_000)];
    let pattern = proptest::array::uniform7(0_i64..4);
    (a_history_of(quantity, 1..70), unit, pattern, any::<bool>()).prop_map(
        |(mut history, unit, pattern, is_weekly)| {
            for (day, quantity) in history.days.iter_mut().enumerate() {
                let factor = if is_weekly { pattern[day % 7] } else { 1 };
                *quantity = quantity.map(|quantity| Quantity::from_scaled(quantity.scaled() * unit * factor));
            }
            history
        },
    )
}

/// Anything a quantity can be, below nothing and at its limits included.
fn any_history() -> impl Strategy<Value = SalesHistory> {
    prop_oneof![
        a_history_of(any::<i64>(), 0..50),
        a_history_of(
            prop_oneof![Just(i64::MAX), Just(i64::MIN), Just(0), Just(1)],
            0..50
        ),
        an_ordinary_history(),
    ]
}

fn check(made: &ProductForecast, start: chrono::NaiveDate, horizon: u16) -> Result<(), TestCaseError> {
    prop_assert_eq!(made.days.len(), usize::from(horizon));
    for (offset, day) in made.days.iter().enumerate() {
        prop_assert_eq!(day.date, start + Days::new(offset as u64));
        prop_assert!(Quantity::ZERO <= day.lower, "{:?}", day);
        prop_assert!(
            day.lower <= day.quantity && day.quantity <= day.upper,
            "{:?}",
            day
        );
    }
    prop_assert!(!made.standard_deviation.is_negative());
    prop_assert!(made.mase.is_none_or(|mase| mase.scaled() >= 0));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D70
    #[test]
    fn any_history_gives_an_ordered_forecast_or_none_and_the_same_again(
        history in any_history(),
        offset in 0_u64..450,
        horizon in 0_u16..40,
    ) {
        let start = monday() + Days::new(offset);
        let made = forecast(&history, start, horizon);
        prop_assert_eq!(&made, &forecast(&history, start, horizon));
        if let Some(made) = made {
            check(&made, start, horizon)?;
            let json = serde_json::to_string(&made).unwrap();
            prop_assert_eq!(serde_json::from_str::<ProductForecast>(&json).unwrap(), made);
        }
    }

    // D70: pieces or dozens, the forecast is the same.
    #[test]
    fn another_unit_changes_neither_method_nor_error(history in an_ordinary_history(), factor in 2_i64..2_000) {
        let scaled = SalesHistory {
            first_date: history.first_date,
            days: history.days.iter()
                .map(|day| day.map(|quantity| Quantity::from_scaled(quantity.scaled() * factor)))
                .collect(),
        };
        let start = next_day(&history);
        let (Some(one), Some(many)) = (forecast(&history, start, 10), forecast(&scaled, start, 10)) else {
            prop_assert!(forecast(&history, start, 10).is_none() && forecast(&scaled, start, 10).is_none());
            return Ok(());
        };
        prop_assert_eq!(one.method, many.method);
        prop_assert_eq!(one.parameters, many.parameters);
        prop_assert_eq!(one.mase, many.mase);
        let is_scaled = |one: Quantity, many: Quantity| (one.scaled() * factor - many.scaled()).abs() <= factor / 2 + 1;
        prop_assert!(is_scaled(one.standard_deviation, many.standard_deviation));
        for (one, many) in one.days.iter().zip(&many.days) {
            prop_assert!(is_scaled(one.quantity, many.quantity), "{:?} {:?}", one, many);
            prop_assert!(is_scaled(one.lower, many.lower) && is_scaled(one.upper, many.upper));
        }
    }

    // D70
    #[test]
    fn the_same_every_day_is_forecast_as_that(
        scaled in 0_i64..1_000_000_000,
        unknown in vec(any::<bool>(), 8..120),
        horizon in 1_u16..30,
    ) {
        let quantity = Quantity::from_scaled(scaled);
        let days: Vec<Option<Quantity>> = unknown.iter().enumerate()
            .map(|(day, unknown)| (day < 7 || !unknown).then_some(quantity))
            .collect();
        let history = SalesHistory { first_date: monday(), days };
        let made = forecast(&history, next_day(&history), horizon).unwrap();
        for day in &made.days {
            prop_assert_eq!((day.lower, day.quantity, day.upper), (quantity, quantity, quantity));
        }
        prop_assert_eq!(made.mase, None);
        prop_assert!(made.bias.is_none_or(Quantity::is_zero));
        prop_assert!(made.standard_deviation.is_zero());
    }

    // D70: unknown days before the first known one say nothing.
    #[test]
    fn leading_unknown_days_change_nothing(history in an_ordinary_history(), leading in 1_u64..40) {
        let mut days = vec![None; leading as usize];
        days.extend(&history.days);
        let longer = SalesHistory { first_date: history.first_date - Days::new(leading), days };
        let start = next_day(&history);
        prop_assert_eq!(forecast(&longer, start, 9), forecast(&history, start, 9));
    }

    // D70: from two weeks on, closing days and all.
    #[test]
    fn a_perfect_week_is_forecast_exactly(
        week in proptest::array::uniform7(prop_oneof![Just(0_i64), 1_i64..1_000_000, Just(5_000)]),
        days in 14_usize..150,
        horizon in 1_u16..30,
    ) {
        let on = |day: usize| Quantity::from_scaled(week[day % 7]);
        let history = SalesHistory { first_date: monday(), days: (0..days).map(|day| Some(on(day))).collect() };
        let made = forecast_next(&history, horizon);
        let expected: Vec<Quantity> = (days..days + usize::from(horizon)).map(on).collect();
        prop_assert_eq!(quantities(&made), expected);
        prop_assert!(made.standard_deviation.is_zero());
    }
}
