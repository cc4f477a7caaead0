//! What a bakery meets: new products, gaps, holidays, patterns, trends, rare sales.

use chrono::{Days, NaiveDate};

use super::fixture::{
    forecast_next, forecast_next_by, history, known, monday, next_day, quantities, random_numbers, units,
};
use crate::decimal::Quantity;
use crate::forecasting::{ForecastMethod, ProductForecast, SalesHistory, forecast, forecast_with};

/// Strong Saturdays, weak Mondays, and some noise.
fn bread(weeks: u64, seed: u64) -> Vec<i64> {
    let mut random = random_numbers(seed);
    let week = [60, 80, 80, 90, 110, 160, 120];
    (0..weeks * 7)
        .map(|day| week[(day % 7) as usize] + random(21) - 10)
        .collect()
}

// D70
#[test]
fn fewer_than_seven_known_days_are_too_little() {
    let history = |count: usize| super::fixture::history([None, Some(4)].into_iter().cycle().take(2 * count));
    assert_eq!(forecast(&history(6), monday() + Days::new(12), 7), None);
    let made = forecast(&history(7), monday() + Days::new(14), 7).unwrap();
    assert_eq!(made.observations, 7);
    let empty = SalesHistory {
        first_date: monday(),
        days: Vec::new(),
    };
    assert_eq!(forecast(&empty, monday(), 7), None);
}

// D70: a new product has a forecast after a week, and no error yet.
#[test]
fn under_two_weeks_the_mean_is_forecast_without_a_backtest() {
    let made = forecast_next(&known([10, 12, 14, 10, 12, 14, 10, 12, 14]), 3);
    assert_eq!(made.method, ForecastMethod::MovingAverage);
    assert_eq!((made.mase, made.bias), (None, None));
    // The mean of the last seven days; the deviation is that of all nine.
    assert_eq!(quantities(&made), [Quantity::from_scaled(12_286); 3]);
    assert_eq!(made.standard_deviation.to_string(), "1.732");
    assert!(made.days[0].lower < made.days[0].quantity && made.days[0].quantity < made.days[0].upper);
}

// D70
#[test]
fn a_gap_is_stepped_over_in_step_with_the_week() {
    let week = [60, 80, 80, 90, 110, 160, 120];
    let history = known(week.repeat(10));
    for gap in [0_u64, 1, 3, 16, 300] {
        let made = forecast(&history, next_day(&history) + Days::new(gap), 7).unwrap();
        let expected: Vec<Quantity> = (0..7)
            .map(|day| units(week[((gap + day) % 7) as usize]))
            .collect();
        assert_eq!(quantities(&made), expected, "{gap} days");
    }
    assert_eq!(forecast(&history, next_day(&history) + Days::new(367), 7), None);
}

// D70
#[test]
fn days_from_the_start_on_are_not_looked_at() {
    let days = bread(12, 1);
    let mut later = days.clone();
    later.extend([9_999; 30]);
    let (short, long) = (known(days), known(later));
    let start = next_day(&short);
    assert_eq!(forecast(&short, start, 14), forecast(&long, start, 14));
    assert_eq!(
        forecast(&long, monday(), 14),
        None,
        "nothing is before the first day"
    );
    assert_eq!(forecast(&long, monday() - Days::new(9), 14), None);
}

// D70: a product that was not on offer yet did not sell badly.
#[test]
fn days_before_the_first_sale_do_not_count() {
    let mut days = vec![0; 100];
    days.extend(bread(8, 2));
    let made = forecast_next(&known(days), 14);
    assert_eq!(made, {
        let short = known(bread(8, 2));
        ProductForecast {
            days: forecast_next(&short, 14)
                .days
                .into_iter()
                .map(|day| crate::forecasting::ForecastDay {
                    date: day.date + Days::new(100),
                    ..day
                })
                .collect(),
            ..forecast_next(&short, 14)
        }
    });
}

// D70
#[test]
fn a_year_is_all_that_is_looked_at() {
    let mut days = vec![1; 500];
    days.extend(bread(52, 3));
    let made = forecast_next(&known(days), 14);
    assert_eq!(made.observations, 364);
}

// D70
#[test]
fn a_weekly_pattern_is_found_under_noise() {
    let mut sum = 0;
    for seed in 0..20 {
        let history = known(bread(20, seed));
        let made = forecast_next(&history, 7);
        assert!(
            [
                ForecastMethod::WeekdayAverage,
                ForecastMethod::HoltWintersAdditive,
                ForecastMethod::HoltWintersMultiplicative
            ]
            .contains(&made.method),
            "{:?}",
            made.method
        );
        sum += made.mase.unwrap().scaled();
        for (day, usual) in made.days.iter().zip([60, 80, 80, 90, 110, 160, 120]) {
            let distance = (day.quantity.scaled() - usual * 1_000).abs();
            assert!(distance < 8_000, "{day:?} is far from {usual}");
            assert!(day.lower < units(usual) && units(usual) < day.upper);
        }
    }
    // With nothing but this noise left, a perfect forecast has 0.75: 5.2 over the 7.0 between two noisy days.
    assert!((7_500..8_500).contains(&(sum / 20)), "{sum}");
}

// D70
#[test]
fn a_straight_trend_is_drawn_on() {
    let history = known((0..90).map(|day| 100 + 2 * day));
    let made = forecast_next(&history, 14);
    assert_eq!(made.method, ForecastMethod::Holt);
    let expected: Vec<Quantity> = (90..104).map(|day| units(100 + 2 * day)).collect();
    assert_eq!(quantities(&made), expected);
    let falling = known((0..90).map(|day| 180 - 2 * day));
    let made = forecast_next(&falling, 30);
    assert_eq!(made.days[29].quantity, units(0), "never below nothing");
    // Drawn on for a year, the rise ends at three times the greatest day.
    let far = forecast(&history, next_day(&history) + Days::new(366), 1).unwrap();
    assert_eq!(far.days[0].quantity, units(3 * 278));
}

// D70: the initial state tells trend and season apart, so that there is nothing left to smooth.
#[test]
fn a_trend_under_a_weekly_pattern_is_drawn_on() {
    let week = [0, 20, 20, 30, 50, 100, 60];
    let on = |day: i64| 50 + 2 * day + week[(day % 7) as usize];
    for days in [84, 87] {
        let made = forecast_next(&known((0..days).map(on)), 14);
        assert_eq!(made.method, ForecastMethod::HoltWintersAdditive);
        let expected: Vec<Quantity> = (days..days + 14).map(|day| units(on(day))).collect();
        assert_eq!(quantities(&made), expected);
    }
}

// D70
#[test]
fn rare_sales_are_forecast_as_a_rate() {
    let mut random = random_numbers(11);
    let days: Vec<i64> = (0..200)
        .map(|_| if random(5) == 0 { 3 + random(3) } else { 0 })
        .collect();
    let rate = days.iter().sum::<i64>() as f64 / 200.0;
    for method in [ForecastMethod::Croston, ForecastMethod::SyntetosBoylan] {
        let made = forecast_next_by(&known(days.clone()), 7, method);
        let quantity = made.days[0].quantity.scaled() as f64 / 1_000.0;
        assert!(
            (quantity / rate - 1.0).abs() < 0.35,
            "{method:?}: {quantity}, {rate}"
        );
        assert_eq!(made.days[6].quantity, made.days[0].quantity);
    }
}

// D70
#[test]
fn methods_that_cannot_be_used_say_so() {
    let bread = known(bread(10, 4));
    let start = next_day(&bread);
    assert_eq!(forecast_with(&bread, start, 7, ForecastMethod::Croston), None);
    let mut days = vec![3; 60];
    days[20] = 0;
    let gap = known(days);
    let multiplicative = ForecastMethod::HoltWintersMultiplicative;
    assert_eq!(forecast_with(&gap, next_day(&gap), 7, multiplicative), None);
    assert!(forecast_with(&bread, start, 7, multiplicative).is_some());
    let young = known([5; 20]);
    let additive = ForecastMethod::HoltWintersAdditive;
    assert_eq!(forecast_with(&young, next_day(&young), 7, additive), None);
}

// D70: a holiday that is marked as unknown disturbs nothing, one that is not is a day without sales.
#[test]
fn an_unknown_day_changes_no_forecast() {
    let mut days: Vec<Option<i64>> = [60, 80, 80, 90, 110, 160, 120]
        .repeat(12)
        .into_iter()
        .map(Some)
        .collect();
    let whole = forecast_next(&history(days.clone()), 7);
    days[40] = None;
    days[80] = None;
    let with_holidays = forecast_next(&history(days), 7);
    assert_eq!(quantities(&with_holidays), quantities(&whole));
    assert_eq!(with_holidays.observations, whole.observations - 2);
}

// D70: what came back counts as not sold.
#[test]
fn a_day_below_nothing_counts_as_nothing() {
    let mut days = bread(8, 6);
    days[30] = 0;
    let nothing = forecast_next(&known(days.clone()), 7);
    days[30] = -40;
    assert_eq!(forecast_next(&known(days), 7), nothing);
}

// D70: to the last digit on every machine: a change here is a change of what bakeries are told.
#[test]
fn forecasts_are_the_same_everywhere() {
    let mut random = random_numbers(7);
    let mut days = bread(26, 7);
    days.iter_mut()
        .skip(60)
        .for_each(|day| *day += i64::from(random(9) == 0) * 40);
    days[100] = 0;
    let history = known(days);
    let lines: Vec<String> = ForecastMethod::ALL
        .iter()
        .filter_map(|method| forecast_with(&history, next_day(&history), 9, *method))
        .map(|made| {
            let parameters = serde_json::to_string(&made.parameters).unwrap();
            let last = made.days.last().unwrap();
            let word = made.method.as_str();
            let (mase, bias) = (made.mase.unwrap(), made.bias.unwrap());
            let deviation = made.standard_deviation;
            let (lower, quantity, upper) = (last.lower, last.quantity, last.upper);
            format!("{word} {parameters} {mase} {bias} {deviation} {lower} {quantity} {upper}")
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"moving_average {"window":7} 2.7209 -1.137 30.485 68.877 110.143 175.927"#,
            r#"weekday_average {"window":8} 0.8167 -1.574 12.285 71.961 82.250 92.769"#,
            r#"simple_exponential_smoothing {"alpha":"0.0200"} 2.7202 -2.352 30.637 67.272 103.449 160.778"#,
            r#"croston {"alpha":"0.0500"} 2.7235 -1.954 30.984 69.852 106.532 163.287"#,
            r#"syntetos_boylan {"alpha":"0.0500"} 2.7140 -4.494 31.182 69.762 103.869 163.218"#,
            r#"holt {"alpha":"0.0200","beta":"0.0200"} 2.7274 -0.782 30.633 66.972 104.874 160.484"#,
            r#"damped_holt {"alpha":"0.0200","beta":"0.0200","phi":"0.9800"} 2.7213 -1.966 30.638 67.401 104.086 161.094"#,
            r#"holt_winters_additive {"alpha":"0.0200","beta":"0.0000","gamma":"0.0000"} 0.7735 -1.140 12.301 74.237 82.070 95.145"#
        ]
    );
    assert_eq!(
        forecast_next(&history, 9).method,
        ForecastMethod::HoltWintersAdditive
    );
}

#[test]
fn at_the_end_of_the_calendar_there_are_fewer_days() {
    let history = SalesHistory {
        first_date: NaiveDate::MAX - Days::new(39),
        days: vec![Some(units(3)); 36],
    };
    let made = forecast(&history, NaiveDate::MAX - Days::new(3), 10).unwrap();
    assert_eq!(made.days.len(), 4);
    let first = SalesHistory {
        first_date: NaiveDate::MIN,
        ..history
    };
    assert_eq!(forecast(&first, NaiveDate::MAX, 10), None);
}

#[test]
fn methods_have_one_word_each() {
    for (method, index) in ForecastMethod::ALL.into_iter().zip(0..) {
        let json = serde_json::to_string(&method).unwrap();
        assert_eq!(json, format!("\"{}\"", method.as_str()));
        assert_eq!(method as usize, index, "ALL is in order");
    }
}
