//! A requirement in answers. It is stored as the domain writes it and read into this view, which gives it its place in
//! the OpenAPI document; a test holds the two together.

use chrono::NaiveDate;
use orders_domain::catalog::{OrderingMethod, Ratio};
use orders_domain::decimal::{Money, Percentage, Quantity, UnitPrice};
use orders_domain::planning::{RequirementStatus, SafetyStockMethod};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::catalog::schemas::{OrderingMethodWord, RatioText};
use super::super::common::{MoneyText, PercentageText, QuantityText, UnitPriceText};
use super::requirement_parts::{
    BackupSupplierView, ExceptionView, ExplanationView, PegView, RequirementRiskView, RequirementStatusWord,
    SafetyStockMethodWord, ScheduleDayView,
};
use crate::problem::Problem;
use crate::usecases::plans::get::RequirementWithPegs;

/// What is needed of an ingredient in the horizon, and what to buy of it. Quantities are in `unit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProcurementRequirement)]
pub struct RequirementView {
    /// The ingredient.
    pub ingredient_id: String,
    /// Its name.
    pub name: String,
    /// Unit of all quantities.
    pub unit: String,
    /// What recipes and sales need (D60).
    #[schema(value_type = QuantityText)]
    pub gross_requirement: Quantity,
    /// The part of it that was ordered.
    #[schema(value_type = QuantityText)]
    pub order_demand: Quantity,
    /// The part of it that is forecast and not consumed by orders (D61).
    #[schema(value_type = QuantityText)]
    pub forecast_demand: Quantity,
    /// Buffer, once per item (D62).
    #[schema(value_type = QuantityText)]
    pub safety_stock: Quantity,
    /// How the buffer was worked out; null when it was supposed.
    #[schema(value_type = Option<SafetyStockMethodWord>)]
    #[serde(default)]
    pub safety_stock_method: Option<SafetyStockMethod>,
    /// At this much in the house and on the way it is time to order: mean daily gross requirement · lead time + safety
    /// stock (D62).
    #[schema(value_type = QuantityText)]
    #[serde(default)]
    pub reorder_point: Quantity,
    /// Everything in the house.
    #[schema(value_type = QuantityText)]
    pub on_hand: Quantity,
    /// What is reserved of it, without units that count as expiring (D63).
    #[schema(value_type = QuantityText)]
    pub reserved: Quantity,
    /// What lots will still hold after their last day (D63).
    #[schema(value_type = QuantityText)]
    pub expiring: Quantity,
    /// Receipts on the way that fall into the horizon (D63).
    #[schema(value_type = QuantityText)]
    pub scheduled_receipts: Quantity,
    /// `max(0, on_hand − reserved − expiring)`.
    #[schema(value_type = QuantityText)]
    pub available: Quantity,
    /// `max(0, gross + safety stock − available − receipts)`, before any lot rule (D63).
    #[schema(value_type = QuantityText)]
    pub net_requirement: Quantity,
    /// What to buy, after the lot rules (D64).
    #[schema(value_type = QuantityText)]
    pub order_quantity: Quantity,
    /// How much of the gross requirement stock and receipts cover (D67).
    #[schema(value_type = PercentageText)]
    pub coverage_percentage: Percentage,
    /// First day with a planned receipt; null when nothing has to be bought.
    pub required_date: Option<NaiveDate>,
    /// The day to order, never before today (D65).
    pub order_by_date: Option<NaiveDate>,
    /// The required day, or the day an order of today can be relied upon; later what was edited or announced.
    pub expected_receipt_date: Option<NaiveDate>,
    /// Calendar days from order to delivery.
    pub lead_time_days: u32,
    /// The chosen supplier (D66); null when nobody offers the ingredient.
    pub supplier_id: Option<String>,
    /// Its name.
    pub supplier_name: Option<String>,
    /// Who could deliver instead, best first.
    pub backup_suppliers: Vec<BackupSupplierView>,
    /// The chosen supplier's score, 0 to 1.
    #[schema(value_type = Option<RatioText>)]
    pub supplier_score: Option<Ratio>,
    /// The least the supplier sells at once.
    #[schema(value_type = QuantityText)]
    pub minimum_order_quantity: Quantity,
    /// Orders are multiples of this.
    #[schema(value_type = QuantityText)]
    pub pack_size: Quantity,
    /// The lot-sizing method that was used (D64).
    #[schema(value_type = OrderingMethodWord)]
    #[serde(default)]
    pub ordering_method: OrderingMethod,
    /// Price of one unit: as estimated until another one was agreed; null without a supplier.
    #[schema(value_type = Option<UnitPriceText>)]
    pub unit_cost: Option<UnitPrice>,
    /// `order_quantity · planned_unit_cost`; null when nobody names a price.
    #[schema(value_type = Option<MoneyText>)]
    pub estimated_cost: Option<Money>,
    /// How risky it is (D68).
    pub risk: RequirementRiskView,
    /// What a delivery is checked for.
    pub quality_specifications: Option<String>,
    /// Anything a buyer has to mind.
    pub special_requirements: Option<String>,
    /// Which order lines need it, by date and order; they add up to `order_demand` when all are shown.
    #[serde(default)]
    pub pegging: Vec<PegView>,
    /// How many pegs there are; a very large plan shows the first of each requirement only.
    #[serde(default)]
    pub pegging_count: u32,
    /// Day by day (D63).
    pub schedule: Vec<ScheduleDayView>,
    /// What a planner has to look at (D65).
    pub exceptions: Vec<ExceptionView>,
    /// How the plan arrives at the figures; empty in plans that were made before it was told.
    #[serde(default)]
    pub explanation: ExplanationView,
    /// Where the purchase stands. Until something is reported of it, it is decided with its plan.
    #[schema(value_type = RequirementStatusWord)]
    pub status: RequirementStatus,
    /// What has been ordered from the supplier.
    #[schema(value_type = QuantityText)]
    pub ordered_quantity: Quantity,
    /// What has come.
    #[schema(value_type = QuantityText)]
    pub received_quantity: Quantity,
    /// When the last of it has come.
    #[serde(default)]
    pub received_date: Option<NaiveDate>,
    /// What a unit costs in the plan as it was approved; `unit_cost` is what was agreed since.
    #[schema(value_type = Option<UnitPriceText>)]
    #[serde(default)]
    pub planned_unit_cost: Option<UnitPrice>,
    /// The expected day in the plan as it was approved; `expected_receipt_date` is what was announced since.
    #[serde(default)]
    pub planned_receipt_date: Option<NaiveDate>,
    /// Whether what to buy was edited, so that it is no longer what the schedule says.
    #[serde(default)]
    pub is_edited: bool,
    /// What was noted about it.
    #[serde(default)]
    pub note: Option<String>,
}

impl RequirementView {
    /// The answer for a stored requirement.
    ///
    /// # Errors
    /// Internal when it is not what it should be.
    pub fn of(found: RequirementWithPegs) -> Result<Self, Problem> {
        let stored: Result<Self, _> = serde_json::from_value(found.requirement);
        let view = stored
            .map_err(|error| Problem::internal(format!("a stored requirement does not parse: {error}")))?;
        let progress = found.progress;
        let pegging = found.pegs.into_iter().map(|peg| PegView {
            order_id: peg.order_id,
            line: peg.line,
            product_id: peg.product_id,
            quantity: peg.quantity,
            date: peg.date,
        });
        Ok(Self {
            pegging: pegging.collect(),
            pegging_count: found.peg_count,
            received_date: progress.received_date,
            planned_unit_cost: progress.planned_unit_cost.or(view.unit_cost),
            planned_receipt_date: progress.planned_receipt_date.or(view.expected_receipt_date),
            is_edited: progress.edited,
            note: progress.note,
            ..view
        })
    }
}
