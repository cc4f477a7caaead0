//! Every key of the table, built in one place; `docs/data-model.md` lists them with their access patterns and costs.
//!
//! Keys and attribute names are short because every index pays for them. All of a tenant's items begin with its own
//! prefix, so that IAM conditions on leading keys hold.

mod planning;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use planning::*;

use crate::auth::TenantId;

/// The primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }
}

/// The keys of an item: the primary one and its places in the indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The primary key.
    pub primary: Key,
    /// `g1p`, `g1s`
    pub g1: Option<Key>,
    /// `g2p`, `g2s`
    pub g2: Option<Key>,
    /// `g3p`, `g3s`
    pub g3: Option<Key>,
}

impl Keys {
    pub(crate) fn only(primary: Key) -> Self {
        Self {
            primary,
            g1: None,
            g2: None,
            g3: None,
        }
    }
}

/// The indexes, each with its projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// The table itself.
    Primary,
    /// Orders by creation, customers by name, plans and alerts by time.
    Gs1,
    /// Orders by delivery date with their demand, customers by code.
    Gs2,
    /// Orders of a customer, customers by e-mail.
    Gs3,
}

impl Index {
    /// The index's name in the table, none for the table itself.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Primary => None,
            Self::Gs1 => Some("GS1"),
            Self::Gs2 => Some("GS2"),
            Self::Gs3 => Some("GS3"),
        }
    }

    /// The names of its partition and sort key.
    pub const fn attributes(self) -> (&'static str, &'static str) {
        match self {
            Self::Primary => ("pk", "sk"),
            Self::Gs1 => ("g1p", "g1s"),
            Self::Gs2 => ("g2p", "g2s"),
            Self::Gs3 => ("g3p", "g3s"),
        }
    }
}

/// Milliseconds since 1970, padded so that text sorts like time until the year 2286.
pub fn sortable_time(at: DateTime<Utc>) -> String {
    format!("{:013}", at.timestamp_millis())
}

/// An order.
pub fn order(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("T#{tenant}#O#{id}"), "O")
}

/// Orders by creation (GS1).
pub fn orders_by_creation(tenant: TenantId) -> String {
    format!("T#{tenant}#O")
}

/// Orders by delivery date (GS2).
pub fn orders_by_delivery(tenant: TenantId) -> String {
    format!("T#{tenant}#D")
}

/// The place of an order among those of its delivery date.
pub fn delivery_sort(date: NaiveDate, at: DateTime<Utc>, id: Uuid) -> String {
    format!("{date}#{}#{id}", sortable_time(at))
}

/// Orders of a customer (GS3).
pub fn orders_of_customer(tenant: TenantId, customer: Uuid) -> String {
    format!("T#{tenant}#O#C#{customer}")
}

/// A customer.
pub fn customer(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("T#{tenant}#C#{id}"), "C")
}

/// A customer's credit exposure.
pub fn customer_credit(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("T#{tenant}#C#{id}"), "X")
}

/// What a customer's orders add up to (D33).
pub fn customer_metrics(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("T#{tenant}#C#{id}"), "M")
}

/// The set-once mark of a customer's first order.
pub fn customer_first_order(tenant: TenantId, id: Uuid) -> Key {
    Key::new(format!("T#{tenant}#C#{id}"), "F")
}

/// Customers by folded name (GS1).
pub fn customers_by_name(tenant: TenantId) -> String {
    format!("T#{tenant}#CN")
}

/// Customers by folded code (GS2).
pub fn customers_by_code(tenant: TenantId) -> String {
    format!("T#{tenant}#CK")
}

/// Customers by folded e-mail (GS3).
pub fn customers_by_email(tenant: TenantId) -> String {
    format!("T#{tenant}#CE")
}

/// The guard of a unique e-mail, by its keyed hash.
pub fn email_guard(tenant: TenantId, hash: &str) -> Key {
    Key::new(format!("U#{tenant}#E#{hash}"), "U")
}

/// The guard of a unique customer code, by its keyed hash.
pub fn code_guard(tenant: TenantId, hash: &str) -> Key {
    Key::new(format!("U#{tenant}#K#{hash}"), "U")
}

/// The count of customers and the last generated code.
pub fn customer_counter(tenant: TenantId) -> Key {
    Key::new(format!("T#{tenant}#N"), "CUST")
}

/// The number of orders given out on a local date.
pub fn order_counter(tenant: TenantId, date: NaiveDate) -> Key {
    Key::new(format!("T#{tenant}#N"), format!("ORD#{}", date.format("%Y%m%d")))
}

/// The number of plans given out on a local date.
pub fn plan_counter(tenant: TenantId, date: NaiveDate) -> Key {
    Key::new(format!("T#{tenant}#N"), format!("PLAN#{}", date.format("%Y%m%d")))
}

/// What the relay has published of an entity. A tenant's positions stand in few partitions, so that reconcile reads them
/// in bulk. The last digit tells which: ids that are not derived begin with the time, and would all stand in one.
pub fn relay_position(tenant: TenantId, entity: &str) -> Key {
    let digit = entity.chars().next_back().unwrap_or('0');
    Key::new(relay_positions(tenant, digit), entity)
}

/// What the ids of entities end with: a partition of positions for each.
pub const RELAY_POSITION_DIGITS: &str = "0123456789abcdef";

/// The partition of the positions of entities whose id ends with a digit.
pub fn relay_positions(tenant: TenantId, digit: char) -> String {
    format!("T#{tenant}#E#{digit}")
}

/// The partition of an order's audit copy. Its prefix is its own, so that IAM lets nobody change what stands there.
pub fn audit_partition(tenant: TenantId, order: Uuid) -> String {
    format!("A#{tenant}#{order}")
}

/// The audit copy of one entry of an order's history.
pub fn audit_row(tenant: TenantId, order: Uuid, sequence: u64) -> Key {
    Key::new(audit_partition(tenant, order), format!("{sequence:08}"))
}

/// What an order contributes to the rollups. Those of a month stand together, so that a recount reads them in bulk.
pub fn order_gate(tenant: TenantId, placed: NaiveDate, order: Uuid) -> Key {
    Key::new(order_gates(tenant, placed), order.to_string())
}

/// The partition of what the orders placed in a month contribute.
pub fn order_gates(tenant: TenantId, month: NaiveDate) -> String {
    format!("T#{tenant}#G#{}", month.format("%Y-%m"))
}

/// What a customer contributes to the rollups.
pub fn customer_gate(tenant: TenantId, customer: Uuid) -> Key {
    Key::new(customer_gates(tenant), customer.to_string())
}

/// The partition of what customers contribute.
pub fn customer_gates(tenant: TenantId) -> String {
    format!("T#{tenant}#GC")
}

/// The partition of a tenant's rollups.
pub fn rollups(tenant: TenantId) -> String {
    format!("T#{tenant}#DAY")
}

/// What was placed on a day: the sort key, right behind its month's.
pub fn placed_day(date: NaiveDate) -> String {
    format!("c#{date}")
}

/// What became of a month: the sort key, before those of its days.
pub fn month_rollup(date: NaiveDate) -> String {
    format!("c#{}", date.format("%Y-%m"))
}

/// What is still to be delivered on a day: the sort key.
pub fn open_day(date: NaiveDate) -> String {
    format!("o#{date}")
}

/// The sort key of what stands at a tenant at the moment, right behind the open days.
pub const TOTALS: &str = "t";

/// The sort key of the counts of open alerts, behind the totals.
pub const ALERT_COUNTS: &str = "u";

/// The partition of a month's revenue per product (`P`) or customer (`C`), in GS1 by revenue.
pub fn top(tenant: TenantId, kind: char, month: NaiveDate) -> String {
    format!("T#{tenant}#TOP#{kind}#{}", month.format("%Y-%m"))
}

/// The partition of a tenant's catalog.
pub fn catalog_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#I")
}

/// An entry of the catalog; `kind` is `P`, `G` or `S`.
pub fn catalog_entry(tenant: TenantId, kind: &str, id: &str) -> Key {
    Key::new(catalog_partition(tenant), format!("{kind}#{id}"))
}

/// The partition of a tenant's alerts.
pub fn alert_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#L")
}

/// An alert.
pub fn alert(tenant: TenantId, id: Uuid) -> Key {
    Key::new(alert_partition(tenant), id.to_string())
}

/// The pointer to the open alert of a type, subtype and entity.
pub fn open_alert(tenant: TenantId, series: &str) -> Key {
    Key::new(alert_partition(tenant), format!("open#{series}"))
}

/// The mark that a cause has been counted for a series.
pub fn alert_cause(tenant: TenantId, series: &str, cause: &str) -> Key {
    Key::new(alert_partition(tenant), format!("cause#{series}#{cause}"))
}

/// Alerts by time (GS1).
pub fn alerts_by_time(tenant: TenantId) -> String {
    format!("T#{tenant}#L")
}

/// A tenant's settings.
pub fn settings(tenant: TenantId) -> Key {
    Key::new(format!("T#{tenant}#CFG"), "S")
}

/// What a partner was told of an event.
pub fn partner_delivery(tenant: TenantId, event: Uuid, partner: &str) -> Key {
    Key::new(format!("F#{tenant}#{event}"), partner)
}

/// A part of a record's older history, which stands beside the record.
pub fn history_part(record: &Key, number: u32) -> Key {
    Key::new(record.pk.clone(), format!("H#{number:03}"))
}

/// Shards of the registry of tenants: enough that no partition is hot, few enough to walk.
pub const REGISTRY_SHARDS: u8 = 16;

/// The registry entry of a tenant.
pub fn registered_tenant(tenant: TenantId) -> Key {
    let shard = tenant
        .0
        .as_bytes()
        .iter()
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte))
        % REGISTRY_SHARDS;
    Key::new(registry_shard(shard), tenant.to_string())
}

/// A shard of the registry of tenants.
pub fn registry_shard(shard: u8) -> String {
    format!("Z#TEN#{shard:02}")
}
