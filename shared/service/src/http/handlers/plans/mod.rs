//! `/procurement/plans`

pub mod get;
pub mod list;
pub mod proposal;
pub mod simulate;
pub mod start;
pub mod update_requirement;
pub mod update_status;

use std::collections::HashMap;

use crate::app::App;
use crate::http::dto::plans::PlanDetailView;
use crate::http::endpoint::Call;
use crate::http::page;
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::store::record::text;
use crate::store::s;
use crate::usecases::plans::get::PlanWithRequirements;

/// What a cursor of a plan's requirements names: the ingredient behind which they go on.
const AFTER: &str = "ingredient_id";

/// The answer that shows a whole plan, its requirements in pages where they are too many for one.
fn whole(app: &App, call: &Call, found: PlanWithRequirements) -> Result<Reply, Problem> {
    let after = page::start(app, call)?;
    let after = after.as_ref().and_then(|key| text(key, AFTER));
    let version = found.plan.version;
    let (mut view, last) = PlanDetailView::page(call.access.tenant(), found, after)?;
    let last = last.map(|id| HashMap::from([(AFTER.to_owned(), s(id))]));
    // Whatever was asked: the rest is read with the plan.
    view.requirements_next_cursor = page::next_cursor_on(app, call, &routes::GET_PLAN, last.as_ref())?;
    Ok(Reply::ok(&view).version(version))
}
