//! What is expected to be sold, beside what is ordered (D50, D70).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::ForecastDay;

use super::{Demand, ProductDemand};
use crate::usecases::forecasts::Forecasts;

/// Tells beside the orders what is expected to be sold, also of products that nobody has ordered. It is never added to
/// them (D50).
pub(super) fn add_forecasts(demand: &mut Demand, forecasts: &Forecasts) {
    let (start, end) = (demand.start_date, demand.end_date);
    let mut products: BTreeMap<String, ProductDemand> = std::mem::take(&mut demand.products)
        .into_iter()
        .map(|row| (row.product_id.clone(), row))
        .collect();
    for of_product in &forecasts.products {
        let Some(quantity) = expected(&of_product.forecast.days, start, end) else {
            continue;
        };
        match products.get_mut(&of_product.product_id) {
            Some(row) => row.forecast_quantity = Some(quantity),
            None if quantity > Quantity::ZERO => {
                let mut row = ProductDemand::none(&of_product.product_id);
                row.forecast_quantity = Some(quantity);
                products.insert(of_product.product_id.clone(), row);
            }
            None => {}
        }
    }
    demand.products = products.into_values().collect();
}

/// What a forecast expects of a range of days; none where it does not reach over all of them.
fn expected(days: &[ForecastDay], start: NaiveDate, end: NaiveDate) -> Option<Quantity> {
    let covered = days.first()?.date <= start && days.last()?.date >= end;
    let mut within = days.iter().filter(|day| (start..=end).contains(&day.date));
    let sum = || within.try_fold(Quantity::ZERO, |sum, day| sum.checked_add(day.quantity));
    covered.then(sum).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    #[test]
    fn a_range_is_forecast_only_where_all_of_its_days_are() {
        // D50, D70
        let day = |number: u32| {
            let quantity = Quantity::from_scaled(i64::from(number) * 1_000);
            ForecastDay {
                date: date(number),
                quantity,
                lower: Quantity::ZERO,
                upper: quantity,
            }
        };
        let days: Vec<_> = (3..=6).map(day).collect();
        let units = |from, to| expected(&days, date(from), date(to)).map(|sum| sum.scaled() / 1_000);
        assert_eq!(units(3, 6), Some(18));
        assert_eq!(units(4, 4), Some(4));
        assert_eq!(units(2, 4), None);
        assert_eq!(units(5, 7), None);
        assert_eq!(expected(&[], date(3), date(3)), None);
    }
}
