//! A plan that becomes draft takes the place of older drafts of its type and local date (D69).

use super::{around, created_between};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys;
use crate::store::plans::{Plan, PlanInIndex};
use crate::words::PlanStatus;

/// Cancels the older drafts. Doing it again changes nothing. A draft that somebody changes at the same moment stays:
/// it is not unedited any more.
pub(super) async fn supersede_older_drafts(app: &App, access: &Access, plan: &Plan) -> Result<(), Problem> {
    let store = app.tenant_store(access);
    let (from, to) = around(plan.body.local_date);
    let found = created_between(store, from, to.min(plan.row.created_at)).await?;
    for id in found
        .iter()
        .filter(|other| may_be_older_draft(other, plan))
        .filter_map(PlanInIndex::id)
    {
        let Some(mut other) = store.get::<Plan>(&keys::plan(access.tenant(), id)).await? else {
            continue;
        };
        if !is_older_draft(&other, plan) {
            continue;
        }
        let read = other.version;
        other.change_status(
            PlanStatus::Cancelled,
            access.actor(),
            app.now(),
            app.ids().fresh(),
        );
        other.body.superseded_by = Some(plan.id);
        store.replace(&other, read).await?;
    }
    Ok(())
}

/// An index may be a moment behind, so a plan that it shows as calculating is looked at, too.
fn may_be_older_draft(other: &PlanInIndex, plan: &Plan) -> bool {
    other.r.plan_type == plan.row.plan_type
        && matches!(other.r.status, PlanStatus::Calculating | PlanStatus::Draft)
        && other.id() != Some(plan.id)
}

fn is_older_draft(other: &Plan, plan: &Plan) -> bool {
    other.row.status == PlanStatus::Draft
        && other.body.local_date == plan.body.local_date
        && (other.row.created_at, other.id) < (plan.row.created_at, plan.id)
}
