//! `PATCH /settings`

use crate::app::App;
use crate::http::dto::settings::SettingsView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::settings::update::{SettingsPatch, update};

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::UPDATE_SETTINGS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let patch: SettingsPatch = call.body()?;
    let state = update(app, &call.access, &patch, call.if_match).await?;
    let view = SettingsView::of(call.access.tenant(), &state);
    Ok(Reply::ok(&view).version(state.version()))
}
