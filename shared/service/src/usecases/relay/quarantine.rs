//! Quarantine (D43): an entity that no further try can publish is marked beside its position, and somebody is told once.
//! The mark keeps nothing from being tried: a mended record flows at the next change or the next walk of reconcile, which
//! takes the mark away.

use crate::auth::Grant;
use crate::messaging::entity::Entity;
use crate::messaging::{QuarantineMessage, WorkError, Worker};
use crate::metrics;
use crate::store::TenantStore;
use crate::store::relay::{Position, Quarantine};

/// The longest cause that is kept, in characters.
const LONGEST_CAUSE: usize = 200;

/// Marks an entity and tells of it, unless that was done before.
///
/// # Errors
/// When the message is not taken or the mark cannot be set: then the entity has to be handed out again.
pub async fn quarantine(worker: &Worker, entity: Entity, error: &WorkError) -> Result<(), WorkError> {
    let grant = Grant::for_background_work(entity.tenant, worker.name);
    let store = worker.app.tenant_store(&grant);
    let (name, now) = (entity.name(), worker.app.now());
    let cause: String = error.cause.chars().take(LONGEST_CAUSE).collect();
    let item = store
        .get_item(&entity.position_key())
        .await
        .map_err(never_poison)?;
    let marked = item.as_ref().and_then(Quarantine::of);
    if marked.is_none() {
        // The message comes before the mark: told twice after a crash is better than never.
        let message = QuarantineMessage {
            tenant_id: entity.tenant.0,
            entity_kind: entity.kind.as_str().to_owned(),
            entity_id: entity.id,
            // A position that cannot be read may be what stands in the way.
            published_to: Position::of(item.as_ref()).map_or(0, |position| position.published_to),
            cause: cause.clone(),
            quarantined_at: now,
        };
        let told = worker.bus.quarantine(&message).await;
        told.map_err(|error| WorkError::transient(error.to_string()))?;
        tracing::error!(
            entity = name,
            kind = message.entity_kind,
            cause,
            "entity quarantined"
        );
        metrics::emit_value(worker.name, now, "Quarantined", 1);
    }
    if marked.is_none_or(|mark| mark.cause != cause) {
        let done = store.quarantine_entity(&name, now, &cause).await;
        done.map_err(never_poison)?;
    }
    Ok(())
}

/// A table that refuses the mark itself must not make the stream forget the entity.
fn never_poison(error: crate::store::StoreError) -> WorkError {
    WorkError::transient(error.to_string())
}

/// Takes the mark away from an entity that is published.
///
/// # Errors
/// When the table does not answer; then the next walk does it.
pub(super) async fn release(
    worker: &Worker,
    store: TenantStore<'_>,
    entity: Entity,
) -> Result<(), WorkError> {
    let name = entity.name();
    store.release_entity(&name).await?;
    tracing::info!(entity = name, "entity released from quarantine");
    metrics::emit_value(worker.name, worker.app.now(), "Released", 1);
    Ok(())
}
