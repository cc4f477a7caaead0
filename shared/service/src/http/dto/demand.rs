//! Demand in answers (D50).

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

use super::common::{MoneyText, QuantityText};
use crate::usecases::orders::demand::{Demand, ProductDemand};
use crate::words::BusinessModel;

/// What is to be made in a range of days: orders that are pending, confirmed or in production.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemandRequirements)]
pub struct DemandView {
    /// First day.
    pub start_date: NaiveDate,
    /// Last day.
    pub end_date: NaiveDate,
    /// Orders that count.
    pub total_orders: u32,
    /// Units of all products.
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    /// Sum of the orders' totals.
    #[schema(value_type = MoneyText)]
    pub total_value: Money,
    /// Rush orders among them.
    pub rush_orders: u32,
    /// How the tenant works; null until it is detected.
    pub business_model: Option<BusinessModel>,
    /// Per product, by id.
    pub products: Vec<ProductDemandView>,
    /// When it was counted.
    pub as_of: DateTime<Utc>,
}

/// What is to be made of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductDemand)]
pub struct ProductDemandView {
    /// The product.
    pub product_id: String,
    /// Its name; null when the catalog does not know the product.
    pub product_name: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// Unit of the quantities.
    pub unit: Option<String>,
    /// Units ordered.
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    /// Units of orders that are confirmed or in production.
    #[schema(value_type = QuantityText)]
    pub firm_quantity: Quantity,
    /// Units of orders that are pending.
    #[schema(value_type = QuantityText)]
    pub tentative_quantity: Quantity,
    /// Orders that name it.
    pub order_count: u32,
    /// The first requested delivery; null where only a forecast speaks of the product.
    pub earliest_delivery_at: Option<DateTime<Utc>>,
    /// Units per day, days without any left out.
    pub days: Vec<DemandDayView>,
    /// What is expected to be sold in these days, orders included; told apart and never part of the totals. Null where no
    /// forecast of the last week reaches over all of these days; plans make them.
    #[schema(value_type = Option<QuantityText>)]
    pub forecast_quantity: Option<Quantity>,
}

/// What is to be made of a product on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemandDay)]
pub struct DemandDayView {
    /// The local delivery date.
    pub date: NaiveDate,
    /// Units ordered.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
}

impl From<Demand> for DemandView {
    fn from(demand: Demand) -> Self {
        Self {
            start_date: demand.start_date,
            end_date: demand.end_date,
            total_orders: demand.total_orders,
            total_quantity: demand.total_quantity,
            total_value: demand.total_value,
            rush_orders: demand.rush_orders,
            business_model: demand.business_model,
            products: demand.products.into_iter().map(ProductDemandView::from).collect(),
            as_of: demand.as_of,
        }
    }
}

impl From<ProductDemand> for ProductDemandView {
    fn from(demand: ProductDemand) -> Self {
        let (name, category, unit) = match demand.product {
            Some(product) => (Some(product.name), product.category, Some(product.unit)),
            None => (None, None, None),
        };
        Self {
            product_id: demand.product_id,
            product_name: name,
            category,
            unit,
            total_quantity: demand.total_quantity,
            firm_quantity: demand.firm_quantity,
            tentative_quantity: demand.tentative_quantity,
            order_count: demand.order_count,
            earliest_delivery_at: demand.earliest_delivery_at,
            days: demand
                .days
                .into_iter()
                .map(|(date, quantity)| DemandDayView { date, quantity })
                .collect(),
            forecast_quantity: demand.forecast_quantity,
        }
    }
}
