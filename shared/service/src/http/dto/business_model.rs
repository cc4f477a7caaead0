//! The business model in answers (D80).

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::business_model::Factor;
use orders_domain::decimal::{Figure, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

use super::common::QuantityText;
use crate::usecases::orders::business_model::Detection;
use crate::words::BusinessModel;

/// A figure of statistics: four decimals, such as `"0.4300"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^\d+\.\d{4}$", examples("0.4300"))]
pub struct FigureText(#[expect(dead_code, reason = "only its schema is used")] String);

/// How the tenant works, and why that was concluded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusinessModelDetection)]
pub struct BusinessModelView {
    /// The model; null when detection is disabled.
    pub business_model: Option<BusinessModel>,
    /// From 0 (individual bakery) to 1 (central bakery); 0.5 and more is a central bakery.
    #[schema(value_type = FigureText)]
    pub score: Figure,
    /// max(score, 1 − score); 0 with too few orders.
    #[schema(value_type = FigureText)]
    pub confidence: Figure,
    /// Whether fewer than five orders count.
    pub insufficient_data: bool,
    /// ENABLE_BUSINESS_MODEL_DETECTION.
    pub detection_enabled: bool,
    /// What was looked at.
    pub window: BusinessModelWindowView,
    /// What the score is made of.
    pub factors: Vec<BusinessModelFactorView>,
    /// The settings it was held against.
    pub thresholds: BusinessModelThresholdsView,
    /// When the last change was counted; null while nothing was.
    pub as_of: Option<DateTime<Utc>>,
}

/// The days and orders that were looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusinessModelWindow)]
pub struct BusinessModelWindowView {
    /// The first day: 29 days ago, or that of the first order.
    pub start_date: NaiveDate,
    /// Today.
    pub end_date: NaiveDate,
    /// How many days that are.
    pub days: i64,
    /// Orders placed in them that are not cancelled, failed or on hold.
    pub orders: i64,
    /// Their units.
    #[schema(value_type = QuantityText)]
    pub units: Quantity,
}

/// One factor of the score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusinessModelFactor)]
pub struct BusinessModelFactorView {
    /// What is measured.
    pub name: &'static str,
    /// What was measured; null where there are no orders to measure.
    #[schema(value_type = Option<FigureText>)]
    pub raw: Option<Figure>,
    /// From 0 to 1.
    #[schema(value_type = FigureText)]
    pub value: Figure,
    /// Its part of the score.
    #[schema(value_type = FigureText)]
    pub weight: Figure,
}

/// The settings that the factors are held against.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusinessModelThresholds)]
pub struct BusinessModelThresholdsView {
    /// INDIVIDUAL_BAKERY_ORDER_THRESHOLD: orders a day.
    pub individual_bakery_order_threshold: u32,
    /// CENTRAL_BAKERY_ORDER_THRESHOLD: orders a day.
    pub central_bakery_order_threshold: u32,
    /// LARGE_QUANTITY_ORDER_THRESHOLD: units an order.
    #[schema(value_type = QuantityText)]
    pub large_quantity_order_threshold: Quantity,
}

impl From<&Factor> for BusinessModelFactorView {
    fn from(factor: &Factor) -> Self {
        Self {
            name: factor.name,
            raw: factor.raw,
            value: factor.value,
            weight: factor.weight,
        }
    }
}

impl From<&Detection> for BusinessModelView {
    fn from(found: &Detection) -> Self {
        Self {
            business_model: found.business_model(),
            score: found.detected.score,
            confidence: found.detected.confidence,
            insufficient_data: found.detected.insufficient_data,
            detection_enabled: found.enabled,
            window: BusinessModelWindowView {
                start_date: found.start_date,
                end_date: found.end_date,
                days: found.observed.days,
                orders: found.observed.orders,
                units: found.observed.units,
            },
            factors: found.detected.factors.iter().map(Into::into).collect(),
            thresholds: BusinessModelThresholdsView {
                individual_bakery_order_threshold: found.thresholds.individual,
                central_bakery_order_threshold: found.thresholds.central,
                large_quantity_order_threshold: found.thresholds.large_quantity,
            },
            as_of: found.as_of,
        }
    }
}
