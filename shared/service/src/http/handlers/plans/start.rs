//! `POST /procurement/plans`

use crate::app::App;
use crate::http::dto::plans::PlanDetailView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::{get, start};

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::START_PLAN, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let identity = call.identity(app)?;
    let (plan, replayed) = start::start(app, &call.access, call.body()?, identity)
        .await?
        .into_parts();
    let (id, version) = (plan.id, plan.version);
    // A replay may find the plan computed: then its exceptions stand with its requirements.
    let found = get::with_requirements(app, &call.access, plan).await?;
    let (view, _) = PlanDetailView::page(call.access.tenant(), found, None)?;
    Ok(Reply::json(202, &view.plan)
        .version(version)
        .location(format!("plans/{id}"))
        .replayed(replayed))
}
