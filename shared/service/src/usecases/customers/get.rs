//! Reading a customer with its credit.

use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::customers::{Credit, Customer};
use crate::store::keys;

/// A customer and its credit, as of now.
///
/// # Errors
/// 404
pub async fn get(app: &App, access: &Access, id: Uuid) -> Result<(Customer, Credit), Problem> {
    let (customer_key, credit_key) = (
        keys::customer(access.tenant(), id),
        keys::customer_credit(access.tenant(), id),
    );
    let mut found = app
        .tenant_store(access)
        .get_many(&[customer_key.clone(), credit_key.clone()])
        .await?;
    let credit = Credit::of(found.item(&credit_key));
    let customer = found
        .take::<Customer>(&customer_key)?
        .ok_or_else(Problem::not_found)?;
    Ok((customer, credit))
}
