//! How a tenant works: an individual bakery or a central one (D80), from four factors of its recent orders. Fractions are
//! compared exactly; only what is shown is rounded.

use crate::decimal::{Figure, Quantity};

/// Below this many orders nothing is concluded.
pub const LEAST_ORDERS: i64 = 5;
/// Days of the window, today included.
pub const WINDOW_DAYS: i64 = 30;

/// What is known of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Days of the window, at least 1.
    pub days: i64,
    /// Orders that are not cancelled, failed or on hold.
    pub orders: i64,
    /// Their units.
    pub units: Quantity,
    /// Those of business and central-bakery customers.
    pub business_orders: i64,
    /// Those of the wholesale channel.
    pub wholesale_orders: i64,
}

/// What the settings say (D13); `central` is above `individual`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Orders a day at which the first factor begins.
    pub individual: u32,
    /// Orders a day at which it is full.
    pub central: u32,
    /// Units an order at which the second is full.
    pub large_quantity: Quantity,
}

/// One factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// `f1` … `f4` of D80.
    pub name: &'static str,
    /// What was measured; `None` without orders.
    pub raw: Option<Figure>,
    /// From 0 to 1.
    pub value: Figure,
    /// Its part of the score.
    pub weight: Figure,
}

/// What the factors say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// Whether it is a central bakery.
    pub is_central: bool,
    /// From 0 (individual) to 1 (central).
    pub score: Figure,
    /// How far the score is from undecided: 0.5 to 1, and 0 with too few orders.
    pub confidence: Figure,
    /// Whether there are fewer than [`LEAST_ORDERS`].
    pub insufficient_data: bool,
    /// The factors, in the order of D80.
    pub factors: [Factor; 4],
}

const ONE: i128 = 10_000;
const WEIGHTS: [i64; 4] = [3_500, 2_500, 2_500, 1_500];

/// A factor as an exact fraction from 0 to 1.
#[derive(Debug, Clone, Copy)]
struct Share {
    part: i128,
    whole: i128,
}

impl Share {
    fn clamped(part: i128, whole: i128) -> Self {
        let whole = whole.max(1);
        Self {
            part: part.clamp(0, whole),
            whole,
        }
    }

    fn figure(self) -> Figure {
        Figure::of_fraction(self.part, self.whole).unwrap_or(Figure::ZERO)
    }
}

/// `score = .35 f1 + .25 f2 + .25 f3 + .15 f4`; from .5 on it is a central bakery.
pub fn detect(observed: Observed, thresholds: Thresholds) -> Detected {
    let wide = |number: i64| i128::from(number);
    let (days, orders) = (wide(observed.days.max(1)), wide(observed.orders.max(0)));
    let (individual, central) = (i128::from(thresholds.individual), i128::from(thresholds.central));
    let (units, large) = (
        wide(observed.units.scaled()),
        wide(thresholds.large_quantity.scaled()),
    );
    let per_day = Share::clamped(orders - individual * days, (central - individual) * days);
    let size = if large > 0 {
        Share::clamped(units, large * orders)
    } else {
        // Any order is large where the threshold is nothing.
        Share::clamped(i128::from(units > 0), 1)
    };
    let business = Share::clamped(wide(observed.business_orders), orders);
    let wholesale = Share::clamped(wide(observed.wholesale_orders), orders);
    let shares = [per_day, size, business, wholesale];
    let measured = [
        ("orders_per_day", Figure::of_fraction(orders, days)),
        ("units_per_order", Figure::of_fraction(units, orders * 1_000)),
        (
            "business_share",
            Figure::of_fraction(wide(observed.business_orders), orders),
        ),
        (
            "wholesale_share",
            Figure::of_fraction(wide(observed.wholesale_orders), orders),
        ),
    ];
    let mut parts = shares.iter().zip(WEIGHTS);
    let factors = measured.map(|(name, raw)| {
        let (value, weight) = parts
            .next()
            .map_or((Figure::ZERO, 0), |(share, weight)| (share.figure(), weight));
        Factor {
            name,
            raw,
            value,
            weight: Figure::from_scaled(weight),
        }
    });
    let insufficient_data = observed.orders < LEAST_ORDERS;
    let score = weighted_sum(&shares);
    let is_central = !insufficient_data && score.part >= score.whole - score.part;
    let shown = score.figure();
    let (yes, no) = (
        shown.scaled(),
        Figure::from_scaled(10_000 - shown.scaled()).scaled(),
    );
    let confidence = if insufficient_data { 0 } else { yes.max(no) };
    Detected {
        is_central,
        score: shown,
        confidence: Figure::from_scaled(confidence),
        insufficient_data,
        factors,
    }
}

/// The score as one exact fraction. Where wholes are so large that their product would not fit, each share is first cut
/// to eighteen digits, far beyond what is shown.
fn weighted_sum(shares: &[Share; 4]) -> Share {
    const DIGITS: i128 = 1_000_000_000_000_000_000;
    let exact = shares
        .iter()
        .zip(WEIGHTS)
        .try_fold((0_i128, ONE), |(part, whole), (share, weight)| {
            // part/whole + weight·share.part/(ONE·share.whole), with ONE already in the first whole.
            let divisor = greatest_common_divisor(share.part, share.whole);
            let (share_part, share_whole) = (share.part / divisor, share.whole / divisor);
            let left = part.checked_mul(share_whole)?;
            let scale = whole / ONE;
            let right = scale.checked_mul(i128::from(weight))?.checked_mul(share_part)?;
            let sum = left.checked_add(right)?;
            let whole = whole.checked_mul(share_whole)?;
            Some((sum, whole))
        });
    // Room is left for what is done with it.
    let exact = exact.filter(|(_, whole)| *whole < i128::MAX / 100_000);
    let (part, whole) = exact.unwrap_or_else(|| {
        let cut = |share: &Share| {
            share
                .part
                .checked_mul(DIGITS)
                .map_or(share.part / (share.whole / DIGITS).max(1), |p| p / share.whole)
        };
        let part = shares
            .iter()
            .zip(WEIGHTS)
            .map(|(share, weight)| cut(share) * i128::from(weight))
            .sum();
        (part, DIGITS * ONE)
    });
    Share::clamped(part, whole)
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.max(0), b.max(1));
    while a > 0 {
        (a, b) = (b % a, a);
    }
    b.max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: Thresholds = Thresholds {
        individual: 5,
        central: 20,
        large_quantity: Quantity::from_scaled(100_000),
    };

    fn observed(days: i64, orders: i64, units: i64, business: i64, wholesale: i64) -> Observed {
        Observed {
            days,
            orders,
            units: Quantity::from_scaled(units * 1_000),
            business_orders: business,
            wholesale_orders: wholesale,
        }
    }

    // D80: 375 orders in 30 days are 12.5 a day, f1 = .5; 50 units each, f2 = .5; 150 of business, f3 = .4; 75
    // wholesale, f4 = .2: .175 + .125 + .1 + .03 = .43.
    #[test]
    fn the_score_is_the_weighted_sum_of_the_factors() {
        let found = detect(observed(30, 375, 18_750, 150, 75), USUAL);
        assert!(!found.is_central);
        assert_eq!(
            (found.score.to_string(), found.confidence.to_string()),
            ("0.4300".into(), "0.5700".into())
        );
        let shown: Vec<_> = found
            .factors
            .iter()
            .map(|f| {
                (
                    f.name,
                    f.raw.unwrap().to_string(),
                    f.value.to_string(),
                    f.weight.to_string(),
                )
            })
            .collect();
        let row = |name, raw: &str, value: &str, weight: &str| {
            (name, raw.to_owned(), value.to_owned(), weight.to_owned())
        };
        assert_eq!(
            shown,
            [
                row("orders_per_day", "12.5000", "0.5000", "0.3500"),
                row("units_per_order", "50.0000", "0.5000", "0.2500"),
                row("business_share", "0.4000", "0.4000", "0.2500"),
                row("wholesale_share", "0.2000", "0.2000", "0.1500"),
            ]
        );
    }

    // D80
    #[test]
    fn exactly_half_is_a_central_bakery_and_four_orders_are_nothing() {
        // f1 = 0, f2 = 1, f3 = 1: .5.
        let found = detect(observed(30, 10, 1_000, 10, 0), USUAL);
        assert_eq!(
            (found.is_central, found.score.to_string().as_str()),
            (true, "0.5000")
        );
        // One business order in 100 000 less is below it, though it is shown as .5.
        let below = detect(observed(30_000, 100_000, 10_000_000, 99_999, 0), USUAL);
        assert_eq!(
            (below.is_central, below.score.to_string().as_str()),
            (false, "0.5000")
        );
        let few = detect(observed(30, 4, 4_000, 4, 4), USUAL);
        assert!(few.insufficient_data && !few.is_central);
        assert_eq!(few.confidence, Figure::ZERO);
        let none = detect(Observed::default(), USUAL);
        assert_eq!(
            (none.score, none.factors[0].raw),
            (Figure::ZERO, Some(Figure::ZERO))
        );
        assert_eq!(none.factors[2].raw, None);
    }

    proptest! {
        // D80
        #[test]
        fn the_score_is_what_fractions_say(
            days in 1_i64..=30, orders in 5_i64..5_000, units in 0_i64..900_000,
            business in 0_i64..5_000, wholesale in 0_i64..5_000,
            individual in 0_u32..40, above in 1_u32..60, large in 1_i64..400,
        ) {
            let observed = observed(days, orders, units, business.min(orders), wholesale.min(orders));
            let thresholds = Thresholds {
                individual, central: individual + above, large_quantity: Quantity::from_scaled(large * 1_000),
            };
            let found = detect(observed, thresholds);
            // The same over one common denominator.
            let (d, n, a) = (i128::from(days), i128::from(orders), i128::from(above));
            let whole = d * a * n * i128::from(large);
            let f1 = (n - i128::from(individual) * d).clamp(0, a * d) * n * i128::from(large);
            let f2 = i128::from(units).min(n * i128::from(large)) * d * a;
            let f3 = i128::from(business.min(orders)) * d * a * i128::from(large);
            let f4 = i128::from(wholesale.min(orders)) * d * a * i128::from(large);
            let part = 35 * f1 + 25 * f2 + 25 * f3 + 15 * f4;
            prop_assert_eq!(found.score, Figure::of_fraction(part, whole * 100).unwrap());
            prop_assert_eq!(found.is_central, part * 2 >= whole * 100);
            prop_assert!(found.confidence >= Figure::from_scaled(5_000) && found.confidence <= Figure::from_scaled(10_000));
        }

        #[test]
        fn no_counts_are_too_large(
            days in 1_i64..=30, orders in 0_i64..i64::MAX, units in 0_i64..i64::MAX, large in 0_i64..i64::MAX,
        ) {
            let observed = Observed {
                days, orders, units: Quantity::from_scaled(units), business_orders: orders, wholesale_orders: 0,
            };
            let found = detect(observed, Thresholds { large_quantity: Quantity::from_scaled(large), ..USUAL });
            prop_assert!(found.score <= Figure::from_scaled(10_000));
        }
    }
}
