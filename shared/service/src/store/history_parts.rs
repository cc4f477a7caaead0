//! Histories that have grown: the older entries of an order or a customer, and an order's older payments, move to items
//! of their own beside the record (`H#001`, …), in the transaction that writes the record. So a record stays small
//! however long it lives, and nothing of its history is ever missing or there twice.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::customers::{Customer, CustomerChange};
use super::keys::{self, Index, Key, Keys};
use super::orders::{HistoryEntry, Order, Payment};
use super::record::{Item, Record, Versioned, from_item, list_sizes, to_item};
use super::{Query, SortRange, StoreError, TenantStore};
use crate::auth::TenantId;

/// Entries a record may carry, and what they may weigh.
const MOST_ENTRIES: usize = 40;
const MOST_ENTRY_BYTES: usize = 32 * 1024;
/// What it keeps when some move: half, so that the next move is a while away.
const KEPT_ENTRIES: usize = 20;
const KEPT_ENTRY_BYTES: usize = MOST_ENTRY_BYTES / 2;
/// Payments an order may carry, and how many it keeps.
const MOST_PAYMENTS: usize = 50;
const KEPT_PAYMENTS: usize = 25;

/// Parts a record may have: their numbers sort as text. A history beyond that grows in the record until it is too large.
const MOST_PARTS: u32 = 999;

/// A record that carries its history.
pub trait WithHistory: Versioned + Clone {
    /// One entry of it.
    type Entry: Serialize + DeserializeOwned + Send;

    /// The number of an entry, from 1, without gaps.
    fn sequence(entry: &Self::Entry) -> u64;
    /// How many parts stand beside the record.
    fn parts(&self) -> u32;
    /// How many of its payments are to move.
    fn surplus_payments(&self) -> usize {
        0
    }
    /// Takes its oldest entries and payments out, and counts one part more.
    fn take_oldest(&mut self, entries: usize, payments: usize) -> (Vec<Self::Entry>, Vec<Payment>);
}

impl WithHistory for Order {
    type Entry = HistoryEntry;

    fn sequence(entry: &HistoryEntry) -> u64 {
        entry.sequence
    }

    fn parts(&self) -> u32 {
        self.body.history_parts
    }

    fn surplus_payments(&self) -> usize {
        match self.body.payments.len() {
            count if count > MOST_PAYMENTS => count - KEPT_PAYMENTS,
            _ => 0,
        }
    }

    fn take_oldest(&mut self, entries: usize, payments: usize) -> (Vec<HistoryEntry>, Vec<Payment>) {
        let body = &mut self.body;
        body.history_parts += 1;
        body.payments_in_parts += u32::try_from(payments).unwrap_or(u32::MAX);
        (
            body.history.drain(..entries).collect(),
            body.payments.drain(..payments).collect(),
        )
    }
}

impl WithHistory for Customer {
    type Entry = CustomerChange;

    fn sequence(entry: &CustomerChange) -> u64 {
        entry.sequence
    }

    fn parts(&self) -> u32 {
        self.body.history_parts
    }

    fn take_oldest(&mut self, entries: usize, _: usize) -> (Vec<CustomerChange>, Vec<Payment>) {
        self.body.history_parts += 1;
        (self.body.history.drain(..entries).collect(), Vec::new())
    }
}

/// What has moved out of a record, once written never changed but by an erasure (D34).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryPart<E> {
    /// The record's partition.
    pub pk: String,
    /// `H#` and the part's number, from 1.
    pub sk: String,
    /// The stamp of the write that made the part, which is the record's own.
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// Entries, oldest first.
    #[serde(rename = "h", default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<E>,
    /// Payments, oldest first.
    #[serde(rename = "py", default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
}

impl<E: Serialize + DeserializeOwned + Send> Record for HistoryPart<E> {
    const KIND: &'static str = "H";

    fn keys(&self, _: TenantId) -> Keys {
        Keys::only(Key::new(self.pk.clone(), self.sk.clone()))
    }
}

impl<E> HistoryPart<E> {
    /// The part's number, from 1.
    pub fn number(&self) -> u32 {
        self.sk
            .strip_prefix("H#")
            .and_then(|number| number.parse().ok())
            .unwrap_or(0)
    }
}

/// The items a record's next version is written as: its own, and when its history has grown too long, the older part of
/// it. The record that was given keeps all of it: it is what an answer shows.
pub(super) fn items_of<R: WithHistory>(
    tenant: TenantId,
    record: &R,
) -> Result<(Item, Option<Item>), StoreError> {
    let item = to_item(tenant, record)?;
    let entries = surplus_entries(&list_sizes(&item, "b", "h"));
    let payments = record.surplus_payments();
    if (entries == 0 && payments == 0) || record.parts() >= MOST_PARTS {
        return Ok((item, None));
    }
    let mut shorter = record.clone();
    let (entries, payments) = shorter.take_oldest(entries, payments);
    let key = keys::history_part(&record.keys(tenant).primary, shorter.parts());
    let part = HistoryPart {
        pk: key.pk,
        sk: key.sk,
        write_id: record.write_id(),
        entries,
        payments,
    };
    Ok((to_item(tenant, &shorter)?, Some(to_item(tenant, &part)?)))
}

/// How many entries move: none while they are few and light; else all but the newest, of which at least one stays,
/// since the next entry is numbered after it.
fn surplus_entries(sizes: &[usize]) -> usize {
    if sizes.len() <= MOST_ENTRIES && sizes.iter().sum::<usize>() <= MOST_ENTRY_BYTES {
        return 0;
    }
    let mut bytes = 0;
    let newest = sizes.iter().rev().take(KEPT_ENTRIES).take_while(|size| {
        bytes += **size;
        bytes <= KEPT_ENTRY_BYTES
    });
    sizes.len() - newest.count().clamp(1, sizes.len())
}

impl TenantStore<'_> {
    /// The parts that stand beside a record from a number on, in order, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn history_parts<R: WithHistory>(
        &self,
        record: &Key,
        from: u32,
    ) -> Result<Vec<HistoryPart<R::Entry>>, StoreError> {
        let items = self.query_all(parts_query(record, from)).await?.into_iter();
        items.map(from_item).collect()
    }

    /// The entries that stand in parts from a number on, oldest first, each with its part's number: enough parts for
    /// `wanted` of them after a sequence, no more.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn entries_in_parts<R: WithHistory>(
        &self,
        record: &Key,
        from: u32,
        after: u64,
        wanted: usize,
    ) -> Result<Vec<(u32, R::Entry)>, StoreError> {
        let mut found = Vec::new();
        // A part has seldom fewer entries than a record keeps; the first one may hold what was seen before.
        let parts = wanted.div_ceil(KEPT_ENTRIES) + 1;
        let mut query = Query {
            limit: i32::try_from(parts).ok(),
            ..parts_query(record, from)
        };
        loop {
            let page = self.query(query.clone()).await?;
            for item in page.items {
                let part: HistoryPart<R::Entry> = from_item(item)?;
                let number = part.number();
                let entries = part.entries.into_iter();
                found.extend(
                    entries
                        .filter(|entry| R::sequence(entry) > after)
                        .map(|entry| (number, entry)),
                );
            }
            match page.next {
                Some(next) if found.len() < wanted => query.start = Some(next),
                _ => return Ok(found),
            }
        }
    }
}

fn parts_query(record: &Key, from: u32) -> Query {
    // The ASCII after '#': above every number, of however many digits.
    let range = SortRange::Between(keys::history_part(record, from).sk, "H$".into());
    Query {
        range,
        ..Query::all(Index::Primary, record.pk.clone())
    }
}

#[cfg(test)]
mod tests;
