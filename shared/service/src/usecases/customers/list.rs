//! Listing customers by name (§13).

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::Query;
use crate::store::customers::CustomerInIndex;
use crate::store::keys::{self, Index};
use crate::store::record::{Item, from_index};
use crate::usecases::listing::{self, Rows};
use crate::words::CustomerType;

/// Which customers are wanted.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    /// Only active or only inactive ones.
    pub is_active: Option<bool>,
    /// Only of these types; all when empty.
    pub customer_types: Vec<CustomerType>,
}

/// One page of customers, by folded name.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn list(
    app: &App,
    access: &Access,
    filter: &CustomerFilter,
    limit: usize,
    start: Option<Item>,
) -> Result<Rows<CustomerInIndex>, Problem> {
    let query = Query {
        start,
        ..Query::all(Index::Gs1, keys::customers_by_name(access.tenant()))
    };
    let selective = filter.is_active.is_some() || !filter.customer_types.is_empty();
    let keep = |item: Item| {
        let customer: CustomerInIndex = from_index(item)?;
        let wanted = filter
            .is_active
            .is_none_or(|active| active == customer.r.is_active)
            && (filter.customer_types.is_empty()
                || filter.customer_types.contains(&customer.r.customer_type));
        Ok(wanted.then_some(customer))
    };
    Ok(listing::page(app.tenant_store(access), query, limit, selective, keep).await?)
}
