//! From net requirements to lots (D64): which days one lot covers, how large it is, and what of it can be bought.
//!
//! Every method is asked on the first day that is still uncovered, so that all lots are received on a day with a net
//! requirement and cover days without a gap. Minimum and packs then make a lot larger; what is left over is carried
//! forward and taken off the net requirements that follow. The days a lot covers are capped by the shelf life: received
//! on day `t` with a shelf life of `s` days it covers the needs of the days `t` to `t + s − 1`, a shelf life under a day
//! counting as one.
//!
//! | method | a lot covers | needs |
//! |---|---|---|
//! | `lot_for_lot` | its day | |
//! | `fixed` | as many fixed quantities as its day needs | `fixed_quantity` |
//! | `eoq` | the economic order quantity, or its day when that needs more | set-up and holding cost |
//! | `poq` | `periods` days, or as many as the economic order quantity lasts on average | `periods`, or both costs |
//! | `silver_meal` | days as long as the cost per day falls | set-up and holding cost |
//! | `wagner_whitin` | the days that cost least over the whole horizon | set-up and holding cost |
//!
//! A method that lacks what it needs falls back to lot for lot, with a warning. A cost of nothing counts as missing:
//! without a set-up cost there is no reason to put days together, and a holding cost of nothing would buy the whole
//! horizon at once because nobody filled in a field.

mod cost;
mod eoq;
mod fixed;
mod lot_for_lot;
mod lot_rule;
mod poq;
mod shelf_life;
mod silver_meal;
mod wagner_whitin;

pub use cost::{LotSizingPeriod, lot_cost};
pub(super) use lot_rule::LotRule;
pub(super) use shelf_life::{SpoilingLot, spoiling_lots};
pub use wagner_whitin::{OptimalLots, wagner_whitin};

use cost::CostRates;
use eoq::EconomicOrderQuantity;

use super::input::PlanError;
use super::wording::{DayCount, Plain};
use crate::catalog::{Ingredient, OrderingMethod};
use crate::decimal::Quantity;

/// How the lots of an ingredient are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct LotSizing {
    method: Method,
    /// What the supplier sells.
    pub(super) lot_rule: LotRule,
    /// How many days one lot may cover; `None` when the ingredient keeps.
    pub(super) shelf_life_days: Option<usize>,
    /// Whether the ingredient names a method that lacks what it needs.
    pub(super) lacks_parameters: bool,
}

/// A method with everything it needs.
#[derive(Debug, Clone, Copy)]
enum Method {
    LotForLot,
    Fixed(Quantity),
    Eoq(EconomicOrderQuantity),
    Poq(usize),
    SilverMeal(CostRates),
    WagnerWhitin(CostRates),
}

/// The net requirement of a day and the lot that is received on it, both nothing on days that are covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lot {
    /// What is missing after what earlier lots left over.
    pub(super) net: Quantity,
    /// What is bought.
    pub(super) quantity: Quantity,
}

impl LotSizing {
    /// The method of an ingredient for a gross requirement over a horizon of days, and the rule of who it is bought from.
    pub(super) fn new(
        ingredient: &Ingredient,
        gross: Quantity,
        horizon_days: usize,
        lot_rule: LotRule,
    ) -> Result<Self, PlanError> {
        let ordering = &ingredient.ordering;
        let rates = CostRates::new(ordering.setup_cost, ordering.holding_cost_per_day);
        let economic = || {
            rates
                .map(|rates| EconomicOrderQuantity::new(gross, horizon_days, rates))
                .transpose()
        };
        let method = match ordering.method {
            OrderingMethod::LotForLot => Some(Method::LotForLot),
            OrderingMethod::Fixed => ordering
                .fixed_quantity
                .filter(|quantity| quantity.scaled() > 0)
                .map(Method::Fixed),
            OrderingMethod::Eoq => economic()?.map(Method::Eoq),
            OrderingMethod::Poq => match ordering.periods.filter(|periods| *periods > 0) {
                Some(periods) => Some(Method::Poq(usize::from(periods))),
                None => economic()?.map(|economic| Method::Poq(poq::periods(&economic))),
            },
            OrderingMethod::SilverMeal => rates.map(Method::SilverMeal),
            OrderingMethod::WagnerWhitin => rates.map(Method::WagnerWhitin),
        };
        Ok(Self {
            method: method.unwrap_or(Method::LotForLot),
            lot_rule,
            shelf_life_days: ingredient.shelf_life_days.map(|days| (days as usize).max(1)),
            lacks_parameters: method.is_none(),
        })
    }

    /// The method that is used.
    pub(super) const fn method(&self) -> OrderingMethod {
        match self.method {
            Method::LotForLot => OrderingMethod::LotForLot,
            Method::Fixed(_) => OrderingMethod::Fixed,
            Method::Eoq(_) => OrderingMethod::Eoq,
            Method::Poq(_) => OrderingMethod::Poq,
            Method::SilverMeal(_) => OrderingMethod::SilverMeal,
            Method::WagnerWhitin(_) => OrderingMethod::WagnerWhitin,
        }
    }

    /// The method in words, for a sentence that goes on with the lot rule.
    pub(super) fn describe(&self) -> String {
        match self.method {
            Method::LotForLot => "a lot for each day".to_owned(),
            Method::Fixed(quantity) => format!("lots of {}", Plain(quantity)),
            Method::Eoq(economic) => format!("economic lots of {}", Plain(economic.quantity)),
            Method::Poq(periods) => format!("lots for {}", DayCount(periods as u64)),
            Method::SilverMeal(_) => "lots at the least cost per day".to_owned(),
            Method::WagnerWhitin(_) => "lots at the least cost of ordering and keeping".to_owned(),
        }
    }

    /// A lot for each day that needs one, given the net requirement of each day lot for lot. What minimum and packs add
    /// is taken off the days after.
    pub(super) fn lots(&self, net_requirements: &[Quantity]) -> Result<Vec<Lot>, PlanError> {
        let ends = match self.method {
            Method::WagnerWhitin(rates) => {
                wagner_whitin::coverage(net_requirements, rates, self.longest_coverage())?
            }
            _ => Vec::new(),
        };
        let mut remaining = net_requirements.to_vec();
        let mut left_over = 0_i64;
        let mut lots = Vec::with_capacity(remaining.len());
        for day in 0..remaining.len() {
            let covered = remaining[day].scaled().min(left_over);
            left_over -= covered;
            let net = Quantity::from_scaled(remaining[day].scaled() - covered);
            remaining[day] = net;
            if net.is_zero() {
                lots.push(Lot::default());
                continue;
            }
            let end = ends.get(day).copied().unwrap_or(day + 1);
            let wanted = self.wanted(&remaining[day..], end - day)?;
            let quantity = self.lot_rule.lot(wanted)?;
            // The lot is at least `net`: every method covers its day.
            left_over = left_over
                .checked_add(quantity.scaled() - net.scaled())
                .ok_or(PlanError::Overflow)?;
            lots.push(Lot { net, quantity });
        }
        Ok(lots)
    }

    /// What the method wants on the first of the days given, which has a net requirement.
    fn wanted(&self, net_requirements: &[Quantity], optimal_days: usize) -> Result<Quantity, PlanError> {
        let days = match self.method {
            Method::LotForLot => lot_for_lot::COVERED_DAYS,
            Method::Fixed(quantity) => return fixed::wanted(net_requirements, quantity),
            Method::Eoq(economic) => return economic.wanted(net_requirements, self.shelf_life_days),
            Method::Poq(periods) => periods,
            Method::SilverMeal(rates) => silver_meal::covered_days(net_requirements, rates)?,
            Method::WagnerWhitin(_) => optimal_days,
        };
        total(net_requirements.iter().take(days.min(self.longest_coverage())))
    }

    fn longest_coverage(&self) -> usize {
        self.shelf_life_days.unwrap_or(usize::MAX)
    }
}

/// The sum of some days.
fn total<'a>(days: impl Iterator<Item = &'a Quantity>) -> Result<Quantity, PlanError> {
    days.copied().try_fold(Quantity::ZERO, |sum, day| {
        sum.checked_add(day).ok_or(PlanError::Overflow)
    })
}

#[cfg(test)]
mod tests;
