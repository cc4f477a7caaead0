//! Counting a cause (D42): once however often it is delivered, in the open alert of its series or in a new one.

use chrono::{DateTime, Utc};
use orders_domain::alerts::AlertDraft;
use uuid::Uuid;

use super::raise::Occurrence;
use crate::auth::{Access, Actor};
use crate::keyring::derived_id;
use crate::messaging::{WorkError, Worker};
use crate::metrics;
use crate::store::alerts::{Alert, AlertRow, CauseOutcome};
use crate::store::keys;
use crate::words::AlertStatus;

/// Races with other workers that are run again before the message goes back to the queue.
const ATTEMPTS: usize = 8;

/// Counts an occurrence and gives the alert it is counted in.
///
/// # Errors
/// When the table does not answer, or other workers keep changing the alert.
pub(super) async fn count(
    worker: &Worker,
    access: &Access,
    occurrence: &Occurrence,
) -> Result<Alert, WorkError> {
    let (store, tenant) = (worker.app.tenant_store(access), access.tenant());
    let series = series(&occurrence.draft, &occurrence.entity_id);
    for _ in 0..ATTEMPTS {
        let state = store.alert_series(&series, &occurrence.cause).await?;
        let known = state.counted_in.or(state.pointer);
        let current = match known {
            Some(id) => store.get::<Alert>(&keys::alert(tenant, id)).await?,
            None => None,
        };
        if state.counted_in.is_some() {
            return current.ok_or_else(|| WorkError::poison("a counted cause has no alert"));
        }
        let stamp = Stamp {
            write_id: worker.app.ids().fresh(),
            now: worker.app.now(),
            actor: access.actor().clone(),
        };
        let open = current.filter(|alert| alert.row.is_open());
        let (next, counted) = match &open {
            Some(read) => {
                let next = raised_again(read, occurrence, stamp);
                let outcome = CauseOutcome::Updated {
                    alert: &next,
                    read: read.version,
                    before: read.row.severity,
                };
                let counted = store.count_cause(&series, &occurrence.cause, outcome).await?;
                (next, counted)
            }
            None => {
                let id = derived_id(&["alert", &tenant.to_string(), &series, &occurrence.cause]);
                let next = opened(id, occurrence, stamp);
                let outcome = CauseOutcome::Opened(&next, state.pointer);
                let counted = store.count_cause(&series, &occurrence.cause, outcome).await?;
                (next, counted)
            }
        };
        if counted {
            let before = open.as_ref().map(|alert| alert.row.severity);
            if before.is_none_or(|before| before < next.row.severity) {
                metrics::alert_raised(worker.app.now(), next.row.alert_type, next.row.severity);
            }
            tracing::info!(alert_id = %next.id, series, occurrences = next.row.occurrences, "cause counted");
            return Ok(next);
        }
    }
    Err(WorkError::transient("other workers kept changing the alert"))
}

/// What belongs into one alert: the same type, subtype and entity.
fn series(draft: &AlertDraft, entity_id: &str) -> String {
    let subtype = draft.subtype.map_or("-", |subtype| subtype.as_str());
    format!("{}#{subtype}#{entity_id}", draft.alert_type.as_str())
}

/// By whom and when a version is written.
struct Stamp {
    write_id: Uuid,
    now: DateTime<Utc>,
    actor: Actor,
}

fn opened(id: Uuid, occurrence: &Occurrence, stamp: Stamp) -> Alert {
    let draft = &occurrence.draft;
    let row = AlertRow {
        alert_type: draft.alert_type,
        subtype: draft.subtype,
        severity: draft.severity,
        title: draft.title.clone(),
        message: draft.message.clone(),
        rule: draft.rule.to_owned(),
        parameters: parameters(draft),
        entity_kind: occurrence.entity_kind.to_owned(),
        entity_id: occurrence.entity_id.clone(),
        revenue_at_risk: occurrence.impact.revenue_at_risk,
        orders_affected: occurrence.impact.orders_affected,
        customers_affected: occurrence.impact.customers_affected,
        status: AlertStatus::Active,
        occurrences: 1,
        first_seen_at: occurrence.at,
        last_seen_at: occurrence.at,
        acknowledged_at: None,
        acknowledged_by: None,
        resolved_at: None,
        resolved_by: None,
        resolution_note: None,
        deliveries: Vec::new(),
        created_at: stamp.now,
        created_by: stamp.actor.clone(),
        updated_at: stamp.now,
        updated_by: stamp.actor,
    };
    Alert {
        id,
        version: 1,
        write_id: stamp.write_id,
        row,
    }
}

/// A further cause: the severity only rises, and the text stays that of the most severe cause, the latest of them.
fn raised_again(read: &Alert, occurrence: &Occurrence, stamp: Stamp) -> Alert {
    let mut alert = Alert {
        version: read.version + 1,
        write_id: stamp.write_id,
        ..read.clone()
    };
    let (row, draft) = (&mut alert.row, &occurrence.draft);
    row.occurrences = row.occurrences.saturating_add(1);
    let latest = occurrence.at >= row.last_seen_at;
    if draft.severity > row.severity || (draft.severity == row.severity && latest) {
        row.severity = draft.severity;
        row.title.clone_from(&draft.title);
        row.message.clone_from(&draft.message);
        row.rule = draft.rule.to_owned();
        row.parameters = parameters(draft);
        row.revenue_at_risk = occurrence.impact.revenue_at_risk;
        row.orders_affected = occurrence.impact.orders_affected;
        row.customers_affected = occurrence.impact.customers_affected;
    }
    row.last_seen_at = row.last_seen_at.max(occurrence.at);
    row.updated_at = stamp.now;
    row.updated_by = stamp.actor;
    alert
}

fn parameters(draft: &AlertDraft) -> std::collections::BTreeMap<String, String> {
    draft
        .parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use orders_domain::alerts::{AlertSubtype, AlertType, Severity};
    use orders_domain::decimal::Money;

    use super::super::raise::Impact;
    use super::*;

    fn occurrence(severity: Severity, at: &str, title: &str) -> Occurrence {
        Occurrence {
            draft: AlertDraft {
                alert_type: AlertType::RushOrder,
                subtype: None,
                severity,
                rule: "rule",
                parameters: vec![("threshold_hours", "24".into())],
                title: title.into(),
                message: format!("{title}."),
            },
            entity_kind: "order",
            entity_id: "o-1".into(),
            impact: Impact {
                revenue_at_risk: Some(Money::from_scaled(100)),
                orders_affected: 1,
                customers_affected: 1,
            },
            cause: "o-1#1".into(),
            at: at.parse().unwrap(),
        }
    }

    fn stamp(write_id: u128) -> Stamp {
        let actor = Actor {
            user_id: "raise-alerts".into(),
            name: None,
            role: "system".into(),
        };
        Stamp {
            write_id: Uuid::from_u128(write_id),
            now: "2026-12-07T12:00:00Z".parse().unwrap(),
            actor,
        }
    }

    #[test]
    fn a_series_is_type_subtype_and_entity() {
        // D42
        let mut draft = occurrence(Severity::High, "2026-12-07T09:00:00Z", "Rush").draft;
        assert_eq!(series(&draft, "o-1"), "rush_order#-#o-1");
        draft.subtype = Some(AlertSubtype::NewCustomer);
        assert_eq!(series(&draft, "o-1"), "rush_order#new_customer#o-1");
    }

    #[test]
    fn the_severity_only_rises_and_the_text_is_that_of_the_most_severe_cause() {
        // D42
        let alert = opened(
            Uuid::from_u128(1),
            &occurrence(Severity::High, "2026-12-07T09:00:00Z", "first"),
            stamp(1),
        );
        let calmer = occurrence(Severity::Low, "2026-12-07T10:00:00Z", "calmer");
        let after = raised_again(&alert, &calmer, stamp(2));
        assert_eq!(
            (after.row.severity, after.row.title.as_str()),
            (Severity::High, "first")
        );
        assert_eq!((after.version, after.row.occurrences), (2, 2));
        let worse = occurrence(Severity::Critical, "2026-12-07T08:00:00Z", "worse, but came late");
        let after = raised_again(&after, &worse, stamp(3));
        assert_eq!(
            (after.row.severity, after.row.title.as_str()),
            (Severity::Critical, "worse, but came late")
        );
        assert_eq!(after.row.first_seen_at, alert.row.first_seen_at);
        assert_eq!(after.row.last_seen_at.to_rfc3339(), "2026-12-07T10:00:00+00:00");
        let older = occurrence(Severity::Critical, "2026-12-07T07:00:00Z", "older");
        assert_eq!(
            raised_again(&after, &older, stamp(4)).row.title,
            "worse, but came late"
        );
    }
}
