//! Whether the audit copy of an order is whole, and whether the order is still what its copy says (§4). It finds changes
//! of the order, its history and the copy itself that were made past the API.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::of_entry;
use crate::auth::TenantId;
use crate::keyring::Keyring;
use crate::store::audit::AuditRow;
use crate::store::history_parts::WithHistory as _;
use crate::store::orders::{AfterChange, HistoryEntry, Order};
use crate::store::relay::Position;
use crate::store::{StoreError, TenantStore, keys};

/// How long an entry may wait for its copy: the relay takes a second, reconcile at most a quarter of an hour.
const PENDING_FOR: TimeDelta = TimeDelta::hours(1);

/// What is wrong. Numbers are sequences.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Rows behind it are there, it is not.
    Gap(u64),
    /// The row does not follow from the one before it.
    Hash(u64),
    /// The row's content is not what its hash was made of, or cannot be read.
    AlteredRow(u64),
    /// The entry was copied once, or long enough ago, and its row is not there.
    RowMissing(u64),
    /// The history says something else than the row, or says nothing.
    HistoryAltered(u64),
    /// The order's current figures, by name, are not those of its last entry.
    FiguresAltered(Vec<&'static str>),
    /// There is no order, whether or not there is an audit copy of it.
    OrderMissing,
    /// The order, or its history, cannot be read.
    Unreadable,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gap(at) => write!(f, "gap at {at}"),
            Self::Hash(at) => write!(f, "hash of {at} does not follow"),
            Self::AlteredRow(at) => write!(f, "altered row {at}"),
            Self::RowMissing(at) => write!(f, "row missing for {at}"),
            Self::HistoryAltered(at) => write!(f, "history altered at {at}"),
            Self::FiguresAltered(names) => write!(f, "figures altered: {}", names.join(", ")),
            Self::OrderMissing => f.write_str("order missing"),
            Self::Unreadable => f.write_str("order unreadable"),
        }
    }
}

/// What was found of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The order.
    pub order_id: Uuid,
    /// Rows of its copy.
    pub rows: usize,
    /// Entries that are not copied yet and need not be.
    pub pending: usize,
    /// What is wrong, each thing once.
    pub faults: Vec<Fault>,
}

/// Everything that is stored about an order, read so that the later part may be newer than the earlier one, never older.
struct Stored {
    position: Position,
    rows: Vec<(String, Option<AuditRow>)>,
    order: Option<Order>,
    history: Vec<HistoryEntry>,
}

/// Verifies one order.
///
/// # Errors
/// When the table does not answer.
pub async fn verify(
    store: TenantStore<'_>,
    keyring: &Keyring,
    order_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Verdict, StoreError> {
    let (rows, read) = match read(store, order_id).await {
        Ok(stored) => (stored.rows.len(), Ok(stored)),
        Err(StoreError::Corrupt(_)) => (0, Err(Fault::Unreadable)),
        Err(other) => return Err(other),
    };
    let (mut faults, pending) = match read {
        Ok(stored) => judge(&stored, store.tenant(), keyring, now)?,
        Err(fault) => (vec![fault], 0),
    };
    faults.sort();
    faults.dedup();
    Ok(Verdict {
        order_id,
        rows,
        pending,
        faults,
    })
}

async fn read(store: TenantStore<'_>, order_id: Uuid) -> Result<Stored, StoreError> {
    let position = store.relay_position(&order_id.to_string()).await?;
    let rows = store.audit_rows(order_id).await?;
    let key = keys::order(store.tenant(), order_id);
    let order = store.get::<Order>(&key).await?;
    let mut history = Vec::new();
    if let Some(order) = &order {
        if order.parts() > 0 {
            let parts = store.history_parts::<Order>(&key, 1).await?;
            history.extend(parts.into_iter().flat_map(|part| part.entries));
        }
        history.extend(order.body.history.iter().cloned());
    }
    Ok(Stored {
        position,
        rows,
        order,
        history,
    })
}

/// The faults, and how many entries are still to be copied.
fn judge(
    stored: &Stored,
    tenant: TenantId,
    keyring: &Keyring,
    now: DateTime<Utc>,
) -> Result<(Vec<Fault>, usize), StoreError> {
    let mut faults = chain_faults(stored, tenant, keyring)?;
    let Some(order) = &stored.order else {
        faults.push(Fault::OrderMissing);
        return Ok((faults, 0));
    };
    let pending = history_faults(stored, order, now, &mut faults);
    let altered = altered_figures(order, stored.history.last());
    if !altered.is_empty() {
        faults.push(Fault::FiguresAltered(altered));
    }
    Ok((faults, pending))
}

/// What the rows say by themselves: each follows from the one before it, and the position knows the last one.
fn chain_faults(stored: &Stored, tenant: TenantId, keyring: &Keyring) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    let (mut expected, mut previous) = (1_u64, Some(String::new()));
    for (key, row) in &stored.rows {
        let sequence = key.parse().unwrap_or(0);
        while expected < sequence {
            faults.push(Fault::Gap(expected));
            // What follows a gap cannot be held against what is not there.
            (expected, previous) = (expected + 1, None);
        }
        expected = sequence + 1;
        let Some(row) = row.as_ref().filter(|row| row.entry.sequence == sequence) else {
            faults.push(Fault::AlteredRow(sequence));
            previous = None;
            continue;
        };
        if row.hash != row.expected_hash(tenant, keyring)? {
            faults.push(Fault::AlteredRow(sequence));
        } else if previous.is_some_and(|previous| previous != row.previous_hash) {
            faults.push(Fault::Hash(sequence));
        }
        if sequence == stored.position.published_to
            && stored
                .position
                .audit_head
                .as_ref()
                .is_some_and(|head| *head != row.hash)
        {
            faults.push(Fault::Hash(sequence));
        }
        previous = Some(row.hash.clone());
    }
    Ok(faults)
}

/// Holds the history against the rows; gives how many entries are still to be copied.
fn history_faults(stored: &Stored, order: &Order, now: DateTime<Utc>, faults: &mut Vec<Fault>) -> usize {
    let row_of = |sequence: u64| {
        let found = stored.rows.iter().find(|(key, _)| key.parse() == Ok(sequence));
        found.map(|(_, row)| row.as_ref())
    };
    let last_row = stored
        .rows
        .last()
        .and_then(|(key, _)| key.parse().ok())
        .unwrap_or(0_u64);
    let mut pending = 0;
    for (entry, sequence) in stored.history.iter().zip(1_u64..) {
        if entry.sequence != sequence {
            faults.push(Fault::HistoryAltered(sequence));
            break;
        }
        match row_of(sequence) {
            Some(Some(row)) if row.entry != of_entry(entry) => {
                // A row that is not what it was proves nothing against the history.
                if !faults.contains(&Fault::AlteredRow(sequence)) {
                    faults.push(Fault::HistoryAltered(sequence));
                }
            }
            Some(_) => {}
            None if sequence < last_row => {}
            None if sequence > stored.position.published_to && now - entry.changed_at <= PENDING_FOR => {
                pending += 1;
            }
            None => faults.push(Fault::RowMissing(sequence)),
        }
    }
    // Entries that were copied, or published, and are gone.
    let last = stored.history.last().map_or(0, |entry| entry.sequence);
    let known = last_row.max(stored.position.published_to);
    faults.extend((last + 1..=known).take(1).map(Fault::HistoryAltered));
    if last != order.version && last >= known {
        faults.push(Fault::FiguresAltered(vec!["version"]));
    }
    pending
}

/// The figures of an order, by name, that are not those its last entry says it was left with.
fn altered_figures(order: &Order, last: Option<&HistoryEntry>) -> Vec<&'static str> {
    let Some(last) = last else {
        return vec!["history"];
    };
    let AfterChange {
        status,
        total_amount,
        balance_due,
        total_quantity,
        delivery_date,
        requested_delivery_at,
        hold_reason,
        payment_status,
        returned_amount,
    } = order.after_change();
    let said = &last.after;
    let mut altered = Vec::new();
    let mut compare = |name, same: bool| {
        if !same {
            altered.push(name);
        }
    };
    compare("status", status == said.status);
    compare("total_amount", total_amount == said.total_amount);
    compare("balance_due", balance_due == said.balance_due);
    compare("total_quantity", total_quantity == said.total_quantity);
    compare("delivery_date", delivery_date == said.delivery_date);
    compare(
        "requested_delivery_at",
        requested_delivery_at == said.requested_delivery_at,
    );
    compare("hold_reason", hold_reason == said.hold_reason);
    compare("returned_amount", returned_amount == said.returned_amount);
    // Only an entry that records a payment says how far the order is paid.
    compare(
        "payment_status",
        said.payment_status
            .is_none_or(|said| payment_status.unwrap_or(order.row.payment_status) == said),
    );
    altered
}
