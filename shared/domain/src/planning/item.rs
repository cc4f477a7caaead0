//! The plan of one ingredient, from its gross requirement to what to buy from whom and when (D62–D68).

use chrono::NaiveDate;

use super::coverage::coverage_percentage;
use super::dates::LeadTime;
use super::exceptions::{Circumstances, Exception};
use super::explanation::{Account, Explanation};
use super::explosion::GrossRequirement;
use super::input::{Horizon, PlanError, PlanInput, PlannedReceipt};
use super::lot_sizing::{LotRule, LotSizing, spoiling_lots};
use super::netting::{Day, Position, first_stock_out};
use super::order_dates::OrderDates;
use super::pegs::Pegging;
use super::quantity::share;
use super::requirement::{Requirement, RequirementStatus, ScheduleDay};
use super::risk::RiskInput;
use super::safety_stock::{Buffer, SafetyStock, SafetyStockMethod, reorder_point};
use super::suppliers::{Candidate, Choice, candidates, choose};
use super::supply::{Stock, receipts};
use crate::calendar::WorkingCalendar;
use crate::catalog::{Ingredient, Ratio};
use crate::decimal::{Money, Quantity};

/// An ingredient planned for itself; only its risk still depends on the rest of the plan.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) id: &'a str,
    pub(super) ingredient: &'a Ingredient,
    pub(super) gross: GrossRequirement,
    pub(super) choice: Option<Choice<'a>>,
    pub(super) order_quantity: Quantity,
    /// `None` when something has to be bought and nobody names a price.
    pub(super) cost: Option<Money>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) safety_stock: SafetyStock,
    pub(super) sizing: LotSizing,
    stock: Stock,
    reorder_point: Quantity,
    net_requirement: Quantity,
    /// The net requirements of all days: what of the net requirement is bought.
    planned_net: Quantity,
    scheduled_receipts: Quantity,
    days: Vec<Day>,
    dates: OrderDates,
    lead_time_days: u32,
    source_count: usize,
    stock_out: Option<NaiveDate>,
}

impl<'a> Item<'a> {
    /// Plans an ingredient.
    pub(super) fn plan(
        input: &'a PlanInput,
        horizon: &Horizon,
        (id, ingredient): (&'a str, &'a Ingredient),
        gross: GrossRequirement,
        planned_receipts: &[&PlannedReceipt],
        daily_variance: Option<i128>,
    ) -> Result<Self, PlanError> {
        let stock = Stock::project(ingredient, &gross.per_day, horizon)?;
        let receipts = receipts(ingredient, planned_receipts, horizon);
        let candidates = candidates(ingredient, &input.catalog.suppliers, &input.parameters, horizon);
        let unknown_lead_time = LeadTime {
            calendar: WorkingCalendar::every_day(),
            lead_time_days: input.parameters.default_lead_time_days,
            safety_lead_days: 0,
        };
        // Whoever would be chosen if there were no hurry, so that safety stock does not depend on what is missing.
        let unhurried = match input.parameters.safety_stock_method {
            SafetyStockMethod::Statistical => choose(&candidates, None)?.map(|choice| choice.chosen),
            SafetyStockMethod::Percentage | SafetyStockMethod::Fixed => None,
        };
        let safety_stock = Buffer {
            parameters: &input.parameters,
            ingredient,
            gross: &gross,
            daily_variance,
            lead_time: unhurried.map_or(unknown_lead_time, |candidate| candidate.lead_time),
            lead_time_deviation: unhurried
                .and_then(|candidate| candidate.offer.lead_time_standard_deviation_days)
                .unwrap_or_default(),
            explicit: input.safety_stock_overrides.get(id).copied(),
        }
        .safety_stock()?;
        let position = Position {
            gross: &gross.per_day,
            receipts: &receipts,
            available: stock.available,
            safety_stock: safety_stock.quantity,
        };
        let fastest = if candidates.is_empty() {
            unknown_lead_time.earliest_receipt(horizon.today)
        } else {
            candidates
                .iter()
                .filter_map(|candidate| candidate.earliest_receipt)
                .min()
        };
        // The first day on which something has to be bought does not depend on lots, which only start on that day.
        let net_requirements = position.net_requirements(fastest)?;
        let first_net_day = net_requirements.iter().position(|net| !net.is_zero());
        let required = first_net_day.map(|day| horizon.date(day));
        let choice = choose(&candidates, required)?;
        let lead_time = choice
            .as_ref()
            .map_or(unknown_lead_time, |choice| choice.chosen.lead_time);
        let earliest_receipt = lead_time.earliest_receipt(horizon.today);
        let offer = choice.as_ref().map(|choice| choice.chosen.offer);
        let sizing = LotSizing::new(ingredient, gross.total, horizon.len(), LotRule::new(offer))?;
        let days = position.schedule(&net_requirements, &sizing)?;
        let order_quantity = sum(days.iter().map(|day| day.planned_receipt))?;
        let cost = match offer {
            // A price has 4 decimals, a quantity 3, money 2.
            Some(offer) => {
                let price = i128::from(offer.unit_price.scaled());
                let cents = share(i128::from(order_quantity.scaled()), price, 100_000)?;
                Some(Money::from_scaled(cents))
            }
            None => order_quantity.is_zero().then_some(Money::ZERO),
        };
        let dates = OrderDates::new(&days, required, &lead_time, earliest_receipt, horizon)?;
        let unplanned_balance = position.unplanned_balance()?;
        let exceptions = Circumstances {
            name: &ingredient.name,
            unit: &ingredient.unit,
            horizon,
            unplanned_balance: &unplanned_balance,
            receipts: &receipts,
            receipt_need_days: &position.receipt_need_days(),
            expiring_lots: &stock.expiring_lots,
            spoiling_lots: &spoiling_lots(&days, sizing.shelf_life_days, safety_stock.quantity),
            required,
            choice: choice.as_ref(),
            earliest_receipt: fastest,
            days: &days,
            past_due_quantity: dates.past_due_quantity,
            is_past_due: dates.is_past_due,
        }
        .exceptions();
        Ok(Self {
            id,
            ingredient,
            order_quantity,
            cost,
            exceptions,
            stock,
            reorder_point: reorder_point(&gross, &lead_time, safety_stock.quantity)?,
            net_requirement: position.net_requirement()?,
            planned_net: sum(net_requirements.iter().copied())?,
            scheduled_receipts: position.scheduled_receipts()?,
            safety_stock,
            gross,
            days,
            dates,
            sizing,
            lead_time_days: lead_time.lead_time_days,
            source_count: distinct_suppliers(&candidates),
            stock_out: first_stock_out(&unplanned_balance, horizon),
            choice,
        })
    }

    /// Whether the plan has anything to say about the ingredient.
    pub(super) fn concerns_plan(&self) -> bool {
        !self.gross.total.is_zero() || !self.order_quantity.is_zero() || !self.exceptions.is_empty()
    }

    fn explanation(&self, horizon: &Horizon) -> Explanation {
        let lots = self.days.iter().filter(|day| !day.planned_receipt.is_zero());
        Account {
            name: &self.ingredient.name,
            unit: &self.ingredient.unit,
            horizon,
            gross: &self.gross,
            safety_stock: &self.safety_stock,
            stock: &self.stock,
            scheduled_receipts: self.scheduled_receipts,
            net_requirement: self.net_requirement,
            planned_net: self.planned_net,
            sizing: &self.sizing,
            lot_count: lots.count(),
            order_quantity: self.order_quantity,
            reorder_point: self.reorder_point,
            lead_time_days: self.lead_time_days,
            dates: &self.dates,
            choice: self.choice.as_ref(),
            exceptions: &self.exceptions,
        }
        .explanation()
    }

    /// The published requirement, once the cost of the whole plan is known.
    pub(super) fn into_requirement(
        self,
        horizon: &Horizon,
        plan_cost: Money,
        pegging: Pegging,
    ) -> Result<Requirement, PlanError> {
        let explanation = self.explanation(horizon);
        let chosen = self.choice.as_ref().map(|choice| choice.chosen);
        let risk = RiskInput {
            order_by: self.dates.order_by,
            stock_out: self.stock_out,
            available: self.stock.available,
            gross: self.gross.total,
            source_count: self.source_count,
            reliability: chosen.map_or(Ratio::ZERO, |chosen| chosen.reliability),
            cost: self.cost.unwrap_or(Money::ZERO),
            plan_cost,
        }
        .risk()?;
        let schedule = self.days.iter().zip(&self.dates.releases).enumerate();
        let schedule = schedule.map(|(number, (day, release))| ScheduleDay {
            date: horizon.date(number),
            gross: day.gross,
            receipts: day.receipts,
            projected: day.projected,
            net: day.net,
            planned_receipt: day.planned_receipt,
            planned_release: *release,
        });
        Ok(Requirement {
            ingredient_id: self.id.to_owned(),
            name: self.ingredient.name.clone(),
            unit: self.ingredient.unit.clone(),
            gross_requirement: self.gross.total,
            order_demand: self.gross.order_demand,
            forecast_demand: self.gross.forecast_demand,
            safety_stock: self.safety_stock.quantity,
            safety_stock_method: self.safety_stock.method,
            reorder_point: self.reorder_point,
            on_hand: self.stock.on_hand,
            reserved: self.stock.reserved,
            expiring: self.stock.expiring,
            scheduled_receipts: self.scheduled_receipts,
            available: self.stock.available,
            net_requirement: self.net_requirement,
            order_quantity: self.order_quantity,
            coverage_percentage: coverage_percentage(
                self.stock.available,
                self.scheduled_receipts,
                self.gross.total,
            )?,
            required_date: self.dates.required,
            order_by_date: self.dates.order_by,
            expected_receipt_date: self.dates.expected_receipt,
            lead_time_days: self.lead_time_days,
            supplier_id: chosen.map(|chosen| chosen.offer.supplier_id.clone()),
            supplier_name: chosen.map(|chosen| chosen.name.to_owned()),
            supplier_score: self.choice.as_ref().map(|choice| choice.score),
            unit_cost: chosen.map(|chosen| chosen.offer.unit_price),
            backup_suppliers: self.choice.map(|choice| choice.backups).unwrap_or_default(),
            minimum_order_quantity: self.sizing.lot_rule.minimum_order_quantity,
            pack_size: self.sizing.lot_rule.pack_size,
            ordering_method: self.sizing.method(),
            estimated_cost: self.cost,
            risk,
            quality_specifications: self.ingredient.quality_specifications.clone(),
            special_requirements: self.ingredient.special_requirements.clone(),
            pegging,
            schedule: schedule.collect(),
            exceptions: self.exceptions,
            explanation,
            status: RequirementStatus::Pending,
            ordered_quantity: Quantity::ZERO,
            received_quantity: Quantity::ZERO,
        })
    }
}

fn sum(mut parts: impl Iterator<Item = Quantity>) -> Result<Quantity, PlanError> {
    parts
        .try_fold(Quantity::ZERO, Quantity::checked_add)
        .ok_or(PlanError::Overflow)
}

fn distinct_suppliers(candidates: &[Candidate<'_>]) -> usize {
    // Sorted by supplier, so that offers of the same one stand together.
    candidates
        .chunk_by(|left, right| left.offer.supplier_id == right.offer.supplier_id)
        .count()
}
