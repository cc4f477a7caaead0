//! Creating an order (D29): reads side by side, then one conditional write with its lines and first history row — in
//! one transaction with the customer's exposure when it is on account. Nothing is published here: the event follows
//! from the stored order.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use orders_domain::alerts::HoldReason;
use orders_domain::catalog::Product;
use orders_domain::credit;
use orders_domain::decimal::{Money, Percentage, Quantity, UnitPrice};
use orders_domain::order_status::{DeliveryMethod, OrderStatus};
use orders_domain::payments::{PaymentMethod, PaymentTerms, due_date, payment_status};
use orders_domain::pricing::{Discount, PricedOrder};
use uuid::Uuid;

use super::rules;
use crate::app::App;
use crate::auth::Access;
use crate::http::idempotency::Identity;
use crate::problem::{Problem, ProblemCode};
use crate::store::catalog::{CatalogEntry, entry_key};
use crate::store::customers::{Credit, Customer};
use crate::store::keys;
use crate::store::order_writes::{ExposureChange, OrderWritten};
use crate::store::orders::{Address, HistoryEntry, Hold, Order, OrderBody, OrderLine, OrderRow};
use crate::usecases::Created;
use crate::words::{HistoryEvent, OrderType, Priority, SalesChannel, Source};

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
}

/// One line of an order to be created.
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
    pub customization: Option<String>,
    pub special_instructions: Option<String>,
    pub allergens: Option<Vec<String>>,
}

/// What the rules need to know besides the request.
pub(super) struct Known {
    pub(super) customer: Option<Customer>,
    pub(super) credit: Credit,
    /// Beside each line, its product in the catalog.
    pub(super) products: Vec<Option<Product>>,
}

/// Creates an order, or finds the one that the same request had made before.
///
/// # Errors
/// 422 that names every faulty field; 503 while orders are not taken.
pub async fn create(
    app: &App,
    access: &Access,
    new: NewOrder,
    identity: Identity,
) -> Result<Created<Order>, Problem> {
    let (store, settings) = (app.tenant_store(access), app.settings(access));
    let order_key = keys::order(access.tenant(), identity.id);
    let customer_key = keys::customer(access.tenant(), new.customer_id);
    let credit_key = keys::customer_credit(access.tenant(), new.customer_id);
    let product_key = |line: &NewLine| entry_key::<Product>(access.tenant(), &line.product_id);
    let mut wanted = vec![order_key.clone(), customer_key.clone(), credit_key.clone()];
    wanted.extend(new.items.iter().take(rules::MOST_LINES).map(product_key));
    let (found, order_number, registered) = tokio::join!(
        store.get_many(&wanted),
        store.next_order_number(app.today(access)),
        store.register()
    );
    registered?;
    let mut found = found?;
    if let Some(before) = found.take::<Order>(&order_key)? {
        return replay(before, &identity);
    }
    if !settings.order_processing_enabled {
        return Err(Problem::new(
            ProblemCode::OrderProcessingDisabled,
            "Orders are not taken at the moment.",
        ));
    }
    let mut products = Vec::with_capacity(new.items.len());
    for line in &new.items {
        let entry = found.item(&product_key(line)).cloned();
        let entry = entry
            .map(crate::store::record::from_item::<CatalogEntry<Product>>)
            .transpose()?;
        products.push(entry.map(|entry| entry.entry));
    }
    let credit = Credit::of(found.item(&credit_key));
    let known = Known {
        customer: found.take(&customer_key)?,
        credit,
        products,
    };
    let (lines, priced) = rules::price(settings, app.now(), &new, &known)?;
    let mut order = build(app, access, &new, &known, lines, priced, order_number?, &identity);
    let hold = first_hold(app, access, &order, &known);
    open(app, access, &mut order, hold);
    store_new(app, access, order, &known, &identity).await
}

async fn store_new(
    app: &App,
    access: &Access,
    mut order: Order,
    known: &Known,
    identity: &Identity,
) -> Result<Created<Order>, Problem> {
    let store = app.tenant_store(access);
    // Twice at most: an order that the limit refuses is stored on hold, and an order on hold has no exposure.
    for _ in 0..2 {
        let exposure = exposure_of(app, access, &order, known);
        match store.insert_order(&order, exposure).await? {
            OrderWritten::Now => return Ok(Created::Now(order)),
            OrderWritten::Other(Some(before)) => return replay(*before, identity),
            OrderWritten::LimitExceeded(_) => {
                open(app, access, &mut order, Some(HoldReason::CreditLimitExceeded));
            }
            OrderWritten::TooLarge => return Err(rules::too_large()),
            OrderWritten::Other(None) => break,
        }
    }
    Err(Problem::unavailable("an order was neither written nor found"))
}

fn replay(before: Order, identity: &Identity) -> Result<Created<Order>, Problem> {
    identity.matches(before.body.body_hash.as_deref())?;
    Ok(Created::Before(before))
}

/// Whether the order must be stored on hold (D31, D32). The credit check here spares a transaction that cannot succeed;
/// the one that counts is the condition of the write.
fn first_hold(app: &App, access: &Access, order: &Order, known: &Known) -> Option<HoldReason> {
    let settings = app.settings(access);
    if order.body.payment_method != PaymentMethod::Account {
        return None;
    }
    if settings.payment_validation_enabled && order.body.payment_terms == PaymentTerms::Immediate {
        return Some(HoldReason::PaymentValidationFailed);
    }
    let limit = credit_limit(app, access, known);
    let fits = credit::fits(known.credit.exposure, order.row.balance_due, limit);
    (!fits).then_some(HoldReason::CreditLimitExceeded)
}

/// The limit that applies: none when the check is off or the customer's credit is unlimited (D31).
fn credit_limit(app: &App, access: &Access, known: &Known) -> Option<Money> {
    let checked = app.settings(access).customer_credit_check_enabled;
    known
        .customer
        .as_ref()
        .filter(|_| checked)
        .and_then(|customer| customer.body.credit_limit)
}

fn exposure_of(app: &App, access: &Access, order: &Order, known: &Known) -> Option<ExposureChange> {
    let delta =
        credit::exposure_contribution(order.row.status, order.body.payment_method, order.row.balance_due);
    let limit = credit_limit(app, access, known);
    Some(ExposureChange {
        customer: order.row.customer_id,
        delta,
        limit,
    })
    .filter(|_| !delta.is_zero())
}

/// Gives the order its first status and history: on hold, pending, or confirmed at once (D26).
fn open(app: &App, access: &Access, order: &mut Order, hold: Option<HoldReason>) {
    let at = order.row.created_at;
    order.row.status = if hold.is_some() {
        OrderStatus::OnHold
    } else {
        OrderStatus::Pending
    };
    order.body.hold = hold.map(|reason| Hold {
        reason,
        since: at,
        note: None,
    });
    order.body.history.clear();
    let mut entry = HistoryEntry {
        sequence: 1,
        event: HistoryEvent::Created,
        from_status: None,
        to_status: order.row.status,
        reason: hold.map(|reason| reason.as_str().to_owned()),
        note: None,
        notify_customer: true,
        changed_by: access.actor().clone(),
        changed_at: at,
        version: 1,
        after: order.after_change(),
    };
    order.body.history.push(entry.clone());
    if hold.is_none() && app.settings(access).auto_approve_orders {
        order.row.status = OrderStatus::Confirmed;
        entry.sequence = 2;
        entry.version = 2;
        entry.event = HistoryEvent::StatusChanged;
        entry.from_status = Some(OrderStatus::Pending);
        entry.to_status = OrderStatus::Confirmed;
        entry.reason = Some("auto_approve_orders".into());
        entry.after = order.after_change();
        order.body.history.push(entry);
    }
    order.version = order.body.history.last().map_or(1, |entry| entry.sequence);
    order.refresh_demand();
}

#[expect(
    clippy::too_many_arguments,
    reason = "everything an order is made of, gathered in one place"
)]
fn build(
    app: &App,
    access: &Access,
    new: &NewOrder,
    known: &Known,
    lines: Vec<OrderLine>,
    priced: PricedOrder,
    order_number: String,
    identity: &Identity,
) -> Order {
    let (settings, now) = (app.settings(access), app.now());
    let customer = known.customer.as_ref();
    let terms = customer.map_or(PaymentTerms::Immediate, |customer| customer.body.payment_terms);
    let on_account = if terms == PaymentTerms::Immediate {
        PaymentMethod::Cash
    } else {
        PaymentMethod::Account
    };
    let delivery_method = rules::delivery_method(new, customer);
    let delivery_date = app.local_date(access, new.requested_delivery_at);
    let window = TimeDelta::hours(i64::from(settings.default_delivery_window_hours));
    let delivery_address = (delivery_method == DeliveryMethod::Delivery)
        .then(|| {
            new.delivery_address
                .clone()
                .or_else(|| customer.and_then(|c| c.body.address.clone()))
        })
        .flatten();
    let mut warnings = Vec::new();
    if delivery_method == DeliveryMethod::Delivery && delivery_address.is_none() {
        warnings.push("No delivery address is known for this delivery.".to_owned());
    }
    let customer_allergens: BTreeSet<String> = customer
        .iter()
        .flat_map(|c| &c.body.allergens)
        .map(|a| a.to_lowercase())
        .collect();
    let order_allergens: BTreeSet<String> = lines
        .iter()
        .flat_map(|line| &line.allergens)
        .map(|a| a.to_lowercase())
        .collect();
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
            payment_status: payment_status(priced.total_amount, Money::ZERO, Money::ZERO, false, false),
            order_type: new.order_type,
            priority: new.priority,
            sales_channel: new.sales_channel,
            delivery_method,
            created_at: now,
            requested_delivery_at: new.requested_delivery_at,
            delivery_date,
            item_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            total_quantity: priced.total_quantity,
            total_amount: priced.total_amount,
            balance_due: priced.total_amount,
        },
        body: OrderBody {
            customer_type: customer.map(|customer| customer.row.customer_type),
            payment_method: new.payment_method.unwrap_or(on_account),
            payment_terms: terms,
            payment_due_date: due_date(delivery_date, terms),
            source: new.source,
            business_model: None,
            delivery_address,
            delivery_window_end: new
                .delivery_window_end
                .unwrap_or(new.requested_delivery_at + window),
            actual_delivery_at: None,
            lines,
            gross_amount: priced.gross_amount,
            line_discount_amount: priced.line_discount_amount,
            subtotal: priced.subtotal,
            discount_percentage: match rules::order_discount(settings, new, customer) {
                Discount::Percentage(percentage) => Some(percentage),
                _ => None,
            },
            discount_amount: priced.discount_amount,
            tax_amount: priced.tax_amount,
            tax_breakdown: priced.tax_breakdown,
            tax_exempt: customer.is_some_and(|customer| customer.body.tax_exempt),
            delivery_fee: priced.delivery_fee,
            delivery_fee_tax_rate: new.delivery_fee_tax_rate,
            returned_amount: Money::ZERO,
            amount_paid: Money::ZERO,
            total_cost: priced.total_cost,
            margin_amount: priced.margin_amount,
            margin_percentage: priced.margin_percentage,
            currency: settings.tenant_currency.clone(),
            special_instructions: new.special_instructions.clone(),
            internal_notes: new.internal_notes.clone(),
            hold: None,
            cancellation: None,
            customer_verified: customer.is_some(),
            // Inventory is not asked yet: the partner client comes with the others.
            availability_checked: false,
            customer_has_special_requirements: customer
                .is_some_and(|c| c.body.special_requirements.is_some()),
            allergens_in_common: customer_allergens
                .intersection(&order_allergens)
                .cloned()
                .collect(),
            warnings,
            body_hash: identity.body_hash.clone(),
            created_by: access.actor().clone(),
            updated_at: now,
            updated_by: access.actor().clone(),
            history: Vec::new(),
        },
        demand: None,
    }
}
