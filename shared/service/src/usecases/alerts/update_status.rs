//! Acknowledging, resolving and dismissing alerts (D42).

use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::alerts::Alert;
use crate::store::keys;
use crate::words::AlertStatus;

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// A move that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertMove {
    /// The status the alert should have.
    pub status: AlertStatus,
    /// What was found or done.
    pub note: Option<String>,
}

/// Moves an alert; the same status again changes nothing.
///
/// # Errors
/// 404, 412, 409 `invalid-status-transition`, 409 `version-conflict`.
pub async fn update_status(
    app: &App,
    access: &Access,
    id: Uuid,
    asked: &AlertMove,
    if_match: Option<u64>,
) -> Result<Alert, Problem> {
    let store = app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        let found = store.get::<Alert>(&keys::alert(access.tenant(), id)).await?;
        let alert = found.ok_or_else(Problem::not_found)?;
        check_if_match(if_match, alert.version)?;
        if alert.row.status == asked.status {
            return Ok(alert);
        }
        judge(alert.row.status, asked.status)?;
        let next = moved(app, access, &alert, asked);
        if store.close_or_acknowledge(&next, alert.version).await? {
            return Ok(next);
        }
    }
    Err(Problem::new(
        ProblemCode::VersionConflict,
        "The alert kept changing; try again.",
    ))
}

/// Where an alert may go from a status.
const fn allowed(from: AlertStatus) -> &'static [AlertStatus] {
    match from {
        AlertStatus::Active => &[
            AlertStatus::Acknowledged,
            AlertStatus::Resolved,
            AlertStatus::Dismissed,
        ],
        AlertStatus::Acknowledged => &[AlertStatus::Resolved, AlertStatus::Dismissed],
        AlertStatus::Resolved | AlertStatus::Dismissed => &[],
    }
}

fn judge(from: AlertStatus, to: AlertStatus) -> Result<(), Problem> {
    if allowed(from).contains(&to) {
        return Ok(());
    }
    let words: Vec<_> = allowed(from).iter().map(|status| status.as_str()).collect();
    Err(Problem::new(
        ProblemCode::InvalidStatusTransition,
        format!(
            "An alert that is {} cannot become {}.",
            from.as_str(),
            to.as_str()
        ),
    )
    .with("current", from.as_str())
    .with("requested", to.as_str())
    .with("allowed", words))
}

/// The alert after the move. Who closes an alert that nobody had acknowledged has not acknowledged it: those fields stay
/// empty, so that `seconds_to_acknowledge` means what it says.
fn moved(app: &App, access: &Access, alert: &Alert, asked: &AlertMove) -> Alert {
    let (now, by) = (app.now(), access.actor());
    let mut next = Alert {
        version: alert.version + 1,
        write_id: app.ids().fresh(),
        ..alert.clone()
    };
    let row = &mut next.row;
    row.status = asked.status;
    row.updated_at = now;
    row.updated_by = by.clone();
    if asked.status == AlertStatus::Acknowledged {
        row.acknowledged_at = Some(now);
        row.acknowledged_by = Some(by.user_id.clone());
    } else {
        row.resolved_at = Some(now);
        row.resolved_by = Some(by.user_id.clone());
    }
    if asked.note.is_some() {
        row.resolution_note.clone_from(&asked.note);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_only_goes_forward() {
        // D42
        let mut moves = Vec::new();
        for from in AlertStatus::ALL {
            for to in AlertStatus::ALL {
                if judge(*from, *to).is_ok() {
                    moves.push(format!("{} {}", from.as_str(), to.as_str()));
                }
            }
        }
        assert_eq!(
            moves,
            [
                "active acknowledged",
                "active resolved",
                "active dismissed",
                "acknowledged resolved",
                "acknowledged dismissed",
            ]
        );
    }
}
