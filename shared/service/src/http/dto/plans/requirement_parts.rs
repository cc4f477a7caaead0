//! What a requirement is made of in answers: suppliers, risk, pegs, days, exceptions and its explanation, each as the domain
//! writes it; and the words of the domain for the OpenAPI document.

use chrono::NaiveDate;
use orders_domain::catalog::{DEFAULT_PACK_SIZE, Ratio};
use orders_domain::decimal::{Percentage, Quantity, UnitPrice};
use orders_domain::planning::{ExceptionCause, ExceptionCode, ExplanationFigure, RiskFactorCode, RiskLevel};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::catalog::schemas::RatioText;
use super::super::common::{PercentageText, QuantityText, UnitPriceText};

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
    ExceptionWord { Shortage PastDue NoSupplier Late Expedite Expiring ShelfLife Defer Cancel }
    /// Why an order is past due (D65).
    ExceptionCauseWord { Demand SafetyStock }
    /// How safety stock is worked out (D62).
    SafetyStockMethodWord { Percentage Fixed Statistical }
    /// A figure on the way to an order quantity.
    ExplanationFigureWord {
        GrossRequirement OrderDemand ForecastDemand SafetyStock OnHand Reserved Expiring Available ScheduledReceipts
        NetRequirement LaterReceipts LotRule OrderQuantity ReorderPoint
    }
    /// Where the purchase of a requirement stands.
    RequirementStatusWord { Pending Approved Ordered PartiallyReceived Received Cancelled }
}

/// Why a requirement is what it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RequirementExplanation)]
pub struct ExplanationView {
    /// The figures in the order in which the plan arrives at them; those that may be nothing are left out when they are.
    pub steps: Vec<ExplanationStepView>,
    /// All of it in plain words.
    pub sentence: String,
}

/// One figure on the way to an order quantity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExplanationStep)]
pub struct ExplanationStepView {
    /// What it is.
    #[schema(value_type = ExplanationFigureWord)]
    pub figure: ExplanationFigure,
    /// How much, in the ingredient's unit.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    /// Where it comes from.
    pub text: String,
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
    /// The least the supplier sells at once.
    #[schema(value_type = QuantityText)]
    #[serde(default)]
    pub minimum_order_quantity: Quantity,
    /// Orders are multiples of this.
    #[schema(value_type = QuantityText)]
    #[serde(default = "one_unit")]
    pub pack_size: Quantity,
}

const fn one_unit() -> Quantity {
    DEFAULT_PACK_SIZE
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
