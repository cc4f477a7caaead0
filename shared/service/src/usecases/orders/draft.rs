//! What a caller asks for when it orders: the fields it may send, before anything is known of customer or products.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orders_domain::decimal::{Money, Percentage, Quantity, UnitPrice};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentMethod;
use orders_domain::pricing::Discount;
use uuid::Uuid;

use crate::store::orders::{Address, Communication};
use crate::words::{OrderType, Priority, SalesChannel, Source};

/// An order to be created.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct NewOrder {
    pub customer_id: Uuid,
    pub order_type: OrderType,
    pub priority: Priority,
    pub source: Source,
    pub sales_channel: SalesChannel,
    pub payment_method: Option<PaymentMethod>,
    pub delivery_method: Option<DeliveryMethod>,
    pub delivery_address: Option<Address>,
    pub requested_delivery_at: DateTime<Utc>,
    pub delivery_window_end: Option<DateTime<Utc>>,
    pub items: Vec<NewLine>,
    pub discount: Discount,
    pub delivery_fee: Money,
    pub delivery_fee_tax_rate: Percentage,
    pub special_instructions: Option<String>,
    pub internal_notes: Option<String>,
    pub communication: Option<Communication>,
}

/// One line of an order to be created or amended.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct NewLine {
    pub product_id: String,
    pub product_name: Option<String>,
    pub sku: Option<String>,
    pub category: Option<String>,
    pub unit: Option<String>,
    pub quantity: Quantity,
    pub unit_price: Option<UnitPrice>,
    pub discount: Discount,
    pub tax_rate: Percentage,
    pub unit_cost: Option<UnitPrice>,
    pub specifications: BTreeMap<String, String>,
    pub customization: Option<String>,
    pub special_instructions: Option<String>,
    pub allergens: Option<Vec<String>>,
    pub recipe_id: Option<String>,
    pub quality_requirements: Option<String>,
}
