//! The whole plan: every ingredient in demand, and the figures over all of them (D60–D68).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::consumption::independent_demand;
use super::deviation::daily_variances;
use super::exceptions::Exception;
use super::explosion::{GrossRequirement, explode};
use super::input::{Horizon, PlanError, PlanInput, PlannedReceipt};
use super::item::Item;
use super::pegging::pegs;
use super::pegs::Pegging;
use super::recipes::BillOfMaterials;
use super::requirement::Requirement;
use super::risk::RiskLevel;
use super::safety_stock::SafetyStockMethod;
use super::totals::{PlannedPurchase, purchase_totals};
use super::warnings::{Findings, Warning, WarningCode};
use crate::catalog::{Ingredient, Ratio};
use crate::decimal::{Money, Percentage};

/// A procurement plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// First day of the horizon.
    pub horizon_start_date: NaiveDate,
    /// Last day of the horizon.
    pub horizon_end_date: NaiveDate,
    /// One per ingredient that is in demand or needs attention, by ingredient id.
    pub requirements: Vec<Requirement>,
    /// What could not be taken into account.
    pub warnings: Vec<Warning>,
    /// The exceptions of all requirements, most urgent first, then by ingredient id.
    pub exceptions: Vec<PlanException>,
    /// Number of requirements.
    pub requirement_count: u32,
    /// Number of requirements whose risk is critical.
    pub critical_count: u32,
    /// Sum of the requirements' costs; those without a price are not in it.
    pub estimated_cost: Money,
    /// Number of suppliers to buy from.
    pub supplier_count: u32,
    /// `1 − Σ cost share²` (D66); `None` when nothing costs anything.
    pub supplier_diversification: Option<Ratio>,
    /// The highest risk of any requirement: what lacks one ingredient cannot be made.
    pub risk: PlanRisk,
}

/// The risk of a plan (D68).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRisk {
    /// 0 to 100.
    pub score: Percentage,
    /// What the score amounts to.
    pub level: RiskLevel,
}

/// An exception with the ingredient it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanException {
    /// The ingredient.
    pub ingredient_id: String,
    /// The exception of its requirement.
    #[serde(flatten)]
    pub exception: Exception,
}

/// Makes a plan.
///
/// # Errors
/// [`PlanError::RecipeCycle`] naming the cycle, [`PlanError::InvalidHorizon`], [`PlanError::Overflow`].
pub fn plan(input: &PlanInput) -> Result<Plan, PlanError> {
    plan_with(input, true)
}

/// Makes a plan whose requirements have no pegging. Pegs are one row per order line and ingredient it needs, by far the
/// largest part of a plan where there are many orders.
///
/// # Errors
/// The same as those of [`plan`].
pub fn plan_without_pegging(input: &PlanInput) -> Result<Plan, PlanError> {
    plan_with(input, false)
}

fn plan_with(input: &PlanInput, with_pegging: bool) -> Result<Plan, PlanError> {
    let horizon = Horizon::new(input.start, input.horizon_days, input.today)?;
    // Order lines, and with them their ids, are numbered in 32 bits.
    u32::try_from(input.order_demand.len()).map_err(|_| PlanError::Overflow)?;
    let bill = BillOfMaterials::new(&input.catalog)?;
    let mut demand = independent_demand(input, &bill, &horizon)?;
    explode(&mut demand.table, &bill)?;

    let mut findings = Findings::default();
    for id in &demand.unplannable {
        findings.add_unplannable(&input.catalog, id, WarningCode::UnknownProduct);
    }
    for (product, item) in bill.unknown_items() {
        let (orders, forecast) = demand.table.of(*product);
        if orders
            .iter()
            .chain(forecast)
            .any(|quantity| quantity.micro() != 0)
        {
            findings.add_unplannable(&input.catalog, item, WarningCode::UnknownItem);
        }
    }

    let mut planned_receipts: BTreeMap<&str, Vec<&PlannedReceipt>> = BTreeMap::new();
    for receipt in &input.planned_receipts {
        planned_receipts
            .entry(&receipt.ingredient_id)
            .or_default()
            .push(receipt);
    }
    let daily_variances = match input.parameters.safety_stock_method {
        SafetyStockMethod::Statistical => daily_variances(input, &bill, &horizon)?,
        SafetyStockMethod::Percentage | SafetyStockMethod::Fixed => Vec::new(),
    };
    let mut order_demand = Vec::with_capacity(bill.ingredients().len());
    let mut items: Vec<(usize, Item<'_>)> = Vec::new();
    let first_ingredient = bill.product_count();
    for (number, (id, ingredient)) in bill.ingredients().iter().enumerate() {
        // Nodes were counted in 32 bits.
        let (orders, forecast) = demand.table.of((first_ingredient + number) as u32);
        let gross = GrossRequirement::new(orders, forecast)?;
        order_demand.push(gross.order_demand);
        let planned = planned_receipts.get(id).map_or(&[][..], Vec::as_slice);
        let daily_variance = daily_variances.get(number).copied().flatten();
        let is_idle = gross.total.is_zero() && ingredient.stock_lots.is_empty();
        let nothing_comes = ingredient.open_receipts.is_empty() && planned.is_empty();
        if is_idle && nothing_comes && !keeps_safety_stock(input, id, ingredient, daily_variance) {
            continue;
        }
        let item = Item::plan(input, &horizon, (id, ingredient), gross, planned, daily_variance)?;
        if item.concerns_plan() {
            note_assumptions(&item, input, &mut findings);
            items.push((number, item));
        }
    }
    let pegging = if with_pegging {
        pegs(input, &bill, &horizon, &order_demand)?
    } else {
        Vec::new()
    };
    finish(items, pegging, findings.into_warnings(input), &horizon)
}

/// Whether an ingredient has a safety stock even when nothing needs it.
fn keeps_safety_stock(
    input: &PlanInput,
    id: &str,
    ingredient: &Ingredient,
    daily_variance: Option<i128>,
) -> bool {
    input.safety_stock_overrides.contains_key(id)
        || match input.parameters.safety_stock_method {
            SafetyStockMethod::Percentage => false,
            SafetyStockMethod::Fixed => ingredient.safety_stock_quantity.is_some(),
            SafetyStockMethod::Statistical => daily_variance.is_some(),
        }
}

/// Notes what was assumed about an ingredient that is in the plan.
fn note_assumptions<'a>(item: &Item<'a>, input: &'a PlanInput, findings: &mut Findings<'a>) {
    if item.sizing.lacks_parameters {
        findings.add(WarningCode::OrderingParametersMissing, item.id);
    }
    if let Some(warning) = item.safety_stock.warning {
        findings.add(warning, item.id);
    }
    for offer in &item.ingredient.offers {
        if !input.catalog.suppliers.contains_key(&offer.supplier_id) {
            findings.add(WarningCode::UnknownSupplier, &offer.supplier_id);
        }
    }
}

/// Adds up the items and publishes them.
fn finish(
    items: Vec<(usize, Item<'_>)>,
    mut pegging: Vec<Pegging>,
    warnings: Vec<Warning>,
    horizon: &Horizon,
) -> Result<Plan, PlanError> {
    let totals = purchase_totals(items.iter().map(|(_, item)| {
        PlannedPurchase {
            supplier_id: item
                .choice
                .as_ref()
                .map(|choice| choice.chosen.offer.supplier_id.as_str()),
            order_quantity: item.order_quantity,
            cost: item.cost,
        }
    }))?;
    let mut requirements = items
        .into_iter()
        .map(|(number, item)| {
            let pegs = pegging.get_mut(number).map(std::mem::take).unwrap_or_default();
            item.into_requirement(horizon, totals.estimated_cost, pegs)
        })
        .collect::<Result<Vec<Requirement>, PlanError>>()?;
    requirements.sort_by(|left, right| left.ingredient_id.cmp(&right.ingredient_id));
    let score = requirements
        .iter()
        .map(|requirement| requirement.risk.score)
        .max()
        .unwrap_or_default();
    Ok(Plan {
        horizon_start_date: horizon.start,
        horizon_end_date: horizon.end,
        requirement_count: count(requirements.len())?,
        critical_count: count(
            requirements
                .iter()
                .filter(|requirement| requirement.risk.level == RiskLevel::Critical)
                .count(),
        )?,
        exceptions: exceptions(&requirements),
        requirements,
        warnings,
        estimated_cost: totals.estimated_cost,
        supplier_count: totals.supplier_count,
        supplier_diversification: totals.supplier_diversification,
        risk: PlanRisk {
            score,
            level: RiskLevel::of(score),
        },
    })
}

fn exceptions(requirements: &[Requirement]) -> Vec<PlanException> {
    let mut all: Vec<PlanException> = requirements
        .iter()
        .flat_map(|requirement| {
            let exceptions = requirement.exceptions.iter().cloned();
            exceptions.map(|exception| PlanException {
                ingredient_id: requirement.ingredient_id.clone(),
                exception,
            })
        })
        .collect();
    // Stable: requirements stand in the order of their ids.
    all.sort_by_key(|row| row.exception.code);
    all
}

fn count(number: usize) -> Result<u32, PlanError> {
    u32::try_from(number).map_err(|_| PlanError::Overflow)
}
