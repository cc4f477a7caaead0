//! `GET /settings`

use crate::app::App;
use crate::http::dto::settings::SettingsView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::settings::get::get;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::GET_SETTINGS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let state = get(app, &call.access).await?;
    let view = SettingsView::of(call.access.tenant(), &state);
    Ok(Reply::ok(&view).version(state.version()))
}
