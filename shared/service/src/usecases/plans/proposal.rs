//! The purchase proposal of a plan: what to order from whom, line by line.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use orders_domain::decimal::{Money, Quantity};
use orders_domain::planning::{ExceptionCode, PlanError, Requirement, RequirementStatus, purchase_cost};
use orders_domain::procurement::{Delivery, deliveries};
use uuid::Uuid;

use super::{get, purchase};
use crate::app::App;
use crate::auth::Access;
use crate::problem::{Problem, ProblemCode};
use crate::store::plans::{Plan, PlanRequirement};

/// What to order, by supplier.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The plan.
    pub plan: Plan,
    /// By id.
    pub suppliers: Vec<SupplierProposal>,
    /// What nobody offers, by ingredient.
    pub without_supplier: Vec<ProposalLine>,
    /// What it costs as far as prices are known.
    pub total_cost: Money,
}

/// What to order from one supplier.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplierProposal {
    /// The supplier.
    pub supplier_id: String,
    /// Its name.
    pub supplier_name: String,
    /// What it costs as far as prices are known.
    pub total_cost: Money,
    /// By ingredient; never empty.
    pub lines: Vec<ProposalLine>,
}

impl SupplierProposal {
    /// The first day to order something.
    pub fn order_by_date(&self) -> Option<NaiveDate> {
        self.lines
            .iter()
            .filter_map(|line| line.requirement.order_by_date)
            .min()
    }
}

/// One ingredient to order.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalLine {
    /// The requirement, without its pegs, in the status that it has in its plan.
    pub requirement: Requirement,
    /// `order_quantity · unit_cost`; none when nobody names a price.
    pub cost: Option<Money>,
    /// When how much is to come.
    pub deliveries: Vec<Delivery>,
    /// Whether it should have been ordered already.
    pub is_past_due: bool,
    /// What was noted about it.
    pub note: Option<String>,
}

/// What to order by a plan: its requirements of which something is to be bought and which are not cancelled.
///
/// # Errors
/// 404; 409 `plan-not-computed` while it is calculating, and when it failed.
pub async fn proposal(app: &App, access: &Access, id: Uuid) -> Result<Proposal, Problem> {
    let plan = get::find(app, access, id).await?;
    if plan.body.result.is_none() {
        return Err(Problem::new(
            ProblemCode::PlanNotComputed,
            format!(
                "The plan is {}: there is nothing to propose.",
                plan.row.status.as_str()
            ),
        ));
    }
    let rows = match plan.requirements_are_expired(app.now()) {
        true => Vec::new(),
        false => get::requirements(app, access, &plan).await?,
    };
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.extend(line(&plan, row, app.today(access))?);
    }
    lines.sort_by(|left, right| {
        left.requirement
            .ingredient_id
            .cmp(&right.requirement.ingredient_id)
    });
    grouped(plan, lines).map_err(|error| Problem::internal(format!("a purchase proposal: {error}")))
}

/// The line of a requirement; none when nothing is to be ordered of it.
fn line(plan: &Plan, row: PlanRequirement, today: NaiveDate) -> Result<Option<ProposalLine>, Problem> {
    let requirement = purchase::parsed(&row, plan.row.status)?;
    let is_wanted =
        requirement.order_quantity > Quantity::ZERO && requirement.status != RequirementStatus::Cancelled;
    if !is_wanted {
        return Ok(None);
    }
    let progress = row.progress;
    let is_revised = progress.edited || progress.planned_receipt_date.is_some();
    let waits = matches!(
        requirement.status,
        RequirementStatus::Pending | RequirementStatus::Approved
    );
    let is_late = requirement.order_by_date.is_some_and(|date| date < today);
    let was_late = requirement
        .exceptions
        .iter()
        .any(|exception| exception.code == ExceptionCode::PastDue);
    let cost = purchase_cost(requirement.order_quantity, requirement.unit_cost);
    Ok(Some(ProposalLine {
        cost: cost.map_err(|error| Problem::internal(format!("a purchase proposal: {error}")))?,
        deliveries: deliveries(&requirement, is_revised),
        is_past_due: waits && (is_late || (was_late && !progress.edited)),
        note: progress.note,
        requirement,
    }))
}

fn grouped(plan: Plan, lines: Vec<ProposalLine>) -> Result<Proposal, PlanError> {
    let mut by_supplier: BTreeMap<String, SupplierProposal> = BTreeMap::new();
    let mut without_supplier = Vec::new();
    let mut total_cost = Money::ZERO;
    for line in lines {
        let cost = line.cost.unwrap_or(Money::ZERO);
        total_cost = total_cost.checked_add(cost).ok_or(PlanError::Overflow)?;
        let Some(id) = line.requirement.supplier_id.clone() else {
            without_supplier.push(line);
            continue;
        };
        let name = line.requirement.supplier_name.clone();
        let supplier = by_supplier.entry(id.clone()).or_insert_with(|| SupplierProposal {
            supplier_name: name.unwrap_or_else(|| id.clone()),
            supplier_id: id,
            total_cost: Money::ZERO,
            lines: Vec::new(),
        });
        supplier.total_cost = supplier.total_cost.checked_add(cost).ok_or(PlanError::Overflow)?;
        supplier.lines.push(line);
    }
    Ok(Proposal {
        plan,
        suppliers: by_supplier.into_values().collect(),
        without_supplier,
        total_cost,
    })
}
