//! Economic order quantity (Harris 1913): `Q = sqrt(2·D·K/h)`, at which a year of orders costs as much as a year of
//! keeping, from the mean demand `D` per day, the set-up cost `K` and the holding cost `h` per unit and day.

use super::cost::CostRates;
use super::total;
use crate::decimal::Quantity;
use crate::planning::input::PlanError;
use crate::planning::quantity::{divide_half_away, share};

/// The economic order quantity of an ingredient, with the demand it was worked out from.
#[derive(Debug, Clone, Copy)]
pub(super) struct EconomicOrderQuantity {
    /// `Q`, rounded to a thousandth of a unit.
    pub(super) quantity: Quantity,
    /// Gross requirement of the whole horizon.
    pub(super) gross: Quantity,
    /// Number of its days.
    pub(super) horizon_days: usize,
}

impl EconomicOrderQuantity {
    /// For the mean daily gross requirement of the horizon.
    pub(super) fn new(gross: Quantity, horizon_days: usize, rates: CostRates) -> Result<Self, PlanError> {
        // In thousandths: (2·D·K/h) with D = gross/days.
        let numerator = i128::from(gross.scaled())
            .checked_mul(2)
            .and_then(|product| product.checked_mul(rates.setup))
            .ok_or(PlanError::Overflow)?;
        let denominator = rates
            .holding
            .checked_mul(horizon_days.max(1) as i128)
            .ok_or(PlanError::Overflow)?;
        Ok(Self {
            quantity: Quantity::from_scaled(square_root(numerator, denominator)?),
            gross,
            horizon_days,
        })
    }

    /// The economic order quantity, or what the first of the days needs when that is more; no more than what the days
    /// of the shelf life need, those after the horizon counting as mean days.
    pub(super) fn wanted(
        &self,
        net_requirements: &[Quantity],
        shelf_life_days: Option<usize>,
    ) -> Result<Quantity, PlanError> {
        let net = net_requirements.first().copied().unwrap_or_default();
        let wanted = match shelf_life_days {
            None => self.quantity,
            Some(days) => {
                let within = total(net_requirements.iter().take(days))?;
                let beyond = days.saturating_sub(net_requirements.len()) as i128;
                let after = share(
                    i128::from(self.gross.scaled()),
                    beyond,
                    self.horizon_days.max(1) as i128,
                )?;
                let longest = within
                    .checked_add(Quantity::from_scaled(after))
                    .ok_or(PlanError::Overflow)?;
                self.quantity.min(longest)
            }
        };
        Ok(wanted.max(net))
    }
}

/// The square root of a fraction, rounded to the nearest whole number.
fn square_root(numerator: i128, denominator: i128) -> Result<i64, PlanError> {
    // sqrt(x) rounds up from r + 1/2 on, that is from x = r² + r + 1/4: what is behind the point of x may round away.
    let square = divide_half_away(numerator.max(0), denominator).ok_or(PlanError::Overflow)?;
    let root = square.isqrt();
    let rounded = if square - root * root > root {
        root + 1
    } else {
        root
    };
    i64::try_from(rounded).map_err(|_| PlanError::Overflow)
}
