//! Bodies of `POST /orders` and `PUT /orders/{order_id}/status`.

use chrono::{DateTime, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::{DeliveryMethod, OrderStatus};
use orders_domain::payments::PaymentMethod;
use orders_domain::pricing::Discount;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::dto::common::{AddressView, DecimalInput};
use crate::http::dto::customers::DeliveryMethodWord;
use crate::http::fields::{Fields, FromFields, object};
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::usecases::orders::create::{NewLine, NewOrder};
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
}

/// One line of `POST /orders`.
#[derive(ToSchema)]
#[schema(as = NewOrderItem)]
#[expect(dead_code, reason = "only its schema is used; reading is done by NewLine")]
pub struct NewOrderItemSchema {
    /// The product; it need not be in the catalog when a price is given.
    #[schema(max_length = 64, pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    product_id: String,
    /// Default: the catalog's.
    #[schema(max_length = 200)]
    product_name: Option<String>,
    /// Article number.
    #[schema(max_length = 64)]
    sku: Option<String>,
    /// Default: the catalog's.
    #[schema(max_length = 100)]
    category: Option<String>,
    /// Default: the catalog's.
    #[schema(max_length = 20)]
    unit: Option<String>,
    /// How much, more than 0, up to 3 decimals.
    #[schema(value_type = DecimalInput)]
    quantity: String,
    /// Price per unit, up to 4 decimals. Default: the catalog's.
    #[schema(value_type = Option<DecimalInput>)]
    unit_price: Option<String>,
    /// Discount on the line in percent; not together with `discount_amount`.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<String>,
    /// Discount on the line as an amount; not together with `discount_percentage`.
    #[schema(value_type = Option<DecimalInput>)]
    discount_amount: Option<String>,
    /// Tax rate in percent. Default 0.
    #[schema(value_type = Option<DecimalInput>)]
    tax_rate: Option<String>,
    /// Cost per unit. Default: the catalog's.
    #[schema(value_type = Option<DecimalInput>)]
    unit_cost: Option<String>,
    /// What is made differently.
    #[schema(max_length = 1000)]
    customization: Option<String>,
    /// For production.
    #[schema(max_length = 1000)]
    special_instructions: Option<String>,
    /// Default: the catalog's.
    #[schema(max_items = 30)]
    allergens: Option<Vec<String>>,
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
        let discount = discount(f);
        let delivery_fee = f.or("delivery_fee", Money::ZERO, parse::money);
        let delivery_fee_tax_rate = f.or("delivery_fee_tax_rate", Percentage::ZERO, parse::percentage);
        let special_instructions = f.optional("special_instructions", parse::text(2000));
        let internal_notes = f.optional("internal_notes", parse::text(2000));
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
        })
    }
}

impl FromFields for NewLine {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let product_id = f.required("product_id", parse::catalog_id);
        let product_name = f.optional("product_name", parse::text(200));
        let sku = f.optional("sku", parse::text(64));
        let category = f.optional("category", parse::text(100));
        let unit = f.optional("unit", parse::text(20));
        let quantity = f.required("quantity", parse::quantity);
        let unit_price = f.optional("unit_price", parse::unit_price);
        let discount = discount(f);
        let tax_rate = f.or("tax_rate", Percentage::ZERO, parse::percentage);
        let unit_cost = f.optional("unit_cost", parse::unit_price);
        let customization = f.optional("customization", parse::text(1000));
        let special_instructions = f.optional("special_instructions", parse::text(1000));
        let allergens = f.optional("allergens", parse::list(0..=30, parse::text(60)));
        Some(Self {
            product_id: product_id?,
            product_name: product_name?,
            sku: sku?,
            category: category?,
            unit: unit?,
            quantity: quantity?,
            unit_price: unit_price?,
            discount: discount?,
            tax_rate: tax_rate?,
            unit_cost: unit_cost?,
            customization: customization?,
            special_instructions: special_instructions?,
            allergens: allergens?,
        })
    }
}

/// A percentage or an amount, not both (D20).
fn discount(f: &mut Fields<'_>) -> Option<Discount> {
    let percentage = f.optional("discount_percentage", parse::percentage);
    let amount = f.optional("discount_amount", parse::money);
    match (percentage?, amount?) {
        (None, None) => Some(Discount::None),
        (Some(percentage), None) => Some(Discount::Percentage(percentage)),
        (None, Some(amount)) => Some(Discount::Amount(amount)),
        (Some(_), Some(_)) => f.at("discount_amount").fault(
            ProblemCode::InvalidValue,
            "Send discount_percentage or discount_amount, not both.",
        ),
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
