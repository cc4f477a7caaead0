//! Erasing a customer's personal data (D34). It may stop anywhere and be run again: each step looks at what is there.
//!
//! 1. The customer is marked, which also makes it inactive: from now on it takes no order.
//! 2. Its orders are looked at once more. One that is still open takes the mark back.
//! 3. Personal data goes from every order, each in a write of its own. From the first of them on there is no way back.
//! 4. The customer becomes an empty record, and its e-mail and code are free, in one transaction.
//! 5. Orders that were on their way while it was marked are looked for. Reconcile does so again for two days.

mod context;
mod customer;
mod open_orders;
mod orders;
mod scrub;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use self::orders::{Extent, sweep};
use super::version;
use crate::app::App;
use crate::auth::Grant;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::customers::Customer;
use crate::store::{Replaced, keys};

/// How long one run goes on: what is left then is for the next. Well under the time a function has.
const BUDGET: TimeDelta = TimeDelta::seconds(7);

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// The customer.
    pub customer_id: Uuid,
    /// When its own data was erased; none while its orders come first.
    pub erased_at: Option<DateTime<Utc>>,
    /// Orders that this run took personal data out of.
    pub orders_scrubbed: u64,
    /// Whether nothing is left.
    pub complete: bool,
    /// Whether this run emptied the customer.
    pub ended_now: bool,
}

/// Erases a customer's personal data, or goes on with it. On an erased customer it looks at all orders again.
///
/// # Errors
/// 404; 412; 409 `customer-has-open-orders` with `open_orders`; 409 `version-conflict`.
pub async fn erase(app: &App, grant: &Grant, id: Uuid, if_match: Option<u64>) -> Result<Erasure, Problem> {
    let deadline = app.now() + BUDGET;
    for _ in 0..version::ATTEMPTS {
        let customer = read(app, grant, id).await?;
        if customer.is_leaving() {
            return resume(app, grant, customer, Extent::All, deadline).await;
        }
        check_if_match(if_match, customer.version)?;
        refuse_open_orders(app, grant, id).await?;
        let marked = customer::marked(app, grant, &customer);
        if let Replaced::Stale(_) = customer::write(app, grant, &customer, &marked).await? {
            continue;
        }
        if let Err(problem) = refuse_open_orders(app, grant, id).await {
            take_back(app, grant, marked).await?;
            return Err(problem);
        }
        return finish(app, grant, marked, deadline).await;
    }
    Err(version::conflict())
}

/// Goes on with an erasure that has begun, or looks for orders that came late to one that is done: what reconcile does.
///
/// # Errors
/// 404; 409 `customer-has-open-orders`, after which the erasure is off.
pub async fn go_on(app: &App, grant: &Grant, id: Uuid) -> Result<Erasure, Problem> {
    let deadline = app.now() + BUDGET;
    let customer = read(app, grant, id).await?;
    if customer.is_leaving() {
        resume(app, grant, customer, Extent::Named, deadline).await
    } else {
        // It was taken back meanwhile.
        Ok(erasure(&customer, 0, true))
    }
}

async fn resume(
    app: &App,
    grant: &Grant,
    customer: Customer,
    extent: Extent,
    deadline: DateTime<Utc>,
) -> Result<Erasure, Problem> {
    if customer.body.erased_at.is_some() {
        let swept = sweep(app, grant, customer.id, extent, deadline).await?;
        return Ok(erasure(&customer, swept.scrubbed, swept.complete));
    }
    // Whoever marked the customer may have ended before it looked again.
    if !orders::scrubbing_has_begun(app, grant, customer.id).await?
        && let Err(problem) = refuse_open_orders(app, grant, customer.id).await
    {
        take_back(app, grant, customer).await?;
        return Err(problem);
    }
    finish(app, grant, customer, deadline).await
}

/// Steps 3 to 5.
async fn finish(
    app: &App,
    grant: &Grant,
    marked: Customer,
    deadline: DateTime<Utc>,
) -> Result<Erasure, Problem> {
    let id = marked.id;
    let swept = sweep(app, grant, id, Extent::Named, deadline).await?;
    if !swept.complete {
        return Ok(erasure(&marked, swept.scrubbed, false));
    }
    let emptied = empty(app, grant, marked).await?;
    let late = sweep(app, grant, id, Extent::Named, deadline).await?;
    let orders_scrubbed = swept.scrubbed + late.scrubbed;
    tracing::info!(customer_id = %id, orders_scrubbed, "customer erased");
    let ended = erasure(&emptied, orders_scrubbed, late.complete);
    Ok(Erasure {
        ended_now: true,
        ..ended
    })
}

async fn empty(app: &App, grant: &Grant, mut read: Customer) -> Result<Customer, Problem> {
    for _ in 0..version::ATTEMPTS {
        let emptied = customer::emptied(app, grant, &read);
        match customer::write(app, grant, &read, &emptied).await? {
            Replaced::Now => return Ok(emptied),
            // Somebody else has brought the same erasure to its end.
            Replaced::Stale(Some(current)) if current.body.erased_at.is_some() => return Ok(*current),
            Replaced::Stale(Some(current)) => read = *current,
            Replaced::Stale(None) => return Err(Problem::not_found()),
        }
    }
    Err(version::conflict())
}

/// Whoever has changed the customer meanwhile has taken the mark back, or brought the erasure to its end.
async fn take_back(app: &App, grant: &Grant, marked: Customer) -> Result<(), Problem> {
    let restored = customer::restored(app, grant, &marked);
    customer::write(app, grant, &marked, &restored).await?;
    tracing::info!(customer_id = %marked.id, "erasure taken back");
    Ok(())
}

async fn read(app: &App, grant: &Grant, id: Uuid) -> Result<Customer, Problem> {
    let key = keys::customer(grant.tenant(), id);
    let found = app.tenant_store(grant).get::<Customer>(&key).await?;
    found.ok_or_else(Problem::not_found)
}

async fn refuse_open_orders(app: &App, grant: &Grant, customer: Uuid) -> Result<(), Problem> {
    match open_orders::count(app, grant, customer).await? {
        0 => Ok(()),
        open => Err(Problem::new(
            ProblemCode::CustomerHasOpenOrders,
            "The customer has orders that are neither delivered nor cancelled.",
        )
        .with("open_orders", open)),
    }
}

fn erasure(customer: &Customer, orders_scrubbed: u64, complete: bool) -> Erasure {
    Erasure {
        customer_id: customer.id,
        erased_at: customer.body.erased_at,
        orders_scrubbed,
        complete,
        ended_now: false,
    }
}
