//! The positions of the entities of a walk, read the cheaper way. All of a tenant's positions together are a handful of
//! queries; they grow with its years, though, and what is recent does not. So a first partition tells what all of them
//! would cost.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::messaging::entity::Entity;
use crate::store::keys::RELAY_POSITION_DIGITS;
use crate::store::relay::Position;
use crate::store::{StoreError, TenantStore};

/// What a query reads for half a unit, eventually consistent.
const BYTES_OF_HALF_A_UNIT: usize = 4096;

/// The positions of some entities, by id; one that is not among them has none.
///
/// # Errors
/// [`StoreError`]
pub(super) async fn of(
    store: TenantStore<'_>,
    entities: &[Entity],
) -> Result<HashMap<Uuid, Position>, StoreError> {
    let mut digits = RELAY_POSITION_DIGITS.chars();
    let Some(first) = digits.next().filter(|_| !entities.is_empty()) else {
        return Ok(HashMap::new());
    };
    let partitions = RELAY_POSITION_DIGITS.len();
    if entities.len() * 2 < partitions {
        return by_key(store, entities).await;
    }
    let (mut found, bytes) = store.relay_positions(first).await?;
    if in_bulk(bytes, partitions, entities.len()) {
        let rest = try_join_all(digits.map(|digit| store.relay_positions(digit))).await?;
        found.extend(rest.into_iter().flat_map(|(part, _)| part));
        return Ok(found);
    }
    by_key(store, entities).await
}

/// Whether all partitions, each as large as the first, cost less than a whole unit for each entity.
fn in_bulk(bytes_of_first: usize, partitions: usize, entities: usize) -> bool {
    let half_units = partitions * bytes_of_first.div_ceil(BYTES_OF_HALF_A_UNIT).max(1);
    half_units <= entities * 2
}

async fn by_key(store: TenantStore<'_>, entities: &[Entity]) -> Result<HashMap<Uuid, Position>, StoreError> {
    let keys: Vec<_> = entities.iter().map(Entity::position_key).collect();
    let items = store.get_many(&keys).await?;
    let positions = entities.iter().zip(&keys).filter_map(|(entity, key)| {
        // What does not parse is left out: the relay meets it, and says so.
        Some((entity.id, Position::of(Some(items.item(key)?)).ok()?))
    });
    Ok(positions.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_positions_are_read_while_that_is_cheaper() {
        // Half a unit for each of 16 partitions is what eight single reads cost.
        assert!(in_bulk(100, 16, 8));
        assert!(!in_bulk(100, 16, 7));
        // Years of orders, and only some of them recent.
        assert!(!in_bulk(2_000_000, 16, 3_000));
        assert!(in_bulk(600_000, 16, 3_000));
    }
}
