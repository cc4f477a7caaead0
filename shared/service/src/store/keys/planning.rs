//! Keys of plans with all that stands beside them, of sales history and of forecasts.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Key;
use crate::auth::TenantId;

/// A plan's partition: its header and its requirements.
pub fn plan_partition(tenant: TenantId, id: Uuid) -> String {
    format!("T#{tenant}#PL#{id}")
}

/// A plan's header.
pub fn plan(tenant: TenantId, id: Uuid) -> Key {
    Key::new(plan_partition(tenant, id), "P")
}

/// One requirement of a plan. The computation stands in the key, so that two of them never overwrite each other.
pub fn plan_requirement(tenant: TenantId, plan: Uuid, run: Uuid, ingredient: &str) -> Key {
    Key::new(
        plan_partition(tenant, plan),
        format!("{}{ingredient}", plan_requirements_prefix(run)),
    )
}

/// What the sort keys of a computation's requirements begin with.
pub fn plan_requirements_prefix(run: Uuid) -> String {
    format!("R#{run}#")
}

/// A part of the order lines that a plan's pegs refer to.
pub fn plan_order_lines(tenant: TenantId, plan: Uuid, run: Uuid, part: u32) -> Key {
    Key::new(
        plan_partition(tenant, plan),
        format!("{}{part:04}", plan_order_lines_prefix(run)),
    )
}

/// What the sort keys of a computation's order lines begin with.
pub fn plan_order_lines_prefix(run: Uuid) -> String {
    format!("L#{run}#")
}

/// A part of what a plan is computed from, kept while its computation is interrupted.
pub fn plan_snapshot_part(tenant: TenantId, plan: Uuid, run: Uuid, part: u32) -> Key {
    Key::new(
        plan_partition(tenant, plan),
        format!("{}{part:04}", plan_snapshot_prefix(run)),
    )
}

/// What the sort keys of the parts of a snapshot begin with.
pub fn plan_snapshot_prefix(run: Uuid) -> String {
    format!("S#{run}#")
}

/// A part of the forecasts that a plan was made with.
pub fn plan_forecasts(tenant: TenantId, plan: Uuid, run: Uuid, part: u32) -> Key {
    Key::new(
        plan_partition(tenant, plan),
        format!("{}{part:04}", plan_forecasts_prefix(run)),
    )
}

/// What the sort keys of the forecasts of a computation begin with.
pub fn plan_forecasts_prefix(run: Uuid) -> String {
    format!("F#{run}#")
}

/// Plans by creation (GS1).
pub fn plans_by_creation(tenant: TenantId) -> String {
    format!("T#{tenant}#PL")
}

/// The partition of a tenant's sales history.
pub fn sales_history_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#SH")
}

/// A product's sales by day, one item a month.
pub fn sales_history(tenant: TenantId, product: &str, date: NaiveDate) -> Key {
    Key::new(
        sales_history_partition(tenant),
        format!("{product}#{}", date.format("%Y-%m")),
    )
}

/// The partition of what a tenant's past orders come to, by product and month (D70).
pub fn order_history_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#OH")
}

/// The partition of a tenant's forecasts.
pub fn forecast_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#FC")
}

/// Which forecasts are in force.
pub fn forecast_head(tenant: TenantId) -> Key {
    Key::new(forecast_partition(tenant), "H")
}

/// A part of the forecasts that were made together.
pub fn forecast_part(tenant: TenantId, run: Uuid, part: u32) -> Key {
    Key::new(
        forecast_partition(tenant),
        format!("{}{part:04}", forecast_parts_prefix(run)),
    )
}

/// What the sort keys of the parts of forecasts that were made together begin with.
pub fn forecast_parts_prefix(run: Uuid) -> String {
    format!("P#{run}#")
}

/// Up to which day past orders have been counted as sales history.
pub fn order_history_mark(tenant: TenantId) -> Key {
    Key::new(forecast_partition(tenant), "O")
}
