//! Gross requirements to the gram: bread → dough → flour recounted by other means than the planner's.

use std::collections::BTreeMap;

use chrono::Days;

use super::fixture::{Bakery, date};

/// Greatest common divisor, so that the fractions below stay small.
fn divisor(left: i128, right: i128) -> i128 {
    if right == 0 {
        left
    } else {
        divisor(right, left % right)
    }
}

/// An exact fraction: the recount knows no rounding before the end.
#[derive(Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn times(self, numerator: i128, denominator: i128) -> Self {
        let (numerator, denominator) = (self.0 * numerator, self.1 * denominator);
        let common = divisor(numerator, denominator);
        Self(numerator / common, denominator / common)
    }

    fn plus(self, other: Self) -> Self {
        let (numerator, denominator) = (self.0 * other.1 + other.0 * self.1, self.1 * other.1);
        let common = divisor(numerator, denominator).max(1);
        Self(numerator / common, denominator / common)
    }

    /// In grams, half up; nothing here is negative.
    fn grams(self) -> i64 {
        i64::try_from((self.0 * 2_000 + self.1) / (2 * self.1)).unwrap()
    }
}

/// Recipes: (product, batch yield in thousandths, [(item, milligrams in a batch, waste in tenths of a percent)]).
type Row = (&'static str, i128, &'static [(&'static str, i128, i128)]);
const RECIPES: [Row; 5] = [
    (
        "loaf",
        10_000,
        &[("bread-dough", 8_500_000, 20), ("flour", 100_000, 0)],
    ),
    (
        "roll",
        80_000,
        &[("bread-dough", 6_400_000, 0), ("seeds", 200_000, 50)],
    ),
    (
        "bread-dough",
        16_000,
        &[
            ("flour", 10_000_000, 15),
            ("salt", 200_000, 0),
            ("starter", 2_000_000, 0),
        ],
    ),
    ("starter", 2_000, &[("flour", 1_000_000, 0), ("yeast", 500, 0)]),
    ("cake", 12_000, &[("flour", 1_200_000, 25), ("yeast", 20_000, 0)]),
];

/// Kilograms of each ingredient for a quantity, order line by order line and path by path.
fn recount(item: &str, amount: Fraction, into: &mut BTreeMap<&'static str, Fraction>) {
    let Some((_, yielded, lines)) = RECIPES.iter().find(|(id, _, _)| *id == item) else {
        let name = ["flour", "salt", "seeds", "yeast"]
            .into_iter()
            .find(|id| *id == item)
            .unwrap();
        let total = into.entry(name).or_insert(Fraction(0, 1));
        *total = total.plus(amount);
        return;
    };
    for (below, milligrams, waste) in *lines {
        let need = amount
            .times(*milligrams, 1_000_000)
            .times(1_000, *yielded)
            .times(1_000 + waste, 1_000);
        recount(below, need, into);
    }
}

fn decimal(number: i128, scale: usize) -> String {
    let digits = format!("{number:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{whole}.{fraction}")
}

// D60: to the gram, over four weeks of uneven orders.
#[test]
fn gross_requirements_equal_an_exact_recount() {
    let mut bakery = Bakery::new("2026-12-01", 28);
    for ingredient in ["flour", "salt", "seeds", "yeast"] {
        bakery = bakery.ingredient(ingredient, |_| {});
    }
    for (id, yielded, lines) in RECIPES {
        let lines: Vec<(&str, String, String)> = lines
            .iter()
            .map(|(item, milligrams, waste)| (*item, decimal(*milligrams, 6), decimal(*waste, 1)))
            .collect();
        let lines: Vec<(&str, &str, &str)> = lines
            .iter()
            .map(|(item, amount, waste)| (*item, amount.as_str(), waste.as_str()))
            .collect();
        bakery = bakery.product_with(id, &decimal(yielded, 3), u32::from(id == "bread-dough"), &lines);
    }
    let mut expected = BTreeMap::new();
    for number in 0_u64..300 {
        let product = ["loaf", "roll", "cake"][(number % 3) as usize];
        let pieces = (number * number) % 17 + 1;
        let day = date("2026-12-01") + Days::new((number * 7) % 28);
        let order = format!("order-{number:03}");
        bakery = bakery.order(&order, 1, product, &day.to_string(), &pieces.to_string());
        recount(product, Fraction(i128::from(pieces), 1), &mut expected);
    }
    let plan = bakery.plan();
    assert_eq!(plan.requirement_count, 4);
    for requirement in &plan.requirements {
        let grams = expected[requirement.ingredient_id.as_str()].grams();
        assert!(grams > 0);
        assert_eq!(
            requirement.gross_requirement.scaled(),
            grams,
            "{}",
            requirement.ingredient_id
        );
        let days: i64 = requirement.schedule.iter().map(|day| day.gross.scaled()).sum();
        assert_eq!(days, grams);
        let pegs: i64 = requirement.pegging.iter().map(|peg| peg.quantity.scaled()).sum();
        assert_eq!(pegs, grams);
    }
}
