//! Changing a requirement of a plan (D69): before the plan is approved, what it buys; afterwards, what is reported of the
//! purchase. The requirement and the plan's header are written together, so every change is a version of the plan.

use chrono::NaiveDate;
use orders_domain::decimal::{Quantity, UnitPrice};
use orders_domain::planning::{PlannedPurchase, PurchaseTotals, RequirementStatus, purchase_totals};
use orders_domain::procurement::{
    FaultCode, FieldFault, PurchaseReport, ReportError, Revision, RevisionError, allowed_purchase_transitions,
};
use uuid::Uuid;

use super::get::{self, RequirementWithPegs};
use super::purchase::{self, changed_fields};
use super::update_status::kept_changing;
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::store::plans::{Plan, PlanRequirement, RequirementChange};
use crate::store::{Written, keys};

/// How often a lost race is tried again before the caller is told: several people may report on one delivery at once.
const ATTEMPTS: u32 = 12;

/// What is to be changed of a requirement; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of a requirement, under their names"
)]
pub struct RequirementUpdate {
    pub order_quantity: Option<Quantity>,
    pub supplier_id: Option<String>,
    pub order_by_date: Option<NaiveDate>,
    pub expected_receipt_date: Option<NaiveDate>,
    pub status: Option<RequirementStatus>,
    pub ordered_quantity: Option<Quantity>,
    pub received_quantity: Option<Quantity>,
    pub unit_cost: Option<UnitPrice>,
    pub received_date: Option<NaiveDate>,
    /// `Some(None)` takes it away.
    pub note: Option<Option<String>>,
}

impl RequirementUpdate {
    fn revision(&self) -> Revision {
        Revision {
            order_quantity: self.order_quantity,
            supplier_id: self.supplier_id.clone(),
            order_by_date: self.order_by_date,
            expected_receipt_date: self.expected_receipt_date,
        }
    }

    fn report(&self) -> PurchaseReport {
        PurchaseReport {
            status: self.status,
            ordered_quantity: self.ordered_quantity,
            received_quantity: self.received_quantity,
            unit_cost: self.unit_cost,
            expected_receipt_date: self.expected_receipt_date,
            received_date: self.received_date,
        }
    }

    /// What is sent of what only a plan takes that is not approved yet.
    fn edits(&self) -> Vec<&'static str> {
        sent(&[
            ("order_quantity", self.order_quantity.is_some()),
            ("supplier_id", self.supplier_id.is_some()),
            ("order_by_date", self.order_by_date.is_some()),
        ])
    }

    /// What is sent of what only a plan takes whose purchases are under way.
    fn reports(&self) -> Vec<&'static str> {
        sent(&[
            ("status", self.status.is_some()),
            ("ordered_quantity", self.ordered_quantity.is_some()),
            ("received_quantity", self.received_quantity.is_some()),
            ("unit_cost", self.unit_cost.is_some()),
            ("received_date", self.received_date.is_some()),
        ])
    }
}

fn sent(fields: &[(&'static str, bool)]) -> Vec<&'static str> {
    let sent = fields.iter().filter(|(_, sent)| *sent);
    sent.map(|(name, _)| *name).collect()
}

/// A requirement after a change, and the version of the plan that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdatedRequirement {
    /// The requirement.
    pub requirement: RequirementWithPegs,
    /// The plan's version.
    pub plan_version: u64,
}

/// Changes a requirement; what changes nothing leaves no trace.
///
/// # Errors
/// 404 for the plan and for the ingredient in it, 412, 409 `requirement-not-editable`, 409 `invalid-status-transition`, 422
/// that names every field that cannot be taken, 409 `version-conflict`.
pub async fn update_requirement(
    app: &App,
    access: &Access,
    plan_id: Uuid,
    ingredient: &str,
    asked: &RequirementUpdate,
    if_match: Option<u64>,
) -> Result<UpdatedRequirement, Problem> {
    let store = app.tenant_store(access);
    for attempt in 0..ATTEMPTS {
        let plan = get::find(app, access, plan_id).await?;
        let run = plan.body.run.ok_or_else(Problem::not_found)?;
        let key = keys::plan_requirement(access.tenant(), plan.id, run, ingredient);
        let row = store.get::<PlanRequirement>(&key).await?;
        let row = row
            .filter(|_| !plan.requirements_are_expired(app.now()))
            .ok_or_else(Problem::not_found)?;
        check_if_match(if_match, plan.version)?;
        let mut next = changed(app, access, &plan, &row, asked)?;
        if let Some(note) = &asked.note {
            next.progress.note.clone_from(note);
        }
        let changed_fields = changed_fields(&row, &next);
        if changed_fields.is_empty() {
            return answer(app, access, &plan, row).await;
        }
        let mut header = plan.clone();
        if changed_fields
            .iter()
            .any(|name| name == "estimated_cost" || name == "supplier_id")
        {
            count(&mut header, totals(app, access, &plan, &next).await?);
        }
        let change = RequirementChange {
            ingredient_id: ingredient.to_owned(),
            changed_fields,
        };
        header.requirement_changed(change, access.actor(), app.now(), app.ids().fresh());
        match store.write_plan(&header, plan.version, Some(&next)).await? {
            Written::Now => return answer(app, access, &header, next).await,
            Written::Other(None) => return Err(Problem::not_found()),
            Written::Other(Some(_)) => store.pause_after_lost_race(attempt).await,
            Written::Refused(_) | Written::TooLarge => {
                return Err(Problem::internal("a plan's header could not be written"));
            }
        }
    }
    Err(kept_changing())
}

async fn answer(
    app: &App,
    access: &Access,
    plan: &Plan,
    row: PlanRequirement,
) -> Result<UpdatedRequirement, Problem> {
    Ok(UpdatedRequirement {
        requirement: get::with_pegs(app, access, plan, row).await?,
        plan_version: plan.version,
    })
}

/// The row after the change, by what the plan's status takes.
fn changed(
    app: &App,
    access: &Access,
    plan: &Plan,
    row: &PlanRequirement,
    asked: &RequirementUpdate,
) -> Result<PlanRequirement, Problem> {
    let (status, today) = (plan.row.status, app.today(access));
    let (edits, reports) = (asked.edits(), asked.reports());
    if status.is_revisable() && reports.is_empty() {
        let before = purchase::parsed(row, status)?;
        let after = before.revise(&asked.revision(), today).map_err(of_revision)?;
        return purchase::with_requirement(row, &before, &after);
    }
    if status.is_under_way() && edits.is_empty() {
        let before = purchase::purchase(row, status)?;
        let after = before.report(&asked.report(), today, plan.body.local_date);
        return Ok(purchase::with_purchase(row, &before, &after.map_err(of_report)?));
    }
    let (why, fields) = if status.is_revisable() {
        (
            "What is ordered and what comes is reported once the plan is approved.",
            reports,
        )
    } else if status.is_under_way() {
        ("What to buy is edited before the plan is approved.", edits)
    } else {
        (
            "Nothing is bought by this plan any more.",
            [edits, reports].concat(),
        )
    };
    Err(Problem::new(
        ProblemCode::RequirementNotEditable,
        format!("The plan is {}. {why}", status.as_str()),
    )
    .with("plan_status", status.as_str())
    .with("fields", fields))
}

/// What the plan's purchases come to with one requirement as it will be.
async fn totals(
    app: &App,
    access: &Access,
    plan: &Plan,
    changed: &PlanRequirement,
) -> Result<PurchaseTotals, Problem> {
    let rows = get::requirements(app, access, plan).await?;
    let status = plan.row.status;
    let requirements = rows
        .iter()
        .map(|row| match row.ingredient_id == changed.ingredient_id {
            true => purchase::parsed(changed, status),
            false => purchase::parsed(row, status),
        });
    let requirements: Vec<_> = requirements.collect::<Result<_, _>>()?;
    let purchases = requirements.iter().map(|requirement| PlannedPurchase {
        supplier_id: requirement.supplier_id.as_deref(),
        order_quantity: requirement.order_quantity,
        cost: requirement.estimated_cost,
    });
    purchase_totals(purchases).map_err(|_| overflow())
}

fn count(header: &mut Plan, totals: PurchaseTotals) {
    header.row.estimated_cost = Some(totals.estimated_cost);
    if let Some(result) = &mut header.body.result {
        result.supplier_count = totals.supplier_count;
        result.supplier_diversification = totals.supplier_diversification;
    }
}

fn overflow() -> Problem {
    Problem::new(
        ProblemCode::AmountOverflow,
        "What the plan would cost is too large.",
    )
}

fn of_faults(faults: Vec<FieldFault>) -> Problem {
    let errors = faults.into_iter().map(|fault| FieldError {
        pointer: format!("/{}", fault.field),
        code: match fault.code {
            FaultCode::InvalidDate => ProblemCode::InvalidDate,
            FaultCode::InvalidValue => ProblemCode::InvalidValue,
        },
        detail: fault.detail,
    });
    Problem::fields(errors.collect())
}

fn of_revision(error: RevisionError) -> Problem {
    match error {
        RevisionError::Faults(faults) => of_faults(faults),
        RevisionError::Overflow => overflow(),
    }
}

fn of_report(error: ReportError) -> Problem {
    match error {
        ReportError::Faults(faults) => of_faults(faults),
        ReportError::Closed => Problem::new(
            ProblemCode::RequirementNotEditable,
            "The purchase is cancelled; nothing more can be reported of it.",
        ),
        ReportError::IllegalMove { current, requested } => {
            let allowed = allowed_purchase_transitions(current).iter();
            let allowed: Vec<_> = allowed.map(|status| status.as_str()).collect();
            Problem::new(
                ProblemCode::InvalidStatusTransition,
                format!(
                    "A purchase that is {} cannot become {}.",
                    current.as_str(),
                    requested.as_str()
                ),
            )
            .with("current", current.as_str())
            .with("requested", requested.as_str())
            .with("allowed", allowed)
        }
    }
}
