//! Lot-sizing methods in whole plans (D64): what is received when, and what is said of it.

use super::fixture::{Bakery, codes, date, lot, offer, only, open_receipt, quantity};
use crate::catalog::{Ingredient, Ordering, OrderingMethod};
use crate::decimal::{Money, Quantity, UnitPrice};
use crate::planning::{ExceptionCode, Requirement, WarningCode};

const METHODS: [OrderingMethod; 6] = [
    OrderingMethod::LotForLot,
    OrderingMethod::Fixed,
    OrderingMethod::Eoq,
    OrderingMethod::Poq,
    OrderingMethod::SilverMeal,
    OrderingMethod::WagnerWhitin,
];

/// Orders of 8 a day for ten days; an order costs 5, keeping a unit 0.10 a day; a fixed lot is 30.
fn bakery(method: OrderingMethod, set: impl FnOnce(&mut Ingredient)) -> Bakery {
    let mut bakery = Bakery::new("2026-12-01", 10)
        .safety_stock("10")
        .supplier("mill", |_| {})
        .ingredient("flour", |flour| {
            flour.ordering = Ordering {
                method,
                setup_cost: Money::from_scaled(500),
                holding_cost_per_day: UnitPrice::from_scaled(1_000),
                fixed_quantity: Some(quantity("30")),
                periods: None,
            };
            let mut terms = offer("mill", "1", 2);
            terms.pack_size = quantity("1");
            flour.offers = vec![terms];
            set(flour);
        });
    for day in 1..=10 {
        bakery = bakery.order(
            &format!("o{day:02}"),
            1,
            "flour",
            &format!("2026-12-{day:02}"),
            "8",
        );
    }
    bakery
}

fn received(flour: &Requirement) -> Vec<i64> {
    let days = flour.schedule.iter();
    days.map(|day| day.planned_receipt.scaled() / 1_000).collect()
}

// D63, D64: stock of 12 lasts for the first day; safety stock is 8.
#[test]
fn every_method_makes_its_lots_of_the_same_net_requirements() {
    for (method, lots) in [
        (OrderingMethod::LotForLot, [4, 8, 8, 8, 8, 8, 8, 8, 8, 8]),
        (OrderingMethod::Fixed, [30, 0, 0, 0, 30, 0, 0, 0, 30, 0]),
        // sqrt(2·8·5/0.1) = 28.284, in packs of 1.
        (OrderingMethod::Eoq, [29, 0, 0, 0, 29, 0, 0, 29, 0, 0]),
        // 28.284 last for 3.5 days.
        (OrderingMethod::Poq, [28, 0, 0, 0, 32, 0, 0, 0, 16, 0]),
        // 5 a day for one day, 2.90 for two, 2.47, 2.45, and 2.60 for five.
        (OrderingMethod::SilverMeal, [28, 0, 0, 0, 32, 0, 0, 0, 16, 0]),
        (OrderingMethod::WagnerWhitin, [28, 0, 0, 0, 24, 0, 0, 24, 0, 0]),
    ] {
        let flour =
            bakery(method, |flour| flour.stock_lots = vec![lot("L1", "12", None)]).requirement("flour");
        assert_eq!(flour.net_requirement, quantity("76"), "{method:?}");
        assert_eq!(received(&flour), lots, "{method:?}");
        assert_eq!(flour.ordering_method, method);
        assert_eq!(flour.required_date, Some(date("2026-12-01")));
        // Covered days have nothing to net.
        for day in &flour.schedule {
            assert_eq!(day.net.is_zero(), day.planned_receipt.is_zero());
            assert!(day.projected >= flour.safety_stock);
        }
        // What is received from the third day on is ordered two days before.
        let released: Vec<i64> = flour
            .schedule
            .iter()
            .map(|day| day.planned_release.scaled() / 1_000)
            .collect();
        assert_eq!(released[..8], lots[2..]);
    }
}

// D69: a rerun over what was approved buys nothing, whatever the method; nor the day after, when the horizon has moved
// on and nothing new was ordered.
#[test]
fn a_rerun_changes_nothing_for_every_method() {
    for method in METHODS {
        let packed = |flour: &mut Ingredient| {
            flour.offers[0].minimum_order_quantity = quantity("11");
            flour.offers[0].pack_size = quantity("6");
            flour.shelf_life_days = Some(3);
        };
        let first = bakery(method, packed).plan();
        assert!(
            first.requirements[0].order_quantity >= quantity("88"),
            "{method:?}"
        );
        for today in ["2026-12-01", "2026-12-02"] {
            let again = bakery(method, packed)
                .today(today)
                .approved("PLAN-1", &first)
                .plan();
            let flour = &again.requirements[0];
            assert_eq!(flour.order_quantity, Quantity::ZERO, "{method:?} on {today}");
            assert_eq!(flour.required_date, None);
        }
    }
}

// D64: a minimum that keeps for longer than the ingredient does is bought all the same, and said.
#[test]
fn a_minimum_beyond_the_shelf_life_is_flagged() {
    let milk = |method| {
        bakery(method, |milk| {
            milk.name = "milk".to_owned();
            milk.shelf_life_days = Some(2);
            milk.offers[0].minimum_order_quantity = quantity("40");
        })
        .requirement("flour")
    };
    // 16 for the first day and the safety stock; 8 are used on the second, and 16 are left of it beyond the safety stock.
    for method in [OrderingMethod::LotForLot, OrderingMethod::WagnerWhitin] {
        let milk = milk(method);
        assert_eq!(received(&milk)[..2], [40, 0]);
        let first = milk
            .exceptions
            .iter()
            .find(|exception| exception.code == ExceptionCode::ShelfLife)
            .unwrap();
        assert_eq!(
            (first.date, first.quantity),
            (Some(date("2026-12-01")), Some(quantity("16")))
        );
        assert_eq!(
            first.message,
            "The lot of 40 kg of milk for 2026-12-01 keeps until 2026-12-02, and 16 kg of it will not be used by then: the supplier's minimum or pack, or the ordering method, makes it so large. Buy a smaller lot elsewhere, or offer what is made of it."
        );
    }
    // Without a minimum the lots keep to the shelf life.
    let exact = bakery(OrderingMethod::WagnerWhitin, |milk| {
        milk.shelf_life_days = Some(2)
    })
    .requirement("flour");
    assert_eq!(received(&exact), [24, 0, 16, 0, 16, 0, 16, 0, 16, 0]);
    assert!(!codes(&exact).contains(&ExceptionCode::ShelfLife));
}

// D63: a receipt on the way splits what lots have to cover.
#[test]
fn lots_leave_out_what_receipts_bring() {
    let flour = bakery(OrderingMethod::Poq, |flour| {
        flour.ordering.periods = Some(4);
        flour.open_receipts = vec![open_receipt("PO-1", "2026-12-03", "20")];
    })
    .requirement("flour");
    // 16, 8, 0 and 0 (20 last for two days and leave 4), then 4 + 8 + 8 + 8 and two days more.
    assert_eq!(received(&flour), [24, 0, 0, 0, 28, 0, 0, 0, 16, 0]);
    assert_eq!(flour.order_quantity, flour.net_requirement);
}

// D64: named, and planned lot for lot.
#[test]
fn a_method_without_its_parameters_is_named_under_warnings() {
    let plan = bakery(OrderingMethod::Eoq, |flour| {
        flour.ordering.setup_cost = Money::ZERO
    })
    .plan();
    assert_eq!(plan.requirements[0].ordering_method, OrderingMethod::LotForLot);
    let warning = &plan.warnings[0];
    assert_eq!(
        (warning.code, warning.references.as_slice()),
        (
            WarningCode::OrderingParametersMissing,
            ["flour".to_owned()].as_slice()
        )
    );
    assert!(warning.message.contains("setup_cost"), "{}", warning.message);
    let complete = bakery(OrderingMethod::Eoq, |_| {}).plan();
    assert_eq!(complete.warnings, []);
    // One exception of a lot that is past due, for the first of them only.
    assert_eq!(
        only(&complete.requirements[0], ExceptionCode::PastDue).quantity,
        Some(complete.requirements[0].schedule[0].planned_receipt)
    );
}
