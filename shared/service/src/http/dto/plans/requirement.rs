//! A requirement in answers. It is stored as the domain writes it and read into this view, which gives it its place in
//! the OpenAPI document; a test holds the two together.

use chrono::NaiveDate;
use orders_domain::catalog::Ratio;
use orders_domain::decimal::{Money, Percentage, Quantity, UnitPrice};
use orders_domain::planning::{ExceptionCause, ExceptionCode, RequirementStatus, RiskFactorCode, RiskLevel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::catalog::schemas::RatioText;
use super::super::common::{MoneyText, PercentageText, QuantityText, UnitPriceText};
use crate::problem::Problem;
use crate::usecases::plans::get::RequirementWithPegs;

/// Declares the words of a domain enum for the OpenAPI document.
macro_rules! word_schemas {
    ($($(#[doc = $doc:literal])+ $name:ident { $($variant:ident)+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(ToSchema)]
        #[schema(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the words say it")]
        pub enum $name { $($variant,)+ }
    )+};
}

word_schemas! {
    /// What a risk score amounts to: below 25, 50, 75, or more (D68).
    RiskLevelWord { Low Medium High Critical }
    /// A part of a risk score (D68).
    RiskFactorWord { Slack Stock SingleSource Reliability CostShare }
    /// A kind of exception, most urgent first (D65).
    ExceptionWord { Shortage PastDue NoSupplier Late Expedite Expiring Defer Cancel }
    /// Why an order is past due (D65).
    ExceptionCauseWord { Demand SafetyStock }
    /// Where the purchase of a requirement stands.
    RequirementStatusWord { Pending Approved Ordered PartiallyReceived Received Cancelled }
}

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
    /// The required day, or the day an order of today can be relied upon.
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
    /// Price of one unit; null without a supplier.
    #[schema(value_type = Option<UnitPriceText>)]
    pub unit_cost: Option<UnitPrice>,
    /// `order_quantity · unit_cost`; null when nobody names a price.
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
    /// Where the purchase stands.
    #[schema(value_type = RequirementStatusWord)]
    pub status: RequirementStatus,
    /// What has been ordered from the supplier.
    #[schema(value_type = QuantityText)]
    pub ordered_quantity: Quantity,
    /// What has come.
    #[schema(value_type = QuantityText)]
    pub received_quantity: Quantity,
}

/// Who could deliver instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = BackupSupplier)]
pub struct BackupSupplierView {
    /// The supplier.
    pub supplier_id: String,
    /// Its name.
    pub supplier_name: String,
    /// Its score against the same competitors (D66).
    #[schema(value_type = RatioText)]
    pub supplier_score: Ratio,
    /// Price of one unit.
    #[schema(value_type = UnitPriceText)]
    pub unit_cost: UnitPrice,
    /// Calendar days from order to delivery.
    pub lead_time_days: u32,
}

/// A risk score with its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RequirementRisk)]
pub struct RequirementRiskView {
    /// 0 to 100.
    #[schema(value_type = PercentageText)]
    pub score: Percentage,
    /// What the score amounts to.
    #[schema(value_type = RiskLevelWord)]
    pub level: RiskLevel,
    /// Parts that are not nothing; they add up to the score.
    pub factors: Vec<RiskFactorView>,
}

/// One part of a risk score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RiskFactor)]
pub struct RiskFactorView {
    /// What it is.
    #[schema(value_type = RiskFactorWord)]
    pub code: RiskFactorCode,
    /// What it adds to the score.
    #[schema(value_type = PercentageText)]
    pub points: Percentage,
    /// The figure behind it.
    pub message: String,
}

/// The part of a requirement that one order line causes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Peg)]
pub struct PegView {
    /// The order.
    pub order_id: String,
    /// Its line, from 1.
    pub line: u16,
    /// What was ordered.
    pub product_id: String,
    /// How much of the ingredient the line needs.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    /// The day on which it is needed.
    pub date: NaiveDate,
}

/// One day of an ingredient (D63).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ScheduleDay)]
pub struct ScheduleDayView {
    /// The day.
    pub date: NaiveDate,
    /// Gross requirement.
    #[schema(value_type = QuantityText)]
    pub gross: Quantity,
    /// Receipts on the way.
    #[schema(value_type = QuantityText)]
    pub receipts: Quantity,
    /// Balance at the end of the day, planned receipts included.
    #[schema(value_type = QuantityText)]
    pub projected: Quantity,
    /// Net requirement before the lot rule.
    #[schema(value_type = QuantityText)]
    pub net: Quantity,
    /// What the plan lets come on this day.
    #[schema(value_type = QuantityText)]
    pub planned_receipt: Quantity,
    /// What has to be ordered on this day.
    #[schema(value_type = QuantityText)]
    pub planned_release: Quantity,
}

/// Something a planner has to look at; null says nothing about that kind of exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PlanningException)]
pub struct ExceptionView {
    /// What it is.
    #[schema(value_type = ExceptionWord)]
    pub code: ExceptionCode,
    /// Why, for `past_due`.
    #[schema(value_type = Option<ExceptionCauseWord>)]
    #[serde(default)]
    pub cause: Option<ExceptionCause>,
    /// The day it is about.
    #[serde(default)]
    pub date: Option<NaiveDate>,
    /// The day on which a receipt is needed.
    #[serde(default)]
    pub needed_date: Option<NaiveDate>,
    /// How much it is about.
    #[schema(value_type = Option<QuantityText>)]
    #[serde(default)]
    pub quantity: Option<Quantity>,
    /// The receipt or the lot it is about.
    #[serde(default)]
    pub reference: Option<String>,
    /// Why, and what to do.
    pub message: String,
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
            ..view
        })
    }
}
