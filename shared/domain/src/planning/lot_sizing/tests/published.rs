//! Lot-sizing problems with known answers, and each method on its own.

use super::super::{LotSizingPeriod, lot_cost, wagner_whitin};
use super::{exact, lots, received, units, with_costs};
use crate::catalog::{Ingredient, Ordering, OrderingMethod};
use crate::decimal::Quantity;
use crate::planning::PlanError;
use crate::planning::lot_sizing::{LotRule, LotSizing};
use crate::planning::tests::fixture::{ingredient, quantity};

// Wagner and Whitin 1958: twelve periods with set-up costs of their own, holding cost 1.
#[test]
fn the_published_optimum_comes_out() {
    let demand = units([69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56]);
    let setup = [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114];
    let periods: Vec<LotSizingPeriod> = demand
        .iter()
        .zip(setup)
        .map(|(demand, setup)| LotSizingPeriod {
            demand: *demand,
            setup_cost: setup * 1_000,
        })
        .collect();
    let optimum = wagner_whitin(&periods, 1, usize::MAX).unwrap();
    assert_eq!(
        optimum.quantities,
        units([98, 0, 97, 0, 121, 0, 0, 112, 0, 67, 135, 0])
    );
    let prefix_costs: Vec<i128> = optimum.prefix_costs.iter().map(|cost| cost / 1_000).collect();
    assert_eq!(
        prefix_costs,
        [85, 114, 186, 277, 348, 400, 469, 555, 600, 710, 789, 864]
    );
    assert_eq!(lot_cost(&periods, &optimum.quantities, 1), Ok(Some(864_000)));
}

// Silver, Pyke and Peterson: set-up 54, holding 0.40 a unit and month. Silver and Meal find the optimum of 501.20.
#[test]
fn the_heuristic_of_silver_and_meal_comes_out() {
    let demand = units([10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41]);
    let lots = units([84, 0, 0, 130, 283, 0, 140, 0, 124, 160, 279, 0]);
    for method in [OrderingMethod::SilverMeal, OrderingMethod::WagnerWhitin] {
        let flour = with_costs(method, 5_400, 4_000);
        assert_eq!(received(&flour, &demand, exact()), lots, "{method:?}");
    }
    let periods: Vec<LotSizingPeriod> = demand
        .iter()
        .map(|demand| LotSizingPeriod {
            demand: *demand,
            setup_cost: 540_000_000,
        })
        .collect();
    assert_eq!(lot_cost(&periods, &lots, 4_000), Ok(Some(5_012_000_000)));
}

// Heizer and Render: 1 000 a year, 10 an order, 0.50 a year and unit make 200.
#[test]
fn the_economic_order_quantity_comes_out() {
    let needles = with_costs(OrderingMethod::Eoq, 1_000, 5_000);
    assert_eq!(received(&needles, &units([1]), exact()), [quantity("6.325")]);
    assert_eq!(
        received(&needles, &units([1_000]), exact()),
        [quantity("1000")],
        "as many as the day needs when that is more"
    );
    // Mean demand 1 000, and only 10 missing on the first day: the lot of 200 is left over for the second.
    let sizing = LotSizing::new(&needles, quantity("2000"), 2, exact()).unwrap();
    let lots = sizing.lots(&units([10, 240])).unwrap();
    let quantities: Vec<Quantity> = lots.iter().map(|lot| lot.quantity).collect();
    assert_eq!(quantities, units([200, 200]));
    assert_eq!(lots[1].net, quantity("50"));
}

// D64: 948.683 of it last for 9.49 mean days.
#[test]
fn the_periodic_order_quantity_covers_days() {
    let mut flour = with_costs(OrderingMethod::Poq, 45_000, 1_000);
    let days = units([100; 14]);
    let mut expected = vec![Quantity::ZERO; 14];
    (expected[0], expected[9]) = (quantity("900"), quantity("500"));
    assert_eq!(received(&flour, &days, exact()), expected);
    flour.ordering.periods = Some(3);
    let net = units([0, 5, 0, 7, 1, 0, 2]);
    assert_eq!(received(&flour, &net, exact()), units([0, 12, 0, 0, 3, 0, 0]));
    // Little is needed and ordering is cheap: less than a day is a day.
    let flour = with_costs(OrderingMethod::Poq, 1, 9_000);
    assert_eq!(received(&flour, &days, exact()), days);
}

// D64: multiples of the fixed quantity, then minimum and pack; what is left over is used first.
#[test]
fn fixed_lots_come_in_multiples() {
    let flour = Ingredient {
        ordering: Ordering {
            method: OrderingMethod::Fixed,
            fixed_quantity: Some(quantity("40")),
            ..Ordering::default()
        },
        ..ingredient("flour")
    };
    let net = units([10, 25, 90, 1]);
    assert_eq!(received(&flour, &net, exact()), units([40, 0, 120, 0]));
    let packs = LotRule {
        minimum_order_quantity: quantity("45"),
        pack_size: quantity("25"),
    };
    assert_eq!(received(&flour, &net, packs), units([50, 0, 100, 0]));
}

// D64: minimum and pack make the lots of every method larger, and the days after need less.
#[test]
fn what_a_lot_rule_adds_is_taken_off_later_days() {
    let rule = LotRule {
        minimum_order_quantity: quantity("30"),
        pack_size: quantity("10"),
    };
    let net = units([4, 4, 20, 4, 4, 0, 40]);
    for (method, expected) in [
        (OrderingMethod::LotForLot, units([30, 0, 0, 30, 0, 0, 30])),
        (OrderingMethod::WagnerWhitin, units([40, 0, 0, 0, 0, 0, 40])),
        (OrderingMethod::SilverMeal, units([40, 0, 0, 0, 0, 0, 40])),
    ] {
        let flour = with_costs(method, 100, 100);
        let lots = lots(&flour, &net, rule);
        let quantities: Vec<Quantity> = lots.iter().map(|lot| lot.quantity).collect();
        assert_eq!(quantities, expected, "{method:?}");
        for (number, lot) in lots.iter().enumerate() {
            let bought: i64 = quantities[..number].iter().map(|day| day.scaled()).sum();
            let needed: i64 = net[..=number].iter().map(|day| day.scaled()).sum();
            let missing = (needed - bought).clamp(0, net[number].scaled());
            assert_eq!(lot.net.scaled(), missing, "{method:?}, day {number}");
        }
    }
}

// D64: received on day t with a shelf life of 2 days, a lot covers t and t + 1.
#[test]
fn shelf_life_caps_the_days_of_a_lot() {
    let net = units([10, 10, 10, 10, 10]);
    for method in [
        OrderingMethod::Poq,
        OrderingMethod::SilverMeal,
        OrderingMethod::WagnerWhitin,
    ] {
        let mut milk = with_costs(method, 90_000, 1);
        assert_eq!(received(&milk, &net, exact())[0], quantity("50"), "{method:?}");
        milk.shelf_life_days = Some(2);
        let received = received(&milk, &net, exact());
        assert_eq!(
            received.iter().filter(|lot| !lot.is_zero()).count(),
            3,
            "{method:?}"
        );
        assert!(received.iter().all(|lot| *lot <= quantity("20")), "{method:?}");
    }
    // The economic lot ends with the shelf life too; days after the horizon count as mean days.
    let mut milk = with_costs(OrderingMethod::Eoq, 90_000, 1);
    milk.shelf_life_days = Some(3);
    assert_eq!(received(&milk, &net, exact()), units([30, 0, 0, 30, 0]));
    // A shelf life of nothing is used on its day.
    milk.shelf_life_days = Some(0);
    assert_eq!(received(&milk, &net, exact()), net);
}

// D64: what a method needs and does not have makes it lot for lot.
#[test]
fn a_method_without_its_parameters_is_lot_for_lot() {
    let net = units([10, 20, 30]);
    for (method, setup, holding) in [
        (OrderingMethod::Fixed, 100, 100),
        (OrderingMethod::Eoq, 0, 100),
        (OrderingMethod::Eoq, 100, 0),
        (OrderingMethod::Poq, 0, 0),
        (OrderingMethod::SilverMeal, 0, 100),
        (OrderingMethod::WagnerWhitin, 100, 0),
    ] {
        let flour = with_costs(method, setup, holding);
        let sizing = LotSizing::new(&flour, quantity("60"), 3, exact()).unwrap();
        assert!(sizing.lacks_parameters, "{method:?}");
        assert_eq!(sizing.method(), OrderingMethod::LotForLot);
        assert_eq!(received(&flour, &net, exact()), net);
    }
    let complete = LotSizing::new(&with_costs(OrderingMethod::Eoq, 1, 1), quantity("60"), 3, exact());
    assert!(!complete.unwrap().lacks_parameters);
}

// D3: amounts beyond counting are errors.
#[test]
fn lots_beyond_counting_are_errors() {
    let net = [Quantity::from_scaled(i64::MAX), Quantity::from_scaled(i64::MAX)];
    for method in [OrderingMethod::Eoq, OrderingMethod::Poq] {
        let mut flour = with_costs(method, i64::MAX, i64::MAX);
        flour.ordering.periods = Some(2);
        let sizing = LotSizing::new(&flour, net[0], 2, exact());
        let lots = sizing.and_then(|sizing| sizing.lots(&net));
        assert_eq!(lots, Err(PlanError::Overflow), "{method:?}");
    }
    let dear = LotSizingPeriod {
        demand: quantity("1"),
        setup_cost: i128::MAX,
    };
    assert_eq!(wagner_whitin(&[dear, dear], 1, 1), Err(PlanError::Overflow));
    assert_eq!(
        lot_cost(&[dear, dear], &units([1, 1]), 1),
        Err(PlanError::Overflow)
    );
}
