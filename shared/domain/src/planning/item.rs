//! The plan of one ingredient, from its gross requirement to what to buy from whom and when (D62–D68).

use chrono::NaiveDate;

use super::dates::LeadTime;
use super::exceptions::{Circumstances, Exception};
use super::explosion::GrossRequirement;
use super::input::{Horizon, PlanError, PlanInput, PlannedReceipt};
use super::lot_sizing::LotRule;
use super::netting::{Day, Position, coverage_percentage, first_stock_out, safety_stock};
use super::pegging::Peg;
use super::quantity::share;
use super::requirement::{Requirement, RequirementStatus, ScheduleDay};
use super::risk::RiskInput;
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
    stock: Stock,
    safety_stock: Quantity,
    net_requirement: Quantity,
    scheduled_receipts: Quantity,
    days: Vec<Day>,
    ordering: Ordering,
    lot_rule: LotRule,
    lead_time_days: u32,
    source_count: usize,
    stock_out: Option<NaiveDate>,
}

/// When to order (D65).
#[derive(Debug, Clone)]
struct Ordering {
    required: Option<NaiveDate>,
    order_by: Option<NaiveDate>,
    expected_receipt: Option<NaiveDate>,
    /// What has to be ordered on each day of the horizon.
    releases: Vec<Quantity>,
    /// What should have been ordered before today.
    past_due_quantity: Quantity,
    is_past_due: bool,
}

impl<'a> Item<'a> {
    /// Plans an ingredient.
    pub(super) fn plan(
        input: &'a PlanInput,
        horizon: &Horizon,
        (id, ingredient): (&'a str, &'a Ingredient),
        gross: GrossRequirement,
        planned_receipts: &[&PlannedReceipt],
    ) -> Result<Self, PlanError> {
        let stock = Stock::project(ingredient, &gross.per_day, horizon)?;
        let receipts = receipts(ingredient, planned_receipts, horizon);
        let position = Position {
            gross: &gross.per_day,
            receipts: &receipts,
            available: stock.available,
            safety_stock: safety_stock(input.parameters.safety_stock_percentage, gross.total)?,
        };
        let candidates = candidates(ingredient, &input.catalog.suppliers, &input.parameters, horizon);
        let unknown_lead_time = LeadTime {
            calendar: WorkingCalendar::every_day(),
            lead_time_days: input.parameters.default_lead_time_days,
            safety_lead_days: 0,
        };
        let fastest = if candidates.is_empty() {
            unknown_lead_time.earliest_receipt(horizon.today)
        } else {
            candidates
                .iter()
                .filter_map(|candidate| candidate.earliest_receipt)
                .min()
        };
        let required = position.first_net_day(fastest)?.map(|day| horizon.date(day));
        let choice = choose(&candidates, required)?;
        let lead_time = choice
            .as_ref()
            .map_or(unknown_lead_time, |choice| choice.chosen.lead_time);
        let earliest_receipt = lead_time.earliest_receipt(horizon.today);
        let offer = choice.as_ref().map(|choice| choice.chosen.offer);
        let lot_rule = LotRule::new(offer);
        let days = position.net(lot_rule, fastest)?;
        let order_quantity = days.iter().try_fold(Quantity::ZERO, |sum, day| {
            sum.checked_add(day.planned_receipt).ok_or(PlanError::Overflow)
        })?;
        let cost = match offer {
            // A price has 4 decimals, a quantity 3, money 2.
            Some(offer) => {
                let price = i128::from(offer.unit_price.scaled());
                let cents = share(i128::from(order_quantity.scaled()), price, 100_000)?;
                Some(Money::from_scaled(cents))
            }
            None => order_quantity.is_zero().then_some(Money::ZERO),
        };
        let ordering = Ordering::new(&days, required, &lead_time, earliest_receipt, horizon)?;
        let (net_requirement, scheduled_receipts) = position.net_requirement()?;
        let unplanned_balance = position.unplanned_balance()?;
        let exceptions = Circumstances {
            name: &ingredient.name,
            unit: &ingredient.unit,
            horizon,
            unplanned_balance: &unplanned_balance,
            receipts: &receipts,
            receipt_need_days: &position.receipt_need_days(),
            expiring_lots: &stock.expiring_lots,
            required,
            choice: choice.as_ref(),
            earliest_receipt,
            past_due_quantity: ordering.past_due_quantity,
            is_past_due: ordering.is_past_due,
        }
        .exceptions();
        let safety_stock = position.safety_stock;
        Ok(Self {
            id,
            ingredient,
            gross,
            order_quantity,
            cost,
            exceptions,
            stock,
            safety_stock,
            net_requirement,
            scheduled_receipts,
            days,
            ordering,
            lot_rule,
            lead_time_days: lead_time.lead_time_days,
            source_count: distinct_suppliers(&candidates),
            stock_out: first_stock_out(&unplanned_balance, horizon),
            choice,
        })
    }

    /// Whether the plan has anything to say about the ingredient.
    pub(super) fn concerns_plan(&self) -> bool {
        !self.gross.total.is_zero() || !self.exceptions.is_empty()
    }

    /// The published requirement, once the cost of the whole plan is known.
    pub(super) fn into_requirement(
        self,
        horizon: &Horizon,
        plan_cost: Money,
        pegging: Vec<Peg>,
    ) -> Result<Requirement, PlanError> {
        let chosen = self.choice.as_ref().map(|choice| choice.chosen);
        let risk = RiskInput {
            order_by: self.ordering.order_by,
            stock_out: self.stock_out,
            available: self.stock.available,
            gross: self.gross.total,
            source_count: self.source_count,
            reliability: chosen.map_or(Ratio::ZERO, |chosen| chosen.reliability),
            cost: self.cost.unwrap_or(Money::ZERO),
            plan_cost,
        }
        .risk()?;
        let schedule = self.days.iter().zip(&self.ordering.releases).enumerate();
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
            safety_stock: self.safety_stock,
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
            required_date: self.ordering.required,
            order_by_date: self.ordering.order_by,
            expected_receipt_date: self.ordering.expected_receipt,
            lead_time_days: self.lead_time_days,
            supplier_id: chosen.map(|chosen| chosen.offer.supplier_id.clone()),
            supplier_name: chosen.map(|chosen| chosen.name.to_owned()),
            supplier_score: self.choice.as_ref().map(|choice| choice.score),
            unit_cost: chosen.map(|chosen| chosen.offer.unit_price),
            backup_suppliers: self.choice.map(|choice| choice.backups).unwrap_or_default(),
            minimum_order_quantity: self.lot_rule.minimum_order_quantity,
            pack_size: self.lot_rule.pack_size,
            estimated_cost: self.cost,
            risk,
            quality_specifications: self.ingredient.quality_specifications.clone(),
            special_requirements: self.ingredient.special_requirements.clone(),
            pegging,
            schedule: schedule.collect(),
            exceptions: self.exceptions,
            status: RequirementStatus::Pending,
            ordered_quantity: Quantity::ZERO,
            received_quantity: Quantity::ZERO,
        })
    }
}

impl Ordering {
    fn new(
        days: &[Day],
        required: Option<NaiveDate>,
        lead_time: &LeadTime<'_>,
        earliest_receipt: Option<NaiveDate>,
        horizon: &Horizon,
    ) -> Result<Self, PlanError> {
        // A day before today is as good as none: the order is late.
        let order_date = |receipt: NaiveDate| {
            let latest = lead_time.latest_order_date(receipt);
            latest.filter(|date| *date >= horizon.today)
        };
        let mut releases = vec![Quantity::ZERO; days.len()];
        let mut past_due_quantity = Quantity::ZERO;
        for (number, day) in days
            .iter()
            .enumerate()
            .filter(|(_, day)| !day.planned_receipt.is_zero())
        {
            let released = match order_date(horizon.date(number)) {
                Some(date) => horizon
                    .day(date)
                    .and_then(|release_day| releases.get_mut(release_day)),
                None => Some(&mut past_due_quantity),
            };
            // Between today and a start that lies ahead there is no day of the schedule to show it on.
            if let Some(released) = released {
                *released = released
                    .checked_add(day.planned_receipt)
                    .ok_or(PlanError::Overflow)?;
            }
        }
        let in_time = required.and_then(order_date);
        let is_past_due = required.is_some() && in_time.is_none();
        Ok(Self {
            required,
            order_by: required.map(|_| in_time.unwrap_or(horizon.today)),
            expected_receipt: if is_past_due { earliest_receipt } else { required },
            releases,
            past_due_quantity,
            is_past_due,
        })
    }
}

fn distinct_suppliers(candidates: &[Candidate<'_>]) -> usize {
    // Sorted by supplier, so that offers of the same one stand together.
    candidates
        .chunk_by(|left, right| left.offer.supplier_id == right.offer.supplier_id)
        .count()
}
