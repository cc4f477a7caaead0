//! An order's history, page by page, oldest first (§4).

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::orders::{HistoryEntry, Order};
use crate::store::record::{Item, text};
use crate::store::{keys, s};

/// Where a page ends. Sequences never change, and entries move only from the order to ever later parts, so that a page
/// begun here misses and repeats nothing, whatever was written meanwhile.
#[derive(Debug, Clone, Copy, Default)]
struct Position {
    /// The last sequence that was shown; 0 before the first page.
    sequence: u64,
    /// The first part in which what follows may stand; 0 for all.
    part: u32,
}

impl Position {
    fn of_key(key: &Item) -> Option<Self> {
        Some(Self {
            sequence: text(key, "n")?.parse().ok()?,
            part: text(key, "p")?.parse().ok()?,
        })
    }

    fn key(self) -> Item {
        HashMap::from([
            ("n".to_owned(), s(self.sequence.to_string())),
            ("p".to_owned(), s(self.part.to_string())),
        ])
    }
}

/// A page of an order's history, after the place where the page before ended, and where it ends itself; none on the last.
///
/// # Errors
/// 404
pub async fn history(
    app: &App,
    access: &Access,
    id: Uuid,
    limit: usize,
    start: Option<&Item>,
) -> Result<(Vec<HistoryEntry>, Option<Item>), Problem> {
    let start = start.and_then(Position::of_key).unwrap_or_default();
    let store = app.tenant_store(access);
    let key = keys::order(access.tenant(), id);
    let order: Order = store.get(&key).await?.ok_or_else(Problem::not_found)?;
    let beside = order.body.history_parts + 1;
    let first_inside = order.body.history.first().map_or(1, |entry| entry.sequence);
    // The order is read before its parts: an entry that moves in between is found in both, never in neither.
    let mut entries = BTreeMap::new();
    for entry in order.body.history {
        if entry.sequence > start.sequence {
            entries.insert(entry.sequence, (beside, entry));
        }
    }
    if start.sequence + 1 < first_inside {
        let older = store
            .entries_in_parts::<Order>(&key, start.part, start.sequence, limit)
            .await?;
        for (part, entry) in older {
            entries.insert(entry.sequence, (part, entry));
        }
    }
    let more = entries.len() > limit;
    let page: Vec<_> = entries.into_values().take(limit).collect();
    let next = page.last().filter(|_| more).map(|(part, entry)| {
        let (sequence, part) = (entry.sequence, *part);
        Position { sequence, part }.key()
    });
    Ok((page.into_iter().map(|(_, entry)| entry).collect(), next))
}
