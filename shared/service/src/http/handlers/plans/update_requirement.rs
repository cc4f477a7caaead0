//! `PUT /procurement/plans/{plan_id}/requirements/{ingredient_id}`

use crate::app::App;
use crate::http::dto::plans::RequirementView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::parse::is_catalog_id;
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::plans::update_requirement::{RequirementUpdate, update_requirement};

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::UPDATE_REQUIREMENT, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (id, ingredient) = (call.id("plan_id")?, call.path.get("ingredient_id"));
    if !is_catalog_id(ingredient) {
        return Err(Problem::not_found());
    }
    let asked: RequirementUpdate = call.body()?;
    let updated = update_requirement(app, &call.access, id, ingredient, &asked, call.if_match).await?;
    Ok(Reply::ok(&RequirementView::of(updated.requirement)?).version(updated.plan_version))
}
