//! What must hold for any plan, however the bakery looks.

use std::collections::BTreeMap;

use chrono::Days;
use proptest::collection::vec;
use proptest::prelude::*;

use super::fixture::{date, ingredient, with_changed_quantities};
use super::generate::{DAYS, START, an_input, order_of_rows_changed, scaled};
use crate::calendar::Weekday;
use crate::catalog::{Catalog, Offer, OrderingMethod, RecipeQuantity};
use crate::decimal::{Percentage, Quantity};
use crate::planning::{
    ExceptionCode, OrderLine, OrderLines, Plan, PlanInput, PlanParameters, PlannedReceipt, Requirement,
    SafetyStockMethod, plan,
};

pub(super) fn approve(mut input: PlanInput, plan: &Plan) -> PlanInput {
    let receipts = plan.requirements.iter().filter_map(|row| {
        Some(PlannedReceipt {
            plan_number: "PLAN-1".to_owned(),
            ingredient_id: row.ingredient_id.clone(),
            date: row.expected_receipt_date?,
            quantity: row.order_quantity,
        })
    });
    input.planned_receipts.extend(receipts);
    input
}

/// Takes away lot rules and the methods whose lots are no sum of days, so that exactly what is missing is bought.
fn without_lot_rules(mut input: PlanInput) -> PlanInput {
    for row in input.catalog.ingredients.values_mut() {
        if matches!(row.ordering.method, OrderingMethod::Fixed | OrderingMethod::Eoq) {
            row.ordering.method = OrderingMethod::LotForLot;
        }
    }
    for offer in input
        .catalog
        .ingredients
        .values_mut()
        .flat_map(|row| &mut row.offers)
    {
        offer.minimum_order_quantity = Quantity::ZERO;
        offer.pack_size = Quantity::from_scaled(1);
    }
    input.catalog.ingredients.retain(|_, row| !row.offers.is_empty());
    input
}

pub(super) fn sum(parts: impl Iterator<Item = Quantity>) -> i64 {
    parts.map(Quantity::scaled).sum()
}

/// The published figures of a requirement follow from one another (D60–D63).
fn check_figures(row: &Requirement) -> Result<(), TestCaseError> {
    let schedule = || row.schedule.iter();
    prop_assert_eq!(
        row.gross_requirement.scaled(),
        row.order_demand.scaled() + row.forecast_demand.scaled()
    );
    prop_assert_eq!(
        sum(schedule().map(|day| day.gross)),
        row.gross_requirement.scaled()
    );
    prop_assert_eq!(
        sum(schedule().map(|day| day.receipts)),
        row.scheduled_receipts.scaled()
    );
    prop_assert_eq!(
        sum(schedule().map(|day| day.planned_receipt)),
        row.order_quantity.scaled()
    );
    let (on_hand, reserved, expiring) = (row.on_hand.scaled(), row.reserved.scaled(), row.expiring.scaled());
    prop_assert_eq!(row.available.scaled(), (on_hand - reserved - expiring).max(0));
    let needed = row.gross_requirement.scaled() + row.safety_stock.scaled();
    let supply = row.available.scaled() + row.scheduled_receipts.scaled();
    prop_assert_eq!(row.net_requirement.scaled(), (needed - supply).max(0));
    let mut balance = row.available.scaled();
    let mut after = needed - supply;
    for day in schedule() {
        // D63: the net requirement of the day, or less where a receipt that comes later is expedited instead.
        let net = (day.gross.scaled() + row.safety_stock.scaled() - balance - day.receipts.scaled()).max(0);
        let is_expedited = row.exceptions.iter().any(|exception| {
            exception.code == ExceptionCode::Expedite
                && exception.date.is_some_and(|date| date > day.date)
                && exception.needed_date.is_some_and(|date| date <= day.date)
        });
        if is_expedited {
            // Never more than what the rest of the horizon lacks in all.
            prop_assert!(day.net.scaled() <= net.min(after).max(0));
        } else {
            prop_assert_eq!(day.net.scaled(), net);
        }
        prop_assert_eq!(day.net.is_zero(), day.planned_receipt.is_zero());
        after -= day.planned_receipt.scaled();
        balance += day.receipts.scaled() + day.planned_receipt.scaled() - day.gross.scaled();
        prop_assert_eq!(day.projected.scaled(), balance);
        prop_assert_eq!(day.planned_receipt.scaled() % row.pack_size.scaled(), 0);
        if !day.planned_receipt.is_zero() {
            prop_assert!(day.planned_receipt >= row.minimum_order_quantity);
        }
        // D63: no day ends below the safety stock, except where a receipt is late and expedited.
        prop_assert!(day.projected >= row.safety_stock || is_expedited);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D60: every gram of order demand is pegged to the lines that cause it, and to no others.
    #[test]
    fn pegs_add_up_to_the_order_demand(input in an_input()) {
        let plan = plan(&input).unwrap();
        for row in &plan.requirements {
            prop_assert_eq!(sum(row.pegging.iter().map(|peg| peg.quantity)), row.order_demand.scaled());
            for peg in row.pegging.iter() {
                prop_assert!(!peg.quantity.is_negative());
                let is_line = |line: OrderLine<'_>| {
                    (line.order_id, line.line, line.product_id)
                        == (peg.order_id, peg.line, peg.product_id)
                        && line.date >= peg.date
                };
                prop_assert!(input.order_demand.iter().any(is_line));
            }
        }
    }

    // D62, D63
    #[test]
    fn published_figures_follow_from_one_another(input in an_input()) {
        for row in &plan(&input).unwrap().requirements {
            check_figures(row)?;
        }
    }

    // DESIGN: the order of the rows does not matter.
    #[test]
    fn the_order_of_the_input_changes_nothing(input in an_input(), seed in any::<u64>()) {
        let input = approve(input.clone(), &plan(&input).unwrap());
        prop_assert_eq!(plan(&order_of_rows_changed(input.clone(), seed)).unwrap(), plan(&input).unwrap());
    }

    // A plan can be made again from a snapshot of its input.
    #[test]
    fn an_input_reads_back_as_it_was_written(input in an_input()) {
        let input = approve(input.clone(), &plan(&input).unwrap());
        let written = serde_json::to_string(&input).unwrap();
        let read: PlanInput = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(plan(&read).unwrap(), plan(&input).unwrap());
        prop_assert_eq!(read, input);
    }

    // D62, D63: without lot rules, what is bought is demand and one safety stock beyond what is there and on the way,
    // whenever that comes.
    #[test]
    fn safety_stock_is_bought_once_and_no_late_receipt_twice(input in an_input()) {
        let input = without_lot_rules(input);
        for row in &plan(&input).unwrap().requirements {
            // With a supplier of packs of a thousandth; nobody active means whole units.
            if row.supplier_id.is_some() {
                prop_assert_eq!(row.order_quantity, row.net_requirement);
            }
        }
    }

    // D64: putting the demand of an item together never buys more than each row for itself.
    #[test]
    fn consolidation_never_buys_more(
        rows in vec((0..DAYS, scaled(1..60_000)), 1..12),
        minimum in scaled(0..40_000),
        pack in scaled(1..9_000),
    ) {
        let bought = |rows: &[(u64, Quantity)]| {
            let mut flour = ingredient("flour");
            flour.offers = vec![Offer {
                supplier_id: "mill".to_owned(),
                minimum_order_quantity: minimum,
                pack_size: pack,
                ..Offer::default()
            }];
            let mut order_demand = OrderLines::default();
            for (number, quantity) in rows {
                order_demand.push("order", 1, "flour", date(START) + Days::new(*number), *quantity);
            }
            let input = PlanInput {
                start: date(START),
                horizon_days: DAYS as u16,
                today: date(START),
                order_demand,
                overdue_orders: Vec::new(),
                forecast: Vec::new(),
                catalog: Catalog {
                    ingredients: BTreeMap::from([("flour".to_owned(), flour)]),
                    ..Catalog::default()
                },
                parameters: PlanParameters { safety_stock_percentage: Percentage::ZERO, ..PlanParameters::default() },
                planned_receipts: Vec::new(),
                demand_deviation: Vec::new(),
                safety_stock_overrides: BTreeMap::new(),
            };
            plan(&input).unwrap().requirements[0].order_quantity.scaled()
        };
        let row_wise: i64 = rows.iter().map(|row| bought(std::slice::from_ref(row))).sum();
        prop_assert!(bought(&rows) <= row_wise);
    }

    // Some times everything is as many times the plan, where no lot rule and no rounding comes between.
    #[test]
    fn scaling_all_quantities_scales_the_plan(input in an_input(), factor in 2..8_i64) {
        let mut input = without_lot_rules(input);
        for row in input.catalog.ingredients.values_mut() {
            row.ordering.method = OrderingMethod::LotForLot;
        }
        input.parameters.safety_stock_percentage = Percentage::from_scaled(2_000);
        if input.parameters.safety_stock_method == SafetyStockMethod::Statistical {
            input.parameters.safety_stock_method = SafetyStockMethod::Percentage;
        }
        for recipe in input.catalog.products.values_mut().filter_map(|row| row.recipe.as_mut()) {
            recipe.yield_quantity = Quantity::from_scaled(500);
            for line in &mut recipe.lines {
                line.quantity = RecipeQuantity::from_scaled((line.quantity.scaled() / 1_000_000 + 1) * 1_000_000);
                line.waste_percentage = Percentage::from_scaled(5_000);
            }
        }
        let with_quantities = |map: &dyn Fn(i64) -> i64| {
            let mut input = input.clone();
            let change = |quantity: &mut Quantity| *quantity = Quantity::from_scaled(map(quantity.scaled()));
            input.order_demand = with_changed_quantities(&input.order_demand, &change);
            input.forecast.iter_mut().for_each(|row| change(&mut row.quantity));
            input.safety_stock_overrides.values_mut().for_each(change);
            for row in input.catalog.ingredients.values_mut() {
                change(&mut row.reserved);
                row.safety_stock_quantity.iter_mut().for_each(change);
                row.stock_lots.iter_mut().for_each(|lot| change(&mut lot.quantity));
                row.open_receipts.iter_mut().for_each(|receipt| change(&mut receipt.quantity));
            }
            plan(&input).unwrap()
        };
        // Whole units, so that a fifth of them and half of a recipe line is exact.
        let whole = |scaled: i64| (scaled / 1_000) * 1_000;
        let (once, often) = (with_quantities(&whole), with_quantities(&|scaled| factor * whole(scaled)));
        prop_assert_eq!(once.requirement_count, often.requirement_count);
        for (once, often) in once.requirements.iter().zip(&often.requirements) {
            prop_assert_eq!(factor * once.gross_requirement.scaled(), often.gross_requirement.scaled());
            prop_assert_eq!(factor * once.net_requirement.scaled(), often.net_requirement.scaled());
            if once.supplier_id.is_some() {
                prop_assert_eq!(factor * once.order_quantity.scaled(), often.order_quantity.scaled());
            }
            prop_assert_eq!(once.required_date, often.required_date);
            prop_assert_eq!(once.order_by_date, often.order_by_date);
            prop_assert_eq!(&once.supplier_id, &often.supplier_id);
        }
    }

    // D69: planning again over what has been approved buys nothing more, and tomorrow nothing either.
    #[test]
    fn a_rerun_doubles_nothing(input in an_input()) {
        let first = plan(&input).unwrap();
        let again = plan(&approve(input, &first)).unwrap();
        for row in &again.requirements {
            prop_assert_eq!(row.order_quantity, Quantity::ZERO, "{}", row.ingredient_id);
        }
    }

    // D65, D66: orders go out on working days of an active supplier, and no day before today.
    #[test]
    fn orders_go_out_when_somebody_takes_them(input in an_input()) {
        for row in &plan(&input).unwrap().requirements {
            let Some((order_by, required)) = row.order_by_date.zip(row.required_date) else {
                prop_assert!(row.order_quantity.is_zero());
                continue;
            };
            prop_assert!(input.today <= order_by);
            prop_assert!(row.expected_receipt_date.is_none_or(|expected| expected >= required));
            let supplier = row.supplier_id.as_ref().and_then(|id| input.catalog.suppliers.get(id));
            if let Some(supplier) = supplier {
                prop_assert!(supplier.is_active);
                // An order that is late goes out today, or as soon as somebody is there.
                prop_assert!(supplier.working_days.contains(&Weekday::of(order_by)) || order_by == input.today);
            }
        }
    }
}
