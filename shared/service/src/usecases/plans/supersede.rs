//! One draft of a type and local date: the newest unedited one; the others give way (D69).

use super::{around, created_between};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys;
use crate::store::plans::{Plan, PlanInIndex};
use crate::words::PlanStatus;

/// Cancels every unedited draft but the newest, which may be another than the one that has just become draft: plans leave
/// the queue in any order. Doing it again changes nothing. A draft that somebody changes at the same moment stays: it is not
/// unedited any more.
pub(super) async fn supersede_older_drafts(app: &App, access: &Access, plan: &Plan) -> Result<(), Problem> {
    let store = app.tenant_store(access);
    let (from, to) = around(plan.body.local_date);
    let found = created_between(store, from, to).await?;
    let mut drafts = Vec::new();
    for id in found
        .iter()
        .filter(|other| may_be_draft(other, plan))
        .filter_map(PlanInIndex::id)
    {
        let read = store.get::<Plan>(&keys::plan(access.tenant(), id)).await?;
        drafts.extend(read.filter(|other| is_draft_beside(other, plan)));
    }
    drafts.sort_by_key(|draft| (draft.row.created_at, draft.id));
    let Some(newest) = drafts.pop() else {
        return Ok(());
    };
    for mut older in drafts.into_iter().filter(|draft| !draft.body.edited) {
        let read = older.version;
        older.change_status(
            PlanStatus::Cancelled,
            access.actor(),
            app.now(),
            app.ids().fresh(),
        );
        older.body.superseded_by = Some(newest.id);
        store.replace(&older, read).await?;
    }
    Ok(())
}

/// An index may be a moment behind, so a plan that it shows as calculating is looked at, too.
fn may_be_draft(other: &PlanInIndex, plan: &Plan) -> bool {
    other.r.plan_type == plan.row.plan_type
        && matches!(other.r.status, PlanStatus::Calculating | PlanStatus::Draft)
}

fn is_draft_beside(other: &Plan, plan: &Plan) -> bool {
    other.row.status == PlanStatus::Draft && other.body.local_date == plan.body.local_date
}
