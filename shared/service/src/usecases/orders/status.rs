//! The service's own status (D91).

use crate::app::App;
use crate::auth::Access;

/// Whether the table answers. A table that does not makes the service degraded, never this answer an error.
pub async fn table_answers(app: &App, _access: &Access) -> bool {
    match app.store().ping().await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(cause = %error, "the table does not answer");
            false
        }
    }
}
