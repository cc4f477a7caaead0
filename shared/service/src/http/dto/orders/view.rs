//! An order as the answers show it: every field of SPEC §4, null where there is nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::alerts::HoldReason;
use orders_domain::decimal::{Money, Percentage, Quantity, SignedPercentage, UnitPrice};
use orders_domain::order_status::{DeliveryMethod, Fulfilment, OrderStatus, allowed_transitions};
use orders_domain::payments::{PaymentMethod, PaymentStatus, PaymentTerms};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts::{CommunicationView, PaymentView, ProductionView, QualityView};
use super::request::{OrderStatusWord, PaymentMethodWord};
use crate::auth::TenantId;
use crate::http::dto::common::{
    ActorView, AddressView, MoneyText, PercentageText, QuantityText, UnitPriceText,
};
use crate::http::dto::customers::{DeliveryMethodWord, PaymentTermsWord};
use crate::store::orders::{Order, OrderLine};
use crate::words::{BusinessModel, CustomerType, OrderType, PriceSource, Priority, SalesChannel, Source};

/// An order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderView {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub version: u64,
    pub order_number: String,
    pub customer_id: Uuid,
    pub customer_name: String,
    pub customer_type: Option<CustomerType>,
    #[schema(value_type = OrderStatusWord)]
    pub status: OrderStatus,
    #[schema(value_type = PaymentStatusWord)]
    pub payment_status: PaymentStatus,
    #[schema(value_type = PaymentMethodWord)]
    pub payment_method: PaymentMethod,
    #[schema(value_type = PaymentTermsWord)]
    pub payment_terms: PaymentTerms,
    pub payment_due_date: NaiveDate,
    pub order_type: OrderType,
    pub priority: Priority,
    pub source: Source,
    pub sales_channel: SalesChannel,
    pub business_model: Option<BusinessModel>,
    #[schema(value_type = DeliveryMethodWord)]
    pub delivery_method: DeliveryMethod,
    pub delivery_address: Option<AddressView>,
    pub requested_delivery_at: DateTime<Utc>,
    pub delivery_window_end: DateTime<Utc>,
    pub delivery_date: NaiveDate,
    pub actual_delivery_at: Option<DateTime<Utc>>,
    pub items: Vec<OrderItemView>,
    pub item_count: u32,
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    #[schema(value_type = MoneyText)]
    pub gross_amount: Money,
    #[schema(value_type = MoneyText)]
    pub line_discount_amount: Money,
    #[schema(value_type = MoneyText)]
    pub subtotal: Money,
    #[schema(value_type = Option<PercentageText>)]
    pub discount_percentage: Option<Percentage>,
    #[schema(value_type = MoneyText)]
    pub discount_amount: Money,
    #[schema(value_type = MoneyText)]
    pub tax_amount: Money,
    pub tax_breakdown: Vec<TaxGroupView>,
    #[schema(value_type = MoneyText)]
    pub delivery_fee: Money,
    #[schema(value_type = PercentageText)]
    pub delivery_fee_tax_rate: Percentage,
    #[schema(value_type = MoneyText)]
    pub total_amount: Money,
    #[schema(value_type = MoneyText)]
    pub returned_amount: Money,
    #[schema(value_type = MoneyText)]
    pub amount_paid: Money,
    #[schema(value_type = MoneyText)]
    pub balance_due: Money,
    #[schema(value_type = Option<MoneyText>)]
    pub total_cost: Option<Money>,
    #[schema(value_type = Option<MoneyText>)]
    pub margin_amount: Option<Money>,
    #[schema(value_type = Option<PercentageText>)]
    pub margin_percentage: Option<SignedPercentage>,
    pub currency: String,
    pub special_instructions: Option<String>,
    pub internal_notes: Option<String>,
    pub communication: Option<CommunicationView>,
    pub hold: Option<HoldView>,
    pub cancellation: Option<CancellationView>,
    pub payments: Vec<PaymentView>,
    pub standing_order_id: Option<Uuid>,
    pub customer_verified: bool,
    pub availability_checked: bool,
    pub warnings: Vec<String>,
    #[schema(value_type = Vec<OrderStatusWord>)]
    pub allowed_transitions: Vec<OrderStatus>,
    pub created_at: DateTime<Utc>,
    pub created_by: ActorView,
    pub updated_at: DateTime<Utc>,
    pub updated_by: ActorView,
}

/// What has been paid of an order.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PaymentStatusWord {
    /// Nothing yet.
    Pending,
    /// Some.
    Partial,
    /// All.
    Paid,
    /// The last attempt failed.
    Failed,
    /// Given back.
    Refunded,
}

/// One line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderItem)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderItemView {
    pub line: u16,
    pub product_id: String,
    pub product_name: Option<String>,
    pub sku: Option<String>,
    pub category: Option<String>,
    pub unit: Option<String>,
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    #[schema(value_type = UnitPriceText)]
    pub unit_price: UnitPrice,
    pub price_source: PriceSource,
    pub pricing_rule: Option<String>,
    #[schema(value_type = Option<PercentageText>)]
    pub discount_percentage: Option<Percentage>,
    #[schema(value_type = MoneyText)]
    pub discount_amount: Money,
    #[schema(value_type = PercentageText)]
    pub tax_rate: Percentage,
    #[schema(value_type = MoneyText)]
    pub gross_amount: Money,
    #[schema(value_type = MoneyText)]
    pub net_amount: Money,
    #[schema(value_type = MoneyText)]
    pub allocated_discount: Money,
    #[schema(value_type = Option<UnitPriceText>)]
    pub unit_cost: Option<UnitPrice>,
    #[schema(value_type = Option<MoneyText>)]
    pub cost_amount: Option<Money>,
    #[schema(value_type = Option<MoneyText>)]
    pub margin_amount: Option<Money>,
    #[schema(value_type = Option<PercentageText>)]
    pub margin_percentage: Option<SignedPercentage>,
    pub specifications: BTreeMap<String, String>,
    pub customization: Option<String>,
    pub special_instructions: Option<String>,
    pub allergens: Vec<String>,
    pub recipe_id: Option<String>,
    pub production: ProductionView,
    pub quality: QualityView,
    #[schema(value_type = QuantityText)]
    pub quantity_delivered: Quantity,
    #[schema(value_type = QuantityText)]
    pub quantity_returned: Quantity,
}

/// Tax of one rate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxGroup)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct TaxGroupView {
    #[schema(value_type = PercentageText)]
    pub rate: Percentage,
    #[schema(value_type = MoneyText)]
    pub base: Money,
    #[schema(value_type = MoneyText)]
    pub tax: Money,
}

/// Why and since when an order is on hold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub struct HoldView {
    /// What caused it.
    #[schema(value_type = HoldReasonWord)]
    pub reason: HoldReason,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What was said about it.
    pub note: Option<String>,
}

/// What put an order on hold.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum HoldReasonWord {
    /// The customer's limit.
    CreditLimitExceeded,
    /// Account without payment terms.
    PaymentValidationFailed,
    /// A person.
    Manual,
}

/// Why, when and by whom an order was cancelled.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cancellation)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CancellationView {
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
    pub by: ActorView,
}

impl OrderView {
    /// The answer for a record.
    pub fn of(tenant: TenantId, order: &Order, delivery_tracking_enabled: bool) -> Self {
        let (row, body) = (&order.row, &order.body);
        let fulfilment = Fulfilment {
            delivery_method: row.delivery_method,
            delivery_tracking_enabled,
        };
        let groups = body.tax_breakdown.iter();
        Self {
            id: order.id,
            tenant_id: tenant.0,
            version: order.version,
            order_number: row.order_number.clone(),
            customer_id: row.customer_id,
            customer_name: row.customer_name.clone(),
            customer_type: body.customer_type,
            status: row.status,
            payment_status: row.payment_status,
            payment_method: body.payment_method,
            payment_terms: body.payment_terms,
            payment_due_date: body.payment_due_date,
            order_type: row.order_type,
            priority: row.priority,
            source: body.source,
            sales_channel: row.sales_channel,
            business_model: body.business_model,
            delivery_method: row.delivery_method,
            delivery_address: body.delivery_address.as_ref().map(AddressView::from),
            requested_delivery_at: row.requested_delivery_at,
            delivery_window_end: body.delivery_window_end,
            delivery_date: row.delivery_date,
            actual_delivery_at: body.actual_delivery_at,
            items: body
                .lines
                .iter()
                .zip(1_u16..)
                .map(|(line, number)| OrderItemView::of(number, line))
                .collect(),
            item_count: row.item_count,
            total_quantity: row.total_quantity,
            gross_amount: body.gross_amount,
            line_discount_amount: body.line_discount_amount,
            subtotal: body.subtotal,
            discount_percentage: body.discount_percentage,
            discount_amount: body.discount_amount,
            tax_amount: body.tax_amount,
            tax_breakdown: groups
                .map(|group| TaxGroupView {
                    rate: group.rate,
                    base: group.base,
                    tax: group.tax,
                })
                .collect(),
            delivery_fee: body.delivery_fee,
            delivery_fee_tax_rate: body.delivery_fee_tax_rate,
            total_amount: row.total_amount,
            returned_amount: body.returned_amount,
            amount_paid: body.amount_paid,
            balance_due: row.balance_due,
            total_cost: body.total_cost,
            margin_amount: body.margin_amount,
            margin_percentage: body.margin_percentage,
            currency: body.currency.clone(),
            special_instructions: body.special_instructions.clone(),
            internal_notes: body.internal_notes.clone(),
            communication: body.communication.as_ref().map(CommunicationView::from),
            hold: body.hold.as_ref().map(|hold| HoldView {
                reason: hold.reason,
                since: hold.since,
                note: hold.note.clone(),
            }),
            cancellation: body.cancellation.as_ref().map(|cancellation| CancellationView {
                reason: cancellation.reason.clone(),
                at: cancellation.at,
                by: (&cancellation.by).into(),
            }),
            payments: order.all_payments().map(PaymentView::from).collect(),
            standing_order_id: body.standing_order_id,
            customer_verified: body.customer_verified,
            availability_checked: body.availability_checked,
            warnings: body.warnings.clone(),
            allowed_transitions: allowed_transitions(row.status, fulfilment).to_vec(),
            created_at: row.created_at,
            created_by: (&body.created_by).into(),
            updated_at: body.updated_at,
            updated_by: (&body.updated_by).into(),
        }
    }
}

impl OrderItemView {
    fn of(number: u16, line: &OrderLine) -> Self {
        Self {
            line: number,
            product_id: line.product_id.clone(),
            product_name: line.product_name.clone(),
            sku: line.sku.clone(),
            category: line.category.clone(),
            unit: line.unit.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            price_source: line.price_source,
            pricing_rule: line.pricing_rule.clone(),
            discount_percentage: line.discount_percentage,
            discount_amount: line.discount_amount,
            tax_rate: line.tax_rate,
            gross_amount: line.gross_amount,
            net_amount: line.net_amount,
            allocated_discount: line.allocated_discount,
            unit_cost: line.unit_cost,
            cost_amount: line.cost_amount,
            margin_amount: line.margin_amount,
            margin_percentage: line.margin_percentage,
            specifications: line.specifications.clone(),
            customization: line.customization.clone(),
            special_instructions: line.special_instructions.clone(),
            allergens: line.allergens.clone(),
            recipe_id: line.recipe_id.clone(),
            production: ProductionView::of(line.production.as_ref()),
            quality: QualityView::of(line.quality.as_ref()),
            quantity_delivered: line.quantity_delivered.unwrap_or(Quantity::ZERO),
            quantity_returned: line.quantity_returned.unwrap_or(Quantity::ZERO),
        }
    }
}
