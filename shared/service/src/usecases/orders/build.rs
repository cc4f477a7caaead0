//! What a new order is made of: the request, and what is not sent from the customer and the settings (D25). Its figures,
//! status and history come after.

use chrono::{DateTime, TimeDelta, Utc};
use orders_domain::decimal::{Money, Percentage, Quantity};
use orders_domain::order_status::{DeliveryMethod, OrderStatus};
use orders_domain::payments::{PaymentMethod, PaymentStatus, PaymentTerms, due_date};
use orders_domain::pricing::Discount;

use super::draft::NewOrder;
use super::known::Known;
use super::lines::allergens_in_common;
use crate::app::App;
use crate::auth::Access;
use crate::http::idempotency::Identity;
use crate::settings::Settings;
use crate::store::customers::Customer;
use crate::store::orders::{Order, OrderBody, OrderLine, OrderRow};

/// The request's method, else the customer's, else delivery (D25).
pub(super) fn delivery_method(new: &NewOrder, customer: Option<&Customer>) -> DeliveryMethod {
    new.delivery_method
        .or_else(|| customer.and_then(|customer| customer.body.preferred_delivery_method))
        .unwrap_or(DeliveryMethod::Delivery)
}

/// The end of a delivery window that is not given: DEFAULT_DELIVERY_WINDOW_HOURS after its start.
pub(super) fn default_window_end(settings: &Settings, begins: DateTime<Utc>) -> DateTime<Utc> {
    begins + TimeDelta::hours(i64::from(settings.default_delivery_window_hours))
}

/// The discount as it is stored: the request's, else the customer's standing one (D20), which is ignored while discounts
/// are off (D13).
fn order_discount(
    settings: &Settings,
    new: &NewOrder,
    customer: Option<&Customer>,
) -> (Option<Percentage>, Money) {
    match (new.discount, customer) {
        (Discount::Percentage(percentage), _) => (Some(percentage), Money::ZERO),
        (Discount::Amount(amount), _) => (None, amount),
        (Discount::None, Some(customer))
            if settings.discount_enabled && !customer.body.discount_percentage.is_zero() =>
        {
            (Some(customer.body.discount_percentage), Money::ZERO)
        }
        (Discount::None, _) => (None, Money::ZERO),
    }
}

/// A pending order without figures and history.
pub(super) fn build(
    app: &App,
    access: &Access,
    new: &NewOrder,
    known: &Known,
    lines: Vec<OrderLine>,
    order_number: String,
    identity: &Identity,
) -> Order {
    let (settings, now) = (access.settings(), app.now());
    let customer = known.customer.as_ref();
    let terms = customer.map_or(PaymentTerms::Immediate, |customer| customer.body.payment_terms);
    let on_account = if terms == PaymentTerms::Immediate {
        PaymentMethod::Cash
    } else {
        PaymentMethod::Account
    };
    let delivery_method = delivery_method(new, customer);
    let delivery_date = app.local_date(access, new.requested_delivery_at);
    let customers_address = || customer.and_then(|customer| customer.body.address.clone());
    let customers_communication = || customer.and_then(|customer| customer.body.communication.clone());
    let (discount_percentage, discount_amount) = order_discount(settings, new, customer);
    Order {
        id: identity.id,
        version: 1,
        write_id: app.ids().fresh(),
        row: OrderRow {
            order_number,
            customer_id: new.customer_id,
            customer_name: customer
                .map(|customer| customer.row.name.clone())
                .unwrap_or_default(),
            status: OrderStatus::Pending,
            payment_status: PaymentStatus::Pending,
            order_type: new.order_type,
            priority: new.priority,
            sales_channel: new.sales_channel,
            delivery_method,
            created_at: now,
            requested_delivery_at: new.requested_delivery_at,
            delivery_date,
            item_count: 0,
            total_quantity: Quantity::ZERO,
            total_amount: Money::ZERO,
            balance_due: Money::ZERO,
        },
        body: OrderBody {
            customer_type: customer.map(|customer| customer.row.customer_type),
            payment_method: new.payment_method.unwrap_or(on_account),
            payment_terms: terms,
            payment_due_date: due_date(delivery_date, terms),
            source: new.source,
            business_model: None,
            delivery_address: match delivery_method {
                DeliveryMethod::Delivery => new.delivery_address.clone().or_else(customers_address),
                DeliveryMethod::Pickup => None,
            },
            delivery_window_end: new
                .delivery_window_end
                .unwrap_or_else(|| default_window_end(settings, new.requested_delivery_at)),
            actual_delivery_at: None,
            allergens_in_common: allergens_in_common(&lines, customer),
            lines,
            gross_amount: Money::ZERO,
            line_discount_amount: Money::ZERO,
            subtotal: Money::ZERO,
            discount_percentage,
            discount_amount,
            tax_amount: Money::ZERO,
            tax_breakdown: Vec::new(),
            tax_exempt: customer.is_some_and(|customer| customer.body.tax_exempt),
            delivery_fee: new.delivery_fee,
            delivery_fee_tax_rate: new.delivery_fee_tax_rate,
            returned_amount: Money::ZERO,
            amount_paid: Money::ZERO,
            total_cost: None,
            margin_amount: None,
            margin_percentage: None,
            currency: settings.tenant_currency.clone(),
            special_instructions: new.special_instructions.clone(),
            internal_notes: new.internal_notes.clone(),
            communication: new.communication.clone().or_else(customers_communication),
            hold: None,
            cancellation: None,
            customer_verified: customer.is_some(),
            availability_checked: false,
            customer_has_special_requirements: customer
                .is_some_and(|customer| customer.body.special_requirements.is_some()),
            warnings: Vec::new(),
            body_hash: identity.body_hash.clone(),
            created_by: access.actor().clone(),
            updated_at: now,
            updated_by: access.actor().clone(),
            standing_order_id: None,
            payments: Vec::new(),
            refunded: false,
            payments_in_parts: 0,
            history: Vec::new(),
            history_parts: 0,
        },
        demand: None,
        older_payments: Vec::new(),
    }
}
