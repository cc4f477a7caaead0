//! Who an ingredient is bought from, and who else could deliver it (D66).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::dates::LeadTime;
use super::input::{Horizon, PlanError, PlanParameters};
use super::quantity::share;
use crate::calendar::WorkingCalendar;
use crate::catalog::{DEFAULT_PACK_SIZE, Ingredient, Offer, Ratio, Supplier};
use crate::decimal::{Money, Quantity, UnitPrice};

/// A supplier that could deliver instead, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSupplier {
    /// The supplier.
    pub supplier_id: String,
    /// Its name; its id when the catalog does not know it.
    pub supplier_name: String,
    /// Its score against the same competitors as the chosen one (D66).
    pub supplier_score: Ratio,
    /// Price of one unit of the ingredient.
    pub unit_cost: UnitPrice,
    /// Calendar days from order to delivery.
    pub lead_time_days: u32,
    /// The least the supplier sells at once. Plans that were made before it was kept say nothing of it.
    #[serde(default)]
    pub minimum_order_quantity: Quantity,
    /// Orders are multiples of this; 1 where a plan does not say.
    #[serde(default = "one_unit")]
    pub pack_size: Quantity,
}

const fn one_unit() -> Quantity {
    DEFAULT_PACK_SIZE
}

/// An offer of a supplier that may be ordered from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) offer: &'a Offer,
    pub(super) name: &'a str,
    pub(super) reliability: Ratio,
    pub(super) lead_time: LeadTime<'a>,
    pub(super) earliest_receipt: Option<NaiveDate>,
}

/// The offers of an ingredient by active suppliers, in order of supplier id.
///
/// An offer by a supplier that the catalog does not know is taken with the defaults of SPEC §9 (active, reliability 1,
/// every day worked): price and lead time are known, and a warning names the supplier.
pub(super) fn candidates<'a>(
    ingredient: &'a Ingredient,
    suppliers: &'a BTreeMap<String, Supplier>,
    parameters: &PlanParameters,
    horizon: &Horizon,
) -> Vec<Candidate<'a>> {
    let mut candidates: Vec<Candidate<'a>> = ingredient
        .offers
        .iter()
        .filter_map(|offer| {
            let supplier = suppliers.get(&offer.supplier_id);
            if supplier.is_some_and(|supplier| !supplier.is_active) {
                return None;
            }
            let lead_time = LeadTime {
                calendar: supplier.map_or(WorkingCalendar::every_day(), Supplier::calendar),
                lead_time_days: offer.lead_time_days.unwrap_or(parameters.default_lead_time_days),
                safety_lead_days: supplier.map_or(0, |supplier| supplier.safety_lead_days),
            };
            Some(Candidate {
                offer,
                name: supplier.map_or(offer.supplier_id.as_str(), |supplier| supplier.name.as_str()),
                reliability: supplier.map_or(Ratio::ONE, |supplier| supplier.reliability),
                lead_time,
                earliest_receipt: lead_time.earliest_receipt(horizon.today),
            })
        })
        .collect();
    // Two offers of one supplier are told apart by price and terms, so that the order of the rows does not matter.
    candidates.sort_by_key(|candidate| {
        let offer = candidate.offer;
        let terms = (
            offer.minimum_order_quantity,
            offer.pack_size,
            Reverse(offer.preferred),
        );
        (&offer.supplier_id, offer.unit_price, offer.lead_time_days, terms)
    });
    candidates
}

/// The outcome of D66 for one ingredient.
#[derive(Debug, Clone)]
pub(super) struct Choice<'a> {
    pub(super) chosen: Candidate<'a>,
    pub(super) score: Ratio,
    /// Runners-up, best first.
    pub(super) backups: Vec<BackupSupplier>,
    /// Whether nobody can deliver in time, the chosen one only fastest.
    pub(super) is_late: bool,
}

/// Chooses among candidates (D66): a preferred one that can deliver by the required day; else the best score of those
/// that can; else, late, the fastest of all. Ties go to the lower id. `None` when there is nobody.
///
/// Without a required day nothing is bought, and everybody counts as in time: the choice then only says whose terms
/// would hold.
pub(super) fn choose<'a>(
    candidates: &[Candidate<'a>],
    required: Option<NaiveDate>,
) -> Result<Option<Choice<'a>>, PlanError> {
    let is_in_time = |candidate: &&Candidate<'a>| {
        required.is_none_or(|required| {
            candidate
                .earliest_receipt
                .is_some_and(|earliest| earliest <= required)
        })
    };
    let in_time: Vec<Candidate<'a>> = candidates.iter().filter(is_in_time).copied().collect();
    let is_late = in_time.is_empty();
    let competitors = if is_late { candidates.to_vec() } else { in_time };
    let mut scored = with_scores(&competitors)?;
    if is_late {
        scored.sort_by_key(|(candidate, _)| candidate.earliest_receipt.unwrap_or(NaiveDate::MAX));
    } else {
        // Stable sort: equals stay in the order of their ids.
        scored.sort_by_key(|(candidate, score)| (Reverse(candidate.offer.preferred), Reverse(*score)));
    }
    let Some((chosen, score)) = scored.first().copied() else {
        return Ok(None);
    };
    let mut runners_up: Vec<(Candidate<'a>, i64)> = scored.split_off(1);
    if !is_late {
        runners_up.sort_by_key(|(candidate, score)| (Reverse(*score), &candidate.offer.supplier_id));
    }
    let mut seen = BTreeSet::from([chosen.offer.supplier_id.as_str()]);
    runners_up.retain(|(candidate, _)| seen.insert(&candidate.offer.supplier_id));
    Ok(Some(Choice {
        chosen,
        score: published_score(score)?,
        backups: runners_up
            .into_iter()
            .map(|(candidate, score)| candidate.backup(score))
            .collect::<Result<_, _>>()?,
        is_late,
    }))
}

impl Candidate<'_> {
    fn backup(&self, score: i64) -> Result<BackupSupplier, PlanError> {
        Ok(BackupSupplier {
            supplier_id: self.offer.supplier_id.clone(),
            supplier_name: self.name.to_owned(),
            supplier_score: published_score(score)?,
            unit_cost: self.offer.unit_price,
            lead_time_days: self.lead_time.lead_time_days,
            minimum_order_quantity: self.offer.minimum_order_quantity,
            pack_size: self.offer.pack_size,
        })
    }
}

/// Scores are compared at 12 decimals and published at 4.
const SCORE_SCALE: i128 = 1_000_000_000_000;

fn published_score(score: i64) -> Result<Ratio, PlanError> {
    share(i128::from(score), i128::from(Ratio::ONE.scaled()), SCORE_SCALE).map(Ratio::from_scaled)
}

/// `0.40·p_min/p + 0.25·LT_min/LT + 0.35·reliability`, LT below 1 counting as 1 (D66), in `10^-12`.
fn with_scores<'a>(competitors: &[Candidate<'a>]) -> Result<Vec<(Candidate<'a>, i64)>, PlanError> {
    let price = |candidate: &Candidate<'a>| i128::from(candidate.offer.unit_price.scaled());
    let lead = |candidate: &Candidate<'a>| i128::from(candidate.lead_time.lead_time_days.max(1));
    let lowest_price = competitors.iter().map(price).min().unwrap_or(0);
    let shortest_lead = competitors.iter().map(lead).min().unwrap_or(1);
    // The best of all gets the full weight, also where the best price is nothing.
    let part = |weight: i128, best: i128, own: i128| {
        if own == best {
            i64::try_from(weight * SCORE_SCALE / 100).map_err(|_| PlanError::Overflow)
        } else {
            share(weight * SCORE_SCALE / 100, best, own)
        }
    };
    let reliability_scale = i128::from(Ratio::ONE.scaled());
    competitors
        .iter()
        .map(|candidate| {
            let score = part(40, lowest_price, price(candidate))?
                + part(25, shortest_lead, lead(candidate))?
                + share(
                    35 * SCORE_SCALE / 100,
                    i128::from(candidate.reliability.scaled()),
                    reliability_scale,
                )?;
            Ok((*candidate, score))
        })
        .collect()
}

/// `1 − Σ cost share²` over suppliers (D66); `None` when nothing costs anything.
pub(super) fn diversification(cost_by_supplier: &BTreeMap<&str, Money>) -> Result<Option<Ratio>, PlanError> {
    let costs = || cost_by_supplier.values().map(|cost| i128::from(cost.scaled()));
    let total: i128 = costs().sum();
    if total <= 0 {
        return Ok(None);
    }
    // Shares at 9 decimals: squares of cents of a large plan would not fit.
    let scale = 1_000_000_000_i128;
    let mut squares = 0_i128;
    for cost in costs() {
        let part = i128::from(share(cost, scale, total)?);
        squares += part * part;
    }
    let one = scale * scale;
    share(
        (one - squares).max(0) / scale,
        i128::from(Ratio::ONE.scaled()),
        scale,
    )
    .map(Ratio::from_scaled)
    .map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::Percentage;
    use crate::planning::tests::fixture::{date, ingredient, offer, supplier};

    fn choice(
        offers: Vec<Offer>,
        suppliers: Vec<Supplier>,
        required: Option<&str>,
    ) -> Option<(String, String, Vec<String>, bool)> {
        let mut flour = ingredient("flour");
        flour.offers = offers;
        let suppliers = suppliers.into_iter().map(|row| (row.id.clone(), row)).collect();
        let parameters = PlanParameters {
            safety_stock_percentage: Percentage::ZERO,
            ..PlanParameters::default()
        };
        let horizon = Horizon::new(date("2026-12-01"), 14, date("2026-12-01")).unwrap();
        let candidates = candidates(&flour, &suppliers, &parameters, &horizon);
        choose(&candidates, required.map(date)).unwrap().map(|choice| {
            (
                choice.chosen.offer.supplier_id.clone(),
                choice.score.to_string(),
                choice
                    .backups
                    .into_iter()
                    .map(|backup| backup.supplier_id)
                    .collect(),
                choice.is_late,
            )
        })
    }

    fn reliable(id: &str, reliability: &str) -> Supplier {
        Supplier {
            reliability: Ratio::parse(reliability).unwrap(),
            ..supplier(id)
        }
    }

    fn outcome(
        id: &str,
        score: &str,
        backups: &[&str],
        is_late: bool,
    ) -> Option<(String, String, Vec<String>, bool)> {
        let backups = backups.iter().map(|backup| (*backup).to_owned()).collect();
        Some((id.to_owned(), score.to_owned(), backups, is_late))
    }

    // D66: 0.40·1/2 + 0.25·1 + 0.35·0.9 = 0.765 against 0.40·1 + 0.25·2/4 + 0.35·0.8 = 0.805.
    #[test]
    fn the_best_score_wins_and_the_runner_up_is_the_backup() {
        let offers = vec![offer("dear", "2", 2), offer("cheap", "1", 4)];
        let suppliers = vec![reliable("dear", "0.9"), reliable("cheap", "0.8")];
        assert_eq!(
            choice(offers, suppliers, Some("2026-12-10")),
            outcome("cheap", "0.8050", &["dear"], false)
        );
    }

    // D66: one that cannot deliver in time neither competes nor sets the best price.
    #[test]
    fn only_those_in_time_compete() {
        let offers = vec![offer("cheap", "1", 10), offer("dear", "2", 2)];
        assert_eq!(
            choice(offers, vec![], Some("2026-12-05")),
            outcome("dear", "1.0000", &[], false)
        );
    }

    // D66
    #[test]
    fn a_preferred_supplier_is_taken_when_it_can_deliver_in_time() {
        let offers = || {
            let mut preferred = offer("house", "4", 4);
            preferred.preferred = true;
            vec![offer("cheap", "1", 1), preferred]
        };
        assert_eq!(
            choice(offers(), vec![], Some("2026-12-05")),
            outcome("house", "0.5125", &["cheap"], false)
        );
        assert_eq!(
            choice(offers(), vec![], Some("2026-12-04")),
            outcome("cheap", "1.0000", &[], false)
        );
    }

    // D66: none in time → the fastest; ties go to the lower id.
    #[test]
    fn nobody_in_time_means_the_fastest() {
        let offers = vec![offer("z", "1", 5), offer("b", "9", 3), offer("a", "9.5", 3)];
        let (id, _, backups, is_late) = choice(offers, vec![], Some("2026-12-03")).unwrap();
        assert_eq!(
            (id.as_str(), backups, is_late),
            ("a", vec!["b".to_owned(), "z".to_owned()], true)
        );
    }

    // D66: ties, free goods, lead times under a day, inactive suppliers.
    #[test]
    fn ties_go_to_the_lower_id_and_a_lead_time_under_a_day_counts_as_one() {
        let offers = vec![offer("b", "0", 0), offer("a", "0", 1), offer("c", "1", 1)];
        assert_eq!(
            choice(offers, vec![], Some("2026-12-05")),
            outcome("a", "1.0000", &["b", "c"], false)
        );
        let closed = Supplier {
            is_active: false,
            ..supplier("a")
        };
        assert_eq!(choice(vec![offer("a", "1", 1)], vec![closed], None), None);
    }

    // D66
    #[test]
    fn diversification_is_one_minus_the_squared_shares() {
        let spread = |costs: &[(&'static str, i64)]| {
            let costs = costs
                .iter()
                .map(|(id, cents)| (*id, Money::from_scaled(*cents)))
                .collect();
            diversification(&costs).unwrap().map(|ratio| ratio.to_string())
        };
        assert_eq!(
            spread(&[("a", 5_000), ("b", 3_000), ("c", 2_000)]),
            Some("0.6200".to_owned())
        );
        assert_eq!(spread(&[("a", 12_345)]), Some("0.0000".to_owned()));
        assert_eq!(spread(&[("a", 1), ("b", 1), ("c", 1)]), Some("0.6667".to_owned()));
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[("a", 0)]), None);
    }
}
