//! A second, slow way to price an order, in exact fractions: what the fast one is compared with.
//!
//! It shares no arithmetic with the code: amounts are fractions of currency units, rounding is `floor(|x| + ½)`, the
//! remaining cents are handed out one at a time, and the cap is asked as a ratio.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::{Add, Mul, Sub};

use super::{Discount, OrderInput, PricingError};

/// A fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fraction {
    numerator: i128,
    denominator: i128,
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 {
        a.abs()
    } else {
        greatest_common_divisor(b, a % b)
    }
}

impl Fraction {
    pub(super) const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };

    pub(super) fn new(numerator: i128, denominator: i128) -> Self {
        assert!(denominator != 0);
        let divisor = greatest_common_divisor(numerator, denominator) * denominator.signum();
        Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        }
    }

    fn over(self, other: Self) -> Self {
        Self::new(
            self.numerator * other.denominator,
            self.denominator * other.numerator,
        )
    }

    fn floor(self) -> i128 {
        self.numerator.div_euclid(self.denominator)
    }

    /// To hundredths, half away from zero.
    pub(super) fn rounded(self) -> Self {
        let magnitude = Self::new(self.numerator.abs(), self.denominator);
        let hundredths = (magnitude * Self::new(100, 1) + Self::new(1, 2)).floor();
        Self::new(hundredths * self.numerator.signum(), 100)
    }

    /// The value in hundredths, when it is whole in them.
    pub(super) fn hundredths(self) -> i64 {
        let scaled = self * Self::new(100, 1);
        assert_eq!(scaled.denominator, 1);
        i64::try_from(scaled.numerator).unwrap()
    }
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )
    }
}

impl Sub for Fraction {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self::new(-other.numerator, other.denominator)
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(
            self.numerator * other.numerator,
            self.denominator * other.denominator,
        )
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

/// One line, by the rules of D20 and D22.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OracleLine {
    pub(super) gross: Fraction,
    pub(super) discount: Fraction,
    pub(super) net: Fraction,
    pub(super) allocated: Fraction,
    pub(super) cost: Option<Fraction>,
}

/// One order, by the rules of D20 to D24.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OracleOrder {
    pub(super) lines: Vec<OracleLine>,
    pub(super) order_discount: Fraction,
    /// Base and tax per rate (in hundredths of a percent).
    pub(super) taxes: BTreeMap<i64, (Fraction, Fraction)>,
    pub(super) total: Fraction,
    pub(super) margin: Option<Fraction>,
}

fn percent(scaled: i64) -> Fraction {
    Fraction::new(i128::from(scaled), 10_000)
}

fn reduction(amount: Fraction, discount: Discount) -> Fraction {
    match discount {
        Discount::None => Fraction::ZERO,
        Discount::Percentage(share) => (amount * percent(share.scaled())).rounded(),
        Discount::Amount(fixed) => Fraction::new(i128::from(fixed.scaled()), 100),
    }
}

/// A percentage of margin in revenue, rounded, in hundredths; `None` on no revenue.
pub(super) fn margin_hundredths(margin: Fraction, revenue: Fraction) -> Option<i64> {
    (revenue != Fraction::ZERO).then(|| {
        (margin.over(revenue) * Fraction::new(100, 1))
            .rounded()
            .hundredths()
    })
}

pub(super) fn price(input: &OrderInput<'_>) -> Result<OracleOrder, PricingError> {
    let mut lines = Vec::new();
    for (position, line) in input.lines.iter().enumerate() {
        let quantity = Fraction::new(i128::from(line.quantity.scaled()), 1000);
        let unit = |price: i64| Fraction::new(i128::from(price), 10_000);
        let gross = (quantity * unit(line.unit_price.scaled())).rounded();
        let discount = reduction(gross, line.discount);
        if discount > gross {
            return Err(PricingError::LineDiscountExceedsGross { line: position });
        }
        let cost = line
            .unit_cost
            .map(|cost| (quantity * unit(cost.scaled())).rounded());
        lines.push(OracleLine {
            gross,
            discount,
            net: gross - discount,
            allocated: Fraction::ZERO,
            cost,
        });
    }
    let add = |values: &mut dyn Iterator<Item = Fraction>| values.fold(Fraction::ZERO, |a, b| a + b);
    let gross = add(&mut lines.iter().map(|line| line.gross));
    let subtotal = add(&mut lines.iter().map(|line| line.net));
    let order_discount = reduction(subtotal, input.discount);
    if order_discount > subtotal {
        return Err(PricingError::DiscountExceedsSubtotal);
    }
    let discounts = add(&mut lines.iter().map(|line| line.discount)) + order_discount;
    let capped = if gross == Fraction::ZERO {
        discounts > Fraction::ZERO
    } else {
        discounts.over(gross) > percent(input.max_discount_percentage.scaled())
    };
    if capped {
        return Err(PricingError::DiscountExceedsMaximum);
    }

    // Each line's exact share; cents go one by one to whoever still misses most, the first of them among equals.
    let cent = Fraction::new(1, 100);
    let shares: Vec<Fraction> = lines
        .iter()
        .map(|line| {
            if subtotal == Fraction::ZERO {
                Fraction::ZERO
            } else {
                order_discount * line.net.over(subtotal)
            }
        })
        .collect();
    for (line, share) in lines.iter_mut().zip(&shares) {
        line.allocated = Fraction::new((*share * Fraction::new(100, 1)).floor(), 100);
    }
    while add(&mut lines.iter().map(|line| line.allocated)) < order_discount {
        let mut neediest = 0;
        for candidate in 1..lines.len() {
            let missing = |index: usize| shares[index] - lines[index].allocated;
            if missing(candidate) > missing(neediest) {
                neediest = candidate;
            }
        }
        lines[neediest].allocated = lines[neediest].allocated + cent;
    }

    let mut taxes = BTreeMap::new();
    let fee = Fraction::new(i128::from(input.delivery_fee.scaled()), 100);
    let mut bases: Vec<(i64, Fraction)> = input
        .lines
        .iter()
        .zip(&lines)
        .map(|(line, priced)| (line.tax_rate.scaled(), priced.net - priced.allocated))
        .collect();
    if fee != Fraction::ZERO {
        bases.push((input.delivery_fee_tax_rate.scaled(), fee));
    }
    for (rate, base) in bases {
        let rate = if input.tax_exempt { 0 } else { rate };
        let entry = taxes.entry(rate).or_insert((Fraction::ZERO, Fraction::ZERO));
        entry.0 = entry.0 + base;
        entry.1 = (entry.0 * percent(rate)).rounded();
    }
    let tax = add(&mut taxes.values().map(|(_, tax)| *tax));
    let revenue = subtotal - order_discount;
    let margin = lines
        .iter()
        .try_fold(Fraction::ZERO, |total, line| line.cost.map(|cost| total + cost))
        .map(|cost| revenue - cost);
    Ok(OracleOrder {
        total: revenue + tax + fee,
        lines,
        order_discount,
        taxes,
        margin,
    })
}
