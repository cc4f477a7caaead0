//! Verifying every order of a tenant, and every audit copy whose order is gone.

use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::verify::{Verdict, verify};
use crate::app::App;
use crate::auth::{Grant, TenantId};
use crate::messaging::entity::Entity;
use crate::store::keys::{self, Index};
use crate::store::record::text;
use crate::store::{Query, StoreError};

/// Orders verified at a time.
const ORDERS_AT_ONCE: usize = 8;

/// Verifies one order of a tenant, or all of them; hands each verdict over as it comes.
///
/// # Errors
/// When the table does not answer.
pub async fn verify_tenant(
    app: &App,
    tenant: TenantId,
    only: Option<Uuid>,
    mut verdict: impl FnMut(Verdict),
) -> Result<(), StoreError> {
    let grant = Grant::for_background_work(tenant, "verify-audit");
    let store = app.tenant_store(&grant);
    if let Some(order) = only {
        verdict(verify(store, app.keyring(), order, app.now()).await?);
        return Ok(());
    }
    // Positions with an audit hash are those of orders: what is left of an order that is gone.
    let positions = store.all_relay_positions().await?.into_iter();
    let mut unseen: HashSet<Uuid> = positions
        .filter(|(_, position)| position.audit_head.is_some())
        .map(|(id, _)| id)
        .collect();
    let mut query = Query::all(Index::Gs1, keys::orders_by_creation(tenant));
    loop {
        let page = store.query(query.clone()).await?;
        let orders: Vec<_> = page
            .items
            .iter()
            .filter_map(|item| Entity::of_key(text(item, "pk")?, text(item, "sk")?))
            .map(|entity| entity.id)
            .collect();
        for order in &orders {
            unseen.remove(order);
        }
        all(app, &grant, orders, &mut verdict).await?;
        match page.next {
            Some(next) => query.start = Some(next),
            None => break,
        }
    }
    all(app, &grant, unseen.into_iter().collect(), &mut verdict).await
}

async fn all(
    app: &App,
    grant: &Grant,
    orders: Vec<Uuid>,
    verdict: &mut impl FnMut(Verdict),
) -> Result<(), StoreError> {
    let store = app.tenant_store(grant);
    let judged = orders
        .into_iter()
        .map(|order| verify(store, app.keyring(), order, app.now()));
    let mut judged = stream::iter(judged).buffered(ORDERS_AT_ONCE);
    while let Some(found) = judged.next().await {
        verdict(found?);
    }
    Ok(())
}
