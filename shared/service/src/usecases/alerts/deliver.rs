//! Sending an alert: one message for each channel of its severity (D41). What was taken is kept in the alert, so that a
//! repeat sends only what is missing; `delivery_id` lets a consumer drop what a crash between the two sent twice.

use orders_domain::alerts::Channel;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::{Access, TenantId};
use crate::http::dto::alerts::AlertView;
use crate::keyring::derived_id;
use crate::messaging::bus::{Message, Topic};
use crate::messaging::{WorkError, Worker};
use crate::store::Replaced;
use crate::store::alerts::{Alert, Delivery};

/// Races with other workers that are run again before the message goes back to the queue.
const ATTEMPTS: usize = 8;

/// What a subscriber of the alerts topic reads.
#[derive(Debug, Serialize)]
struct AlertMessage<'a> {
    alert_id: Uuid,
    /// The same for every copy of this message.
    delivery_id: Uuid,
    channel: Channel,
    #[serde(flatten)]
    alert: &'a AlertView,
}

/// Sends what an open alert's severity asks for and has not been sent yet.
///
/// # Errors
/// When a message was not taken, or what was taken could not be kept.
pub(super) async fn deliver(worker: &Worker, access: &Access, mut alert: Alert) -> Result<(), WorkError> {
    let missing = alert.row.unsent_channels();
    if missing.is_empty() {
        return Ok(());
    }
    let view = AlertView::of(access.tenant(), alert.id, alert.version, &alert.row);
    let messages = missing
        .iter()
        .map(|channel| message(access.tenant(), &view, *channel))
        .collect::<Result<Vec<_>, _>>()?;
    let outcomes = worker.bus.publish(Topic::Alerts, &messages).await;
    let (at, severity) = (worker.app.now(), alert.row.severity);
    let taken = missing
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.is_ok());
    let taken: Vec<_> = taken
        .map(|(channel, _)| Delivery {
            channel: *channel,
            severity,
            at,
        })
        .collect();
    let refused = outcomes.into_iter().find_map(Result::err);
    if !taken.is_empty() {
        keep(worker, access, &mut alert, &taken).await?;
        tracing::info!(alert_id = %alert.id, severity = severity.as_str(), messages = taken.len(), "alert sent");
    }
    refused.map_or(Ok(()), |error| Err(error.into()))
}

fn message(tenant: TenantId, view: &AlertView, channel: Channel) -> serde_json::Result<Message> {
    let severity = view.severity.as_str();
    let alert_id = view.id;
    let delivery_id = derived_id(&["delivery", &alert_id.to_string(), severity, channel.as_str()]);
    Ok(Message {
        body: serde_json::to_string(&AlertMessage {
            alert_id,
            delivery_id,
            channel,
            alert: view,
        })?,
        attributes: vec![
            ("tenant_id", tenant.to_string()),
            ("alert_type", view.alert_type.as_str().to_owned()),
            ("severity", severity.to_owned()),
            ("channel", channel.as_str().to_owned()),
        ],
    })
}

async fn keep(
    worker: &Worker,
    access: &Access,
    alert: &mut Alert,
    taken: &[Delivery],
) -> Result<(), WorkError> {
    let store = worker.app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        let read = alert.version;
        let known = |new: &Delivery| {
            let same = |old: &&Delivery| old.channel == new.channel && old.severity == new.severity;
            alert.row.deliveries.iter().find(same).is_some()
        };
        let new: Vec<_> = taken
            .iter()
            .filter(|delivery| !known(delivery))
            .cloned()
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        alert.row.deliveries.extend(new);
        alert.row.updated_at = worker.app.now();
        alert.row.updated_by = access.actor().clone();
        alert.version = read + 1;
        alert.write_id = worker.app.ids().fresh();
        match store.replace(alert, read).await? {
            Replaced::Now => return Ok(()),
            Replaced::Stale(Some(current)) => *alert = *current,
            Replaced::Stale(None) => return Err(WorkError::poison("the alert is gone")),
        }
    }
    Err(WorkError::transient("other workers kept changing the alert"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::alerts::AlertRow;

    fn row() -> AlertRow {
        let actor = serde_json::json!({"u": "raise-alerts", "r": "system"});
        serde_json::from_value(serde_json::json!({
            "t": "rush_order", "sv": "low", "ti": "Rush", "m": "Rush.", "ru": "rule", "pa": {}, "ek": "order",
            "ei": "o-1", "oa": 1, "cf": 1, "s": "active", "oc": 1, "fa": 1, "la": 1, "d": [],
            "ca": 1, "by": actor, "ua": 1, "ub": actor,
        }))
        .unwrap()
    }

    #[test]
    fn a_message_names_its_delivery_and_what_subscribers_filter_by() {
        // D41
        let (tenant, id) = (TenantId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let view = AlertView::of(tenant, id, 3, &row());
        let sent = message(tenant, &view, Channel::Dashboard).unwrap();
        let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
        let delivery_id = derived_id(&["delivery", &id.to_string(), "low", "dashboard"]).to_string();
        assert_eq!(body["delivery_id"], delivery_id.as_str());
        assert_eq!(
            (body["alert_id"].as_str(), body["channel"].as_str()),
            (body["id"].as_str(), Some("dashboard"))
        );
        let names: Vec<_> = sent
            .attributes
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let tenant = format!("tenant_id={tenant}");
        assert_eq!(
            names,
            [
                tenant.as_str(),
                "alert_type=rush_order",
                "severity=low",
                "channel=dashboard"
            ]
        );
    }
}
