//! `PUT /alerts/{alert_id}/status`

use crate::app::App;
use crate::http::dto::alerts::AlertView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::alerts::update_status::{AlertMove, update_status};

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::UPDATE_ALERT_STATUS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (id, asked): (_, AlertMove) = (call.id("alert_id")?, call.body()?);
    let alert = update_status(app, &call.access, id, &asked, call.if_match).await?;
    let view = AlertView::of(call.access.tenant(), alert.id, alert.version, &alert.row);
    Ok(Reply::ok(&view).version(alert.version))
}
