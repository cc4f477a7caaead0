//! What must hold for the lots of any plan, and for what is said of its figures.

use proptest::prelude::*;

use super::generate::an_input;
use super::properties::{approve, sum};
use crate::catalog::OrderingMethod;
use crate::decimal::Quantity;
use crate::planning::{ExceptionCode, ExplanationFigure, plan};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D64: no lot covers more days than the ingredient keeps, except where a rule makes it so large; that is said.
    #[test]
    fn lots_cover_no_more_days_than_the_ingredient_keeps(input in an_input()) {
        for row in &plan(&input).unwrap().requirements {
            let shelf_life = input.catalog.ingredients[&row.ingredient_id].shelf_life_days;
            let Some(shelf_life) = shelf_life.map(|days| days.max(1) as usize) else {
                prop_assert!(row.exceptions.iter().all(|exception| exception.code != ExceptionCode::ShelfLife));
                continue;
            };
            for (number, day) in row.schedule.iter().enumerate() {
                let keeps_until = number + shelf_life;
                let until_then = row.schedule.get(number + 1..keeps_until);
                let Some(until_then) = until_then.filter(|_| !day.planned_receipt.is_zero()) else {
                    continue;
                };
                let used = sum(until_then.iter().map(|day| day.gross));
                let left = (day.projected.scaled() - row.safety_stock.scaled() - used)
                    .clamp(0, day.planned_receipt.scaled());
                let said = row.exceptions.iter().find(|exception| {
                    exception.code == ExceptionCode::ShelfLife && exception.date == Some(day.date)
                });
                prop_assert_eq!(said.and_then(|said| said.quantity).map_or(0, Quantity::scaled), left);
                // Without a rule that makes lots larger there is nothing to say.
                let is_exact = row.pack_size.scaled() == 1 && row.minimum_order_quantity.scaled() <= 1;
                if is_exact && row.ordering_method != OrderingMethod::Fixed {
                    prop_assert_eq!(left, 0);
                }
            }
        }
    }

    // The steps of an explanation are the figures that are published, and they lead to the order quantity.
    #[test]
    fn explanations_lead_to_the_order_quantity(input in an_input()) {
        use ExplanationFigure as Figure;
        let input = approve(input.clone(), &plan(&input).unwrap());
        for row in &plan(&input).unwrap().requirements {
            let steps = &row.explanation.steps;
            prop_assert!(steps.is_sorted_by_key(|step| step.figure));
            let figure = |figure| {
                let step = steps.iter().find(|step| step.figure == figure);
                step.map_or(0, |step| step.quantity.scaled())
            };
            prop_assert_eq!(figure(Figure::GrossRequirement), row.gross_requirement.scaled());
            prop_assert_eq!(
                figure(Figure::OrderDemand) + figure(Figure::ForecastDemand),
                row.gross_requirement.scaled()
            );
            let available = figure(Figure::OnHand) - figure(Figure::Reserved) - figure(Figure::Expiring);
            prop_assert_eq!(figure(Figure::Available), available.max(0));
            let net = figure(Figure::GrossRequirement) + figure(Figure::SafetyStock)
                - figure(Figure::Available) - figure(Figure::ScheduledReceipts);
            prop_assert_eq!(figure(Figure::NetRequirement), net.max(0));
            let bought = figure(Figure::NetRequirement) - figure(Figure::LaterReceipts) + figure(Figure::LotRule);
            prop_assert_eq!(figure(Figure::OrderQuantity), bought);
            prop_assert_eq!(row.order_quantity.scaled(), bought);
            prop_assert!(row.explanation.sentence.ends_with('.'), "{}", row.explanation.sentence);
        }
    }
}
