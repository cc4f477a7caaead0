//! A requirement between the table, which keeps it as the domain wrote it, and the rules about its purchase.

use chrono::NaiveDate;
use orders_domain::decimal::{Quantity, UnitPrice};
use orders_domain::planning::{Requirement, RequirementStatus};
use orders_domain::procurement::{Purchase, PurchaseOutcome};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::store::plans::{PlanRequirement, RequirementProgress};
use crate::words::PlanStatus;

/// What a purchase needs to know of a requirement.
#[derive(Debug, Clone, Deserialize)]
struct Bought {
    status: RequirementStatus,
    order_quantity: Quantity,
    ordered_quantity: Quantity,
    received_quantity: Quantity,
    unit_cost: Option<UnitPrice>,
    expected_receipt_date: Option<NaiveDate>,
}

fn unreadable(error: &serde_json::Error) -> Problem {
    Problem::internal(format!("a stored requirement does not parse: {error}"))
}

/// The requirement in the status that it has in its plan.
pub(super) fn shown(mut requirement: Value, plan: PlanStatus) -> Result<Value, Problem> {
    if let Some(fields) = requirement.as_object_mut() {
        let stored = fields.get("status").cloned().unwrap_or_default();
        let status: RequirementStatus = serde_json::from_value(stored).map_err(|error| unreadable(&error))?;
        fields.insert("status".into(), status.in_plan(plan).as_str().into());
    }
    Ok(requirement)
}

/// The requirement as the domain knows it, without its pegs, in the status that it has in its plan.
pub(super) fn parsed(row: &PlanRequirement, plan: PlanStatus) -> Result<Requirement, Problem> {
    let mut json = shown(row.requirement.clone(), plan)?;
    if let Some(fields) = json.as_object_mut() {
        fields.insert("pegging".into(), Value::Array(Vec::new()));
    }
    serde_json::from_value(json).map_err(|error| unreadable(&error))
}

/// The purchase of a requirement as it stands.
pub(super) fn purchase(row: &PlanRequirement, plan: PlanStatus) -> Result<Purchase, Problem> {
    let bought = Bought::deserialize(&row.requirement).map_err(|error| unreadable(&error))?;
    Ok(Purchase {
        status: bought.status.in_plan(plan),
        order_quantity: bought.order_quantity,
        ordered_quantity: bought.ordered_quantity,
        received_quantity: bought.received_quantity,
        unit_cost: bought.unit_cost,
        expected_receipt_date: bought.expected_receipt_date,
        received_date: row.progress.received_date,
    })
}

/// What the purchase of a requirement says of how its plan went.
pub(super) fn outcome(row: &PlanRequirement, plan: PlanStatus) -> Result<PurchaseOutcome, Problem> {
    let purchase = purchase(row, plan)?;
    Ok(PurchaseOutcome {
        status: purchase.status,
        received_quantity: purchase.received_quantity,
        received_date: purchase.received_date,
        planned_receipt_date: row
            .progress
            .planned_receipt_date
            .or(purchase.expected_receipt_date),
        planned_unit_cost: row.progress.planned_unit_cost.or(purchase.unit_cost),
        unit_cost: purchase.unit_cost,
    })
}

/// The row after a report. What the approved plan said of price and day is kept beside what holds now.
pub(super) fn with_purchase(row: &PlanRequirement, before: &Purchase, after: &Purchase) -> PlanRequirement {
    let mut next = row.clone();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(fields) = next.requirement.as_object_mut() {
            fields.insert(name.into(), value.map_or(Value::Null, Value::String));
        }
    };
    if after.status != before.status {
        set("status", Some(after.status.as_str().to_owned()));
    }
    set("ordered_quantity", Some(after.ordered_quantity.to_string()));
    set("received_quantity", Some(after.received_quantity.to_string()));
    set("unit_cost", after.unit_cost.map(|cost| cost.to_string()));
    set(
        "expected_receipt_date",
        after.expected_receipt_date.map(|date| date.to_string()),
    );
    let progress = &mut next.progress;
    progress.received_date = after.received_date;
    if after.unit_cost != before.unit_cost {
        progress.planned_unit_cost = progress.planned_unit_cost.or(before.unit_cost);
    }
    if after.expected_receipt_date != before.expected_receipt_date {
        let planned = progress.planned_receipt_date;
        progress.planned_receipt_date = planned.or(before.expected_receipt_date);
    }
    next
}

/// The row with a requirement that was edited. What this version does not know of it stays as it is.
pub(super) fn with_requirement(
    row: &PlanRequirement,
    before: &Requirement,
    after: &Requirement,
) -> Result<PlanRequirement, Problem> {
    let fields = |requirement: &Requirement| -> Result<Map<String, Value>, Problem> {
        match serde_json::to_value(requirement) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(Problem::internal("a requirement is no object")),
            Err(error) => Err(Problem::internal(error.to_string())),
        }
    };
    let (before, after) = (fields(before)?, fields(after)?);
    let mut next = row.clone();
    if let Some(stored) = next.requirement.as_object_mut() {
        let changed = after
            .iter()
            .filter(|(name, value)| before.get(*name) != Some(*value));
        stored.extend(changed.map(|(name, value)| (name.clone(), value.clone())));
    }
    next.progress.edited |= before != after;
    Ok(next)
}

/// The names of what differs between two versions of a row, sorted; the note under its own name.
pub(super) fn changed_fields(before: &PlanRequirement, after: &PlanRequirement) -> Vec<String> {
    let (old, new) = (before.requirement.as_object(), after.requirement.as_object());
    let fields = new.into_iter().flatten();
    let mut changed: Vec<String> = fields
        .filter(|(name, value)| old.and_then(|old| old.get(*name)) != Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    let (old, new): (&RequirementProgress, &RequirementProgress) = (&before.progress, &after.progress);
    let beside = [
        ("note", old.note != new.note),
        ("received_date", old.received_date != new.received_date),
    ];
    changed.extend(
        beside
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(name, _)| name.to_owned()),
    );
    changed.sort_unstable();
    changed
}
