//! Bodies of `POST /orders` and `PUT /orders/{order_id}/status`.

use chrono::{DateTime, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::{DeliveryMethod, OrderStatus};
use orders_domain::payments::PaymentMethod;
use utoipa::ToSchema;
use uuid::Uuid;

use super::line::{NewOrderItemSchema, read_discount};
use crate::http::dto::common::{AddressView, CommunicationSchema, DecimalInput};
use crate::http::dto::customers::DeliveryMethodWord;
use crate::http::fields::{Fields, FromFields, object};
use crate::http::parse;
use crate::usecases::orders::create::NewOrder;
use crate::usecases::orders::update_status::StatusMove;
use crate::words::{OrderType, Priority, SalesChannel, Source};

/// Body of `POST /orders`.
#[derive(ToSchema)]
#[schema(as = NewOrder)]
#[expect(dead_code, reason = "only its schema is used; reading is done by NewOrder")]
pub struct NewOrderSchema {
    /// Who orders.
    customer_id: Uuid,
    /// Default `standard`.
    order_type: Option<OrderType>,
    /// Default `normal`.
    priority: Option<Priority>,
    /// Default `api`.
    source: Option<Source>,
    /// Default `direct`.
    sales_channel: Option<SalesChannel>,
    /// Default `account` when the customer's terms are not immediate, else `cash`.
    #[schema(value_type = Option<PaymentMethodWord>)]
    payment_method: Option<PaymentMethod>,
    /// Default: the customer's, else `delivery`.
    #[schema(value_type = Option<DeliveryMethodWord>)]
    delivery_method: Option<DeliveryMethod>,
    /// Default: the customer's.
    delivery_address: Option<AddressView>,
    /// When it is wanted; not in the past, at most two years ahead.
    #[schema(format = DateTime)]
    requested_delivery_at: String,
    /// Default: DEFAULT_DELIVERY_WINDOW_HOURS later.
    #[schema(format = DateTime)]
    delivery_window_end: Option<String>,
    /// What is ordered: at most MAX_ORDER_ITEMS lines, never more than 50.
    #[schema(min_items = 1)]
    items: Vec<NewOrderItemSchema>,
    /// Discount on the whole order in percent; not together with `discount_amount`.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<Percentage>,
    /// Discount on the whole order as an amount; not together with `discount_percentage`.
    #[schema(value_type = Option<DecimalInput>)]
    discount_amount: Option<Money>,
    /// Default 0; must be 0 for pickup.
    #[schema(value_type = Option<DecimalInput>)]
    delivery_fee: Option<Money>,
    /// Default 0.
    #[schema(value_type = Option<DecimalInput>)]
    delivery_fee_tax_rate: Option<Percentage>,
    /// For production and delivery.
    #[schema(max_length = 2000)]
    special_instructions: Option<String>,
    /// For the house only.
    #[schema(max_length = 2000)]
    internal_notes: Option<String>,
    /// How the customer wants to hear of this order. Default: the customer's.
    communication: Option<CommunicationSchema>,
}

/// How an order is paid.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PaymentMethodWord {
    /// In cash.
    Cash,
    /// By card.
    Card,
    /// By bank transfer.
    BankTransfer,
    /// On the customer's account.
    Account,
}

/// Where an order stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OrderStatusWord {
    /// Taken.
    Pending,
    /// Agreed.
    Confirmed,
    /// Waiting for a decision.
    OnHold,
    /// Being made.
    InProduction,
    /// Made.
    Ready,
    /// On its way.
    OutForDelivery,
    /// With the customer.
    Delivered,
    /// Not delivered.
    Failed,
    /// Called off.
    Cancelled,
}

impl FromFields for NewOrder {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let customer_id = f.required("customer_id", parse::uuid);
        let order_type = f.or("order_type", OrderType::Standard, parse::word(OrderType::parse));
        let priority = f.or("priority", Priority::Normal, parse::word(Priority::parse));
        let source = f.or("source", Source::Api, parse::word(Source::parse));
        let sales_channel = f.or(
            "sales_channel",
            SalesChannel::Direct,
            parse::word(SalesChannel::parse),
        );
        let payment_method = f.optional("payment_method", parse::word(PaymentMethod::parse));
        let delivery_method = f.optional("delivery_method", parse::word(DeliveryMethod::parse));
        let delivery_address = f.optional("delivery_address", object);
        let requested_delivery_at = f.required("requested_delivery_at", parse::instant);
        let delivery_window_end: Option<Option<DateTime<Utc>>> =
            f.optional("delivery_window_end", parse::instant);
        let items = f.required("items", parse::list(1..=usize::MAX, object));
        let discount = read_discount(f);
        let delivery_fee = f.or("delivery_fee", Money::ZERO, parse::money);
        let delivery_fee_tax_rate = f.or("delivery_fee_tax_rate", Percentage::ZERO, parse::percentage);
        let special_instructions = f.optional("special_instructions", parse::text(2000));
        let internal_notes = f.optional("internal_notes", parse::text(2000));
        let communication = f.optional("communication", object);
        Some(Self {
            customer_id: customer_id?,
            order_type: order_type?,
            priority: priority?,
            source: source?,
            sales_channel: sales_channel?,
            payment_method: payment_method?,
            delivery_method: delivery_method?,
            delivery_address: delivery_address?,
            requested_delivery_at: requested_delivery_at?,
            delivery_window_end: delivery_window_end?,
            items: items?,
            discount: discount?,
            delivery_fee: delivery_fee?,
            delivery_fee_tax_rate: delivery_fee_tax_rate?,
            special_instructions: special_instructions?,
            internal_notes: internal_notes?,
            communication: communication?,
        })
    }
}

/// Body of `PUT /orders/{order_id}/status`.
#[derive(ToSchema)]
#[schema(as = StatusMove)]
#[expect(dead_code, reason = "only its schema is used; reading is done by StatusMove")]
pub struct StatusMoveSchema {
    /// The status the order should have.
    #[schema(value_type = OrderStatusWord)]
    status: OrderStatus,
    /// Why; some moves need one.
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// Anything to remember.
    #[schema(max_length = 1000)]
    note: Option<String>,
    /// Whether the customer is told. Default true.
    notify_customer: Option<bool>,
}

impl FromFields for StatusMove {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let status = f.required("status", parse::word(OrderStatus::parse));
        let reason = f.optional("reason", parse::text(500));
        let note = f.optional("note", parse::text(1000));
        let notify_customer = f.or("notify_customer", true, parse::boolean);
        Some(Self {
            status: status?,
            reason: reason?,
            note: note?,
            notify_customer: notify_customer?,
        })
    }
}
