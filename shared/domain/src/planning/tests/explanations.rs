//! What a baker reads of a requirement: the steps to its figures and a sentence.

use super::fixture::{Bakery, lot, offer, open_receipt, quantity};
use crate::catalog::OrderingMethod;
use crate::decimal::Money;
use crate::planning::{ExplanationFigure, Requirement};

fn bakery() -> Bakery {
    Bakery::new("2026-12-01", 14)
        .safety_stock("20")
        .supplier("mill", |mill| mill.name = "Mill".to_owned())
        .ingredient("flour", |flour| {
            flour.stock_lots = vec![lot("L1", "35", None)];
            flour.reserved = quantity("5");
            flour.open_receipts = vec![open_receipt("PO-1", "2026-12-08", "10")];
            let mut terms = offer("mill", "0.9", 3);
            terms.minimum_order_quantity = quantity("50");
            terms.pack_size = quantity("25");
            flour.offers = vec![terms];
        })
        .order("o1", 1, "flour", "2026-12-10", "60")
        .forecast("flour", "2026-12-10", "100")
}

fn sentence(requirement: &Requirement) -> &str {
    &requirement.explanation.sentence
}

// D60–D66, the worked example in words.
#[test]
fn the_worked_example_explains_itself() {
    let flour = bakery().requirement("flour");
    assert_eq!(
        sentence(&flour),
        "100 kg of flour: 100 needed until 2026-12-14 plus 20 safety stock, less 30 available and 10 on the way, leaves 80; packs of 25 and a minimum of 50 make it 100. Order from Mill by 2026-12-07."
    );
    let steps: Vec<(ExplanationFigure, String, &str)> = flour
        .explanation
        .steps
        .iter()
        .map(|step| (step.figure, step.quantity.to_string(), step.text.as_str()))
        .collect();
    use ExplanationFigure as Figure;
    let expected = [
        (Figure::GrossRequirement, "100.000", "needed from 2026-12-01 to 2026-12-14"),
        (Figure::OrderDemand, "60.000", "of it ordered"),
        (Figure::ForecastDemand, "40.000", "of it forecast and not ordered yet"),
        (Figure::SafetyStock, "20.000", "20 % of the gross requirement"),
        (Figure::OnHand, "35.000", "in the house"),
        (Figure::Reserved, "5.000", "kept for something else"),
        (Figure::Available, "30.000", "on hand without what is reserved or expiring"),
        (Figure::ScheduledReceipts, "10.000", "on the way, due by 2026-12-14"),
        (
            Figure::NetRequirement,
            "80.000",
            "gross requirement and safety stock, less what is available and on the way",
        ),
        (Figure::LotRule, "20.000", "added by packs of 25 and a minimum of 50, in 1 lot"),
        (Figure::OrderQuantity, "100.000", "to buy"),
        (
            Figure::ReorderPoint,
            "41.429",
            "time to order at this much in the house and on the way: what 3 days of lead time need on average, and the safety stock",
        ),
    ]
    .map(|(figure, quantity, text)| (figure, quantity.to_owned(), text));
    assert_eq!(steps, expected);
    let written = serde_json::to_value(&flour.explanation).unwrap();
    assert_eq!(written["steps"][0]["figure"], "gross_requirement");
    assert_eq!(written["steps"][0]["quantity"], "100.000");
}

// D64: the buffer is missing today and demand comes on two days, so there are three lots, each in whole packs.
#[test]
fn lots_are_counted_where_there_are_several() {
    let flour = bakery()
        .order("o2", 1, "flour", "2026-12-12", "90")
        .requirement("flour");
    assert_eq!(
        sentence(&flour),
        "200 kg of flour: 190 needed until 2026-12-14 plus 38 safety stock, less 30 available and 10 on the way, leaves 188; packs of 25 and a minimum of 50 make it 200 in 3 lots. Order from Mill on 2026-12-01 at once: nobody can deliver by 2026-12-01, it comes on 2026-12-04."
    );
}

// Nothing to buy: covered, covered by something late, and needed by nothing.
#[test]
fn nothing_to_buy_is_explained() {
    let stocked = bakery()
        .ingredient("flour", |flour| flour.stock_lots = vec![lot("L1", "200.5", None)])
        .requirement("flour");
    assert_eq!(
        sentence(&stocked),
        "Nothing to buy of flour: 100 needed until 2026-12-14 plus 20 safety stock, covered by 200.5 available."
    );
    let late = bakery()
        .ingredient("flour", |flour| {
            flour.open_receipts = vec![open_receipt("PO-1", "2026-12-12", "120")];
        })
        .requirement("flour");
    assert_eq!(
        sentence(&late),
        "Nothing to buy of flour: 100 needed until 2026-12-14 plus 20 safety stock, covered by 120 on the way. Some of it has to come earlier than it is due."
    );
    let idle = Bakery::new("2026-12-01", 7)
        .ingredient("milk", |milk| {
            milk.stock_lots = vec![lot("L1", "5", Some("2026-12-03"))]
        })
        .requirement("milk");
    assert_eq!(
        sentence(&idle),
        "Nothing to buy of milk: nothing until 2026-12-07 needs it."
    );
    // Bought by an approved plan, and too late for the horizon.
    let far = || {
        Bakery::new("2026-12-01", 3)
            .ingredient("flour", |flour| flour.offers = vec![offer("mill", "1", 5)])
            .order("o1", 1, "flour", "2026-12-03", "10")
    };
    let again = far().approved("PLAN-1", &far().plan()).requirement("flour");
    assert_eq!(
        sentence(&again),
        "Nothing to buy of flour: 10 needed until 2026-12-03, covered by 10 bought already for later. Some of it has to come earlier than it is due."
    );
}

// D66: nobody offers it, nobody is in time.
#[test]
fn whom_to_order_from_is_explained() {
    let nobody = bakery().ingredient("flour", |_| {});
    assert_eq!(
        sentence(&nobody.requirement("flour")),
        "120 kg of flour: 100 needed until 2026-12-14 plus 20 safety stock, 120 in all. No active supplier offers it: find one at once, it is needed on 2026-12-01."
    );
    assert_eq!(
        sentence(&nobody.safety_stock("0").requirement("flour")),
        "100 kg of flour: 100 needed until 2026-12-14. No active supplier offers it: find one and order by 2026-12-07, counting on 3 days until 2026-12-10."
    );
    let late = bakery()
        .safety_stock("0")
        .ingredient("flour", |flour| flour.offers = vec![offer("mill", "1", 12)])
        .requirement("flour");
    assert_eq!(
        sentence(&late),
        "100 kg of flour: 100 needed until 2026-12-14. Order from Mill on 2026-12-01 at once: nobody can deliver by 2026-12-10, it comes on 2026-12-13."
    );
}

// D64: the method and its lots.
#[test]
fn the_lot_sizing_method_is_explained() {
    let flour = bakery()
        .safety_stock("0")
        .ingredient("flour", |flour| {
            flour.ordering.method = OrderingMethod::Fixed;
            flour.ordering.fixed_quantity = Some(quantity("70"));
            flour.offers = vec![offer("mill", "1", 3)];
        })
        .requirement("flour");
    assert_eq!(
        sentence(&flour),
        "140 kg of flour: 100 needed until 2026-12-14; lots of 70 and whole units make it 140. Order from Mill by 2026-12-07."
    );
    let flour = bakery()
        .safety_stock("0")
        .order("o2", 1, "flour", "2026-12-12", "0.5")
        .ingredient("flour", |flour| {
            flour.ordering.method = OrderingMethod::WagnerWhitin;
            flour.ordering.setup_cost = Money::from_scaled(1);
            flour.ordering.holding_cost_per_day = crate::decimal::UnitPrice::from_scaled(10_000);
            flour.offers = vec![offer("mill", "1", 3)];
        })
        .requirement("flour");
    let lot_rule = flour
        .explanation
        .steps
        .iter()
        .find(|step| step.figure == ExplanationFigure::LotRule)
        .unwrap();
    assert_eq!(
        (lot_rule.quantity, lot_rule.text.as_str()),
        (
            quantity("0.5"),
            "added by lots at the least cost of ordering and keeping and whole units, in 2 lots"
        )
    );
}

// What was stored before there were explanations still reads.
#[test]
fn a_requirement_of_an_older_plan_reads_without_its_new_fields() {
    let flour = bakery().requirement("flour");
    let mut stored = serde_json::to_value(&flour).unwrap();
    let fields = stored.as_object_mut().unwrap();
    for field in [
        "explanation",
        "ordering_method",
        "safety_stock_method",
        "reorder_point",
    ] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    let read: Requirement = serde_json::from_value(stored).unwrap();
    let older = Requirement {
        explanation: Default::default(),
        reorder_point: Default::default(),
        ..flour
    };
    assert_eq!(read, older);
}
