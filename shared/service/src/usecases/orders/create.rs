//! Creating an order (D29): reads side by side, then one conditional write with its lines and first history row, in
//! one transaction with the customer's exposure when it is on account. Nothing is published here: the event follows
//! from the stored order.

use futures_util::FutureExt as _;
use orders_domain::alerts::HoldReason;

pub use super::draft::{NewLine, NewOrder};

use super::availability::{self, Inquiry};
use super::known::{self, Known};
use super::prices::PriceSources;
use super::rules::{self, Faults};
use super::{build, business_model, exposure, figures, get, lines, notices, opening};
use crate::app::App;
use crate::auth::Access;
use crate::http::idempotency::Identity;
use crate::metrics;
use crate::problem::{Problem, ProblemCode};
use crate::store::credit::Credit;
use crate::store::keys;
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{Order, OrderLine};
use crate::usecases::Created;

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
    let (store, tenant) = (app.tenant_store(access), access.tenant());
    let taken = access.settings().order_processing_enabled;
    let mut inquiry = if taken {
        Inquiry::of(app, access, &new.items)
    } else {
        Inquiry::none()
    };
    let order_key = keys::order(tenant, identity.id);
    let customer_keys = known::customer_keys(tenant, new.customer_id);
    let mut wanted = vec![order_key.clone()];
    wanted.extend(customer_keys.iter().cloned());
    wanted.extend(known::product_keys(tenant, &new.items));
    let reads = async {
        tokio::join!(
            store.get_many(&wanted),
            store.next_order_number(app.today(access)),
            store.register(),
            business_model::current(app, access).boxed()
        )
    };
    let (found, order_number, registered, model) = inquiry.beside(reads).await;
    registered?;
    let mut found = found?;
    if let Some(before) = found.take::<Order>(&order_key)? {
        return replay(app, access, before, &identity).await;
    }
    if !taken {
        return Err(Problem::new(
            ProblemCode::OrderProcessingDisabled,
            "Orders are not taken at the moment.",
        ));
    }
    let products = known::products(&found, tenant, &new.items)?;
    let (customer, credit) = known::customer(&mut found, &customer_keys)?;
    let known = Known {
        customer,
        credit,
        products,
    };
    let asked = inquiry.answer().await;
    let lines = checked_lines(app, access, &new, &known, asked)?;
    let mut order = build::build(app, access, &new, &known, lines, order_number?, &identity);
    order.body.business_model = model?;
    notices::note_address(&mut order);
    notices::note_availability(&mut order, asked);
    figures::price(access.settings(), &mut order)?;
    let hold = opening::first_hold(access, &order, known.credit);
    opening::open(access, &mut order, hold);
    store_new(app, access, order, known.credit, &identity).await
}

/// The lines with their unit prices, when nothing speaks against the order.
fn checked_lines(
    app: &App,
    access: &Access,
    new: &NewOrder,
    known: &Known,
    asked: &availability::Asked,
) -> Result<Vec<OrderLine>, Problem> {
    let (settings, customer) = (access.settings(), known.customer.as_ref());
    let mut faults = Faults::default();
    rules::check_lines(settings, &new.items, &mut faults);
    rules::check_discount(settings, new.discount, "", &mut faults);
    rules::check_requested_at(app.now(), new.requested_delivery_at, &mut faults);
    if let Some(ends) = new.delivery_window_end {
        rules::check_window(new.requested_delivery_at, ends, &mut faults);
    }
    let method = build::delivery_method(new, customer);
    rules::check_method(settings, method, &mut faults);
    rules::check_fee(method, new.delivery_fee, &mut faults);
    rules::check_customer(settings, customer, &mut faults);
    availability::check(asked, &new.items, &mut faults);
    let prices = PriceSources::of(app, access, customer, new.requested_delivery_at);
    let lines = lines::lines(&new.items, &known.products, &prices, &mut faults);
    faults.refuse()?;
    Ok(lines)
}

/// How often a new order is written before the caller is told: the limit may change between reading and writing.
const ATTEMPTS: usize = 5;

async fn store_new(
    app: &App,
    access: &Access,
    mut order: Order,
    mut credit: Credit,
    identity: &Identity,
) -> Result<Created<Order>, Problem> {
    let store = app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        let exposure = exposure::of_new(access, &order, credit);
        let hold = match store.insert_order(&order, Some(exposure)).await? {
            OrderWritten::Now => {
                metrics::order_created(app.now(), &order.body.currency, order.row.total_amount);
                return Ok(Created::Now(order));
            }
            OrderWritten::Other(Some(before)) => return replay(app, access, *before, identity).await,
            OrderWritten::LimitExceeded(_) => Some(HoldReason::CreditLimitExceeded),
            OrderWritten::LimitChanged(found) => {
                credit = found;
                opening::first_hold(access, &order, credit)
            }
            OrderWritten::TooLarge => return Err(rules::too_large()),
            OrderWritten::Other(None) => {
                return Err(Problem::unavailable("an order was neither written nor found"));
            }
        };
        // Another write than the one that was refused, so it carries another stamp.
        order.write_id = app.ids().fresh();
        opening::open(access, &mut order, hold);
    }
    Err(exposure::kept_changing())
}

async fn replay(
    app: &App,
    access: &Access,
    before: Order,
    identity: &Identity,
) -> Result<Created<Order>, Problem> {
    identity.matches(before.body.body_hash.as_deref())?;
    get::whole(app, access, before).await.map(Created::Before)
}
