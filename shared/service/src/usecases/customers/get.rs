//! Reading a customer with its credit and metrics.

use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::customer_metrics::CustomerMetrics;
use crate::store::customers::{Credit, Customer};
use crate::store::keys;

/// Where a customer stands: figures that follow from its orders, kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// What it owes (D31).
    pub credit: Credit,
    /// What its orders add up to (D33).
    pub metrics: CustomerMetrics,
}

/// A customer and where it stands, as of now, in one batch.
///
/// # Errors
/// 404
pub async fn get(app: &App, access: &Access, id: Uuid) -> Result<(Customer, Standing), Problem> {
    let tenant = access.tenant();
    let (customer_key, credit_key, metrics_key) = (
        keys::customer(tenant, id),
        keys::customer_credit(tenant, id),
        keys::customer_metrics(tenant, id),
    );
    let mut found = app
        .tenant_store(access)
        .get_many(&[customer_key.clone(), credit_key.clone(), metrics_key.clone()])
        .await?;
    let standing = Standing {
        credit: Credit::of(found.item(&credit_key)),
        metrics: CustomerMetrics::of(found.item(&metrics_key)),
    };
    let customer = found
        .take::<Customer>(&customer_key)?
        .ok_or_else(Problem::not_found)?;
    Ok((customer, standing))
}
