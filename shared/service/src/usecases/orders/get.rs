//! Reading an order.

use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys;
use crate::store::orders::Order;

/// An order, as of now.
///
/// # Errors
/// 404
pub async fn get(app: &App, access: &Access, id: Uuid) -> Result<Order, Problem> {
    let key = keys::order(access.tenant(), id);
    app.tenant_store(access)
        .get(&key)
        .await?
        .ok_or_else(Problem::not_found)
}
