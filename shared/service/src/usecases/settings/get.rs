//! Reading a tenant's settings as they stand, past every cache.

use super::{SettingsState, state};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;

/// Every setting with its value and where that comes from (D13).
///
/// # Errors
/// 503 when the table does not answer.
pub async fn get(app: &App, access: &Access) -> Result<SettingsState, Problem> {
    let record = app.tenant_store(access).settings().await?;
    Ok(state(app, access, record).await?)
}
