//! How risky a requirement is, from 0 to 100, and what makes it so (D68).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::input::PlanError;
use super::quantity::share;
use crate::catalog::Ratio;
use crate::decimal::{Money, Percentage, Quantity};

/// A risk score with its level and its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// 0 to 100.
    pub score: Percentage,
    /// What the score amounts to.
    pub level: RiskLevel,
    /// Parts that are not nothing; they add up to the score.
    pub factors: Vec<RiskFactor>,
}

/// Bands of the risk score (D68).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Below 25.
    Low,
    /// Below 50.
    Medium,
    /// Below 75.
    High,
    /// From 75 on.
    Critical,
}

impl RiskLevel {
    /// The band of a score.
    pub const fn of(score: Percentage) -> Self {
        match score.scaled() {
            ..2_500 => Self::Low,
            2_500..5_000 => Self::Medium,
            5_000..7_500 => Self::High,
            _ => Self::Critical,
        }
    }
}

/// One part of a risk score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskFactor {
    /// What it is.
    pub code: RiskFactorCode,
    /// What it adds to the score.
    pub points: Percentage,
    /// The figure behind it.
    pub message: String,
}

/// The parts of a risk score (D68).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskFactorCode {
    /// Little time between the day to order and the day stock runs out.
    Slack,
    /// Stock covers only part of the gross requirement.
    Stock,
    /// At most one active supplier.
    SingleSource,
    /// The supplier does not always deliver.
    Reliability,
    /// A fifth of the plan's cost or more.
    CostShare,
}

/// What a requirement's risk is worked out from.
#[derive(Debug, Clone, Copy)]
pub(super) struct RiskInput {
    pub(super) order_by: Option<NaiveDate>,
    /// The first day on which the balance is below nothing without any planned receipt.
    pub(super) stock_out: Option<NaiveDate>,
    pub(super) available: Quantity,
    pub(super) gross: Quantity,
    /// Active suppliers with an offer.
    pub(super) source_count: usize,
    /// Of the chosen supplier; nobody's is 0.
    pub(super) reliability: Ratio,
    pub(super) cost: Money,
    pub(super) plan_cost: Money,
}

/// Points in hundredths.
const POINT: i64 = 100;

impl RiskInput {
    /// The score of D68: slack + 30·(1 − min(1, available/gross)) + 10 for a single source + 10·(1 − reliability) + 10
    /// for a fifth of the plan's cost or more.
    pub(super) fn risk(&self) -> Result<Risk, PlanError> {
        let mut factors = Vec::new();
        let mut add = |code, points: i64, message: String| {
            if points > 0 {
                let points = Percentage::from_scaled(points);
                factors.push(RiskFactor {
                    code,
                    points,
                    message,
                });
            }
        };
        if let (Some(order_by), Some(stock_out)) = (self.order_by, self.stock_out) {
            let slack_days = (stock_out - order_by).num_days();
            let points = match slack_days {
                ..0 => 40,
                0..=1 => 30,
                2..=3 => 15,
                _ => 0,
            };
            let message =
                format!("order by {order_by}, stock runs out on {stock_out}: {slack_days} days of slack");
            add(RiskFactorCode::Slack, points * POINT, message);
        }
        let (available, gross) = (self.available.scaled(), self.gross.scaled());
        if available < gross {
            let points = share(
                i128::from(30 * POINT),
                i128::from(gross) - i128::from(available),
                i128::from(gross),
            )?;
            let message = format!("{} available of {} needed", self.available, self.gross);
            add(RiskFactorCode::Stock, points, message);
        }
        if self.source_count <= 1 {
            let message = match self.source_count {
                0 => "no active supplier".to_owned(),
                _ => "one active supplier".to_owned(),
            };
            add(RiskFactorCode::SingleSource, 10 * POINT, message);
        }
        let whole = i128::from(Ratio::ONE.scaled());
        let doubt = whole - i128::from(self.reliability.scaled());
        let points = share(i128::from(10 * POINT), doubt, whole)?;
        add(
            RiskFactorCode::Reliability,
            points,
            format!("supplier reliability {}", self.reliability),
        );
        let is_fifth = i128::from(self.cost.scaled()) * 5 >= i128::from(self.plan_cost.scaled());
        if self.cost > Money::ZERO && is_fifth {
            let message = format!("{} of {} plan cost", self.cost, self.plan_cost);
            add(RiskFactorCode::CostShare, 10 * POINT, message);
        }
        let score = factors.iter().map(|factor| factor.points.scaled()).sum();
        let score = Percentage::from_scaled(score);
        Ok(Risk {
            score,
            level: RiskLevel::of(score),
            factors,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{date, quantity};

    fn calm() -> RiskInput {
        RiskInput {
            order_by: Some(date("2026-12-01")),
            stock_out: None,
            available: quantity("100"),
            gross: quantity("100"),
            source_count: 2,
            reliability: Ratio::ONE,
            cost: Money::from_scaled(19),
            plan_cost: Money::from_scaled(100),
        }
    }

    fn score(input: RiskInput) -> String {
        input.risk().unwrap().score.to_string()
    }

    // D68
    #[test]
    fn each_part_adds_its_points() {
        assert_eq!(score(calm()), "0.00");
        for (stock_out, points) in [
            ("2026-11-30", "40.00"),
            ("2026-12-01", "30.00"),
            ("2026-12-02", "30.00"),
            ("2026-12-03", "15.00"),
            ("2026-12-04", "15.00"),
            ("2026-12-05", "0.00"),
        ] {
            let stock_out = Some(date(stock_out));
            assert_eq!(score(RiskInput { stock_out, ..calm() }), points, "{stock_out:?}");
        }
        assert_eq!(
            score(RiskInput {
                available: quantity("30"),
                ..calm()
            }),
            "21.00"
        );
        assert_eq!(
            score(RiskInput {
                source_count: 1,
                ..calm()
            }),
            "10.00"
        );
        assert_eq!(
            score(RiskInput {
                reliability: Ratio::from_scaled(9_500),
                ..calm()
            }),
            "0.50"
        );
        assert_eq!(
            score(RiskInput {
                cost: Money::from_scaled(20),
                ..calm()
            }),
            "10.00"
        );
        assert_eq!(
            score(RiskInput {
                gross: Quantity::ZERO,
                available: Quantity::ZERO,
                ..calm()
            }),
            "0.00"
        );
    }

    // D68: everything at its worst is exactly 100.
    #[test]
    fn the_worst_is_one_hundred() {
        let worst = RiskInput {
            stock_out: Some(date("2026-11-30")),
            available: Quantity::ZERO,
            source_count: 0,
            reliability: Ratio::ZERO,
            cost: Money::from_scaled(100),
            ..calm()
        };
        let risk = worst.risk().unwrap();
        assert_eq!(
            (risk.score, risk.level),
            (Percentage::HUNDRED, RiskLevel::Critical)
        );
        assert_eq!(risk.factors.len(), 5);
    }

    // D68
    #[test]
    fn levels_begin_at_their_bounds() {
        for (score, level) in [
            ("24.99", RiskLevel::Low),
            ("25", RiskLevel::Medium),
            ("49.99", RiskLevel::Medium),
            ("50", RiskLevel::High),
            ("74.99", RiskLevel::High),
            ("75", RiskLevel::Critical),
        ] {
            assert_eq!(RiskLevel::of(Percentage::parse(score).unwrap()), level, "{score}");
        }
    }
}
