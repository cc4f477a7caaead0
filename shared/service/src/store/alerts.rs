//! An alert at rest. The pointer to the open alert of a series and the mark of each counted cause stand beside it.

use aws_sdk_dynamodb::types::Put;
use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, Utc};
use orders_domain::alerts::{AlertSubtype, AlertType, Channel, Severity, channels};
use orders_domain::decimal::Money;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, Key, Keys};
use super::record::{IndexRow, Item, Record, Versioned, text, to_item};
use super::{StoreError, TenantStore, TransactionOp, n, s};
use crate::auth::{Actor, TenantId};
use crate::words::AlertStatus;

/// An alert (§4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Alert {
    pub id: Uuid,
    #[serde(rename = "ver")]
    pub version: u64,
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// Everything: a list of alerts shows them whole.
    #[serde(rename = "r")]
    pub row: AlertRow,
}

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct AlertRow {
    #[serde(rename = "t")]
    pub alert_type: AlertType,
    #[serde(rename = "st", default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<AlertSubtype>,
    #[serde(rename = "sv")]
    pub severity: Severity,
    #[serde(rename = "ti")]
    pub title: String,
    #[serde(rename = "m")]
    pub message: String,
    #[serde(rename = "ru")]
    pub rule: String,
    #[serde(rename = "pa")]
    pub parameters: std::collections::BTreeMap<String, String>,
    #[serde(rename = "ek")]
    pub entity_kind: String,
    #[serde(rename = "ei")]
    pub entity_id: String,
    #[serde(rename = "rr", default, skip_serializing_if = "Option::is_none")]
    pub revenue_at_risk: Option<Money>,
    #[serde(rename = "oa")]
    pub orders_affected: u32,
    #[serde(rename = "cf")]
    pub customers_affected: u32,
    #[serde(rename = "s")]
    pub status: AlertStatus,
    #[serde(rename = "oc")]
    pub occurrences: u32,
    #[serde(rename = "fa", with = "ts_milliseconds")]
    pub first_seen_at: DateTime<Utc>,
    #[serde(rename = "la", with = "ts_milliseconds")]
    pub last_seen_at: DateTime<Utc>,
    #[serde(
        rename = "aa",
        with = "ts_milliseconds_option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub acknowledged_at: Option<DateTime<Utc>>,
    #[serde(rename = "ab", default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    #[serde(
        rename = "ra",
        with = "ts_milliseconds_option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub resolved_at: Option<DateTime<Utc>>,
    #[serde(rename = "rb", default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
    #[serde(rename = "rn", default, skip_serializing_if = "Option::is_none")]
    pub resolution_note: Option<String>,
    #[serde(rename = "d", default)]
    pub deliveries: Vec<Delivery>,
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(rename = "by")]
    pub created_by: Actor,
    #[serde(rename = "ua", with = "ts_milliseconds")]
    pub updated_at: DateTime<Utc>,
    #[serde(rename = "ub")]
    pub updated_by: Actor,
}

impl AlertRow {
    /// Whether further causes are counted in it (D42).
    pub fn is_open(&self) -> bool {
        matches!(self.status, AlertStatus::Active | AlertStatus::Acknowledged)
    }

    /// The channels of the severity in force that have not had a message at it: a rise asks all of them again (D41).
    /// None once the alert is closed.
    pub fn unsent_channels(&self) -> Vec<Channel> {
        let sent = |channel| {
            self.deliveries
                .iter()
                .any(|d| d.channel == channel && d.severity == self.severity)
        };
        let wanted = if self.is_open() {
            channels(self.severity)
        } else {
            &[]
        };
        wanted.iter().copied().filter(|channel| !sent(*channel)).collect()
    }
}

/// A message that was taken for a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Delivery {
    #[serde(rename = "c")]
    pub channel: Channel,
    #[serde(rename = "v")]
    pub severity: Severity,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
}

impl Record for Alert {
    const KIND: &'static str = "L";

    fn keys(&self, tenant: TenantId) -> Keys {
        let seen = format!("{}#{}", keys::sortable_time(self.row.first_seen_at), self.id);
        let g1 = Some(Key::new(keys::alerts_by_time(tenant), seen));
        Keys {
            primary: keys::alert(tenant, self.id),
            g1,
            g2: None,
            g3: None,
        }
    }
}

impl Versioned for Alert {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

/// What an index gives of an alert.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AlertInIndex {
    /// The table's sort key, which is the id.
    pub sk: String,
    /// The version.
    pub ver: u64,
    /// The row.
    pub r: AlertRow,
}

impl IndexRow for AlertInIndex {
    type Of = Alert;
}

impl AlertInIndex {
    /// The alert's id.
    pub fn id(&self) -> Option<Uuid> {
        Uuid::try_parse(&self.sk).ok()
    }
}

/// What the table knows of a series before a cause is counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeriesState {
    /// The alert in which this cause has been counted.
    pub counted_in: Option<Uuid>,
    /// The alert the series' pointer names.
    pub pointer: Option<Uuid>,
}

/// The alert a cause has led to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CauseOutcome<'a> {
    /// A new alert, and the pointer that is moved from another one, if there was any.
    Opened(&'a Alert, Option<Uuid>),
    /// The next version of the open alert, over the version and severity that were read.
    Updated {
        /// The next version.
        alert: &'a Alert,
        /// The version that was read.
        read: u64,
        /// The severity it had.
        before: Severity,
    },
}

impl TenantStore<'_> {
    /// What is known of a cause and of its series, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn alert_series(&self, series: &str, cause: &str) -> Result<SeriesState, StoreError> {
        let cause = keys::alert_cause(self.tenant, series, cause);
        let pointer = keys::open_alert(self.tenant, series);
        let found = self.get_many(&[cause.clone(), pointer.clone()]).await?;
        let alert = |key| text(found.item(key)?, "a").and_then(|id| Uuid::try_parse(id).ok());
        Ok(SeriesState {
            counted_in: alert(&cause),
            pointer: alert(&pointer),
        })
    }

    /// Counts a cause once: its mark, the alert and the series' pointer in one transaction (D42). False when another
    /// worker was faster; nothing is written then.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_cause(
        &self,
        series: &str,
        cause: &str,
        outcome: CauseOutcome<'_>,
    ) -> Result<bool, StoreError> {
        let link = |key: Key, kind: &str, alert: &Alert| -> Item {
            [
                ("pk", s(key.pk)),
                ("sk", s(key.sk)),
                ("k", s(kind)),
                ("a", s(alert.id)),
            ]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
        };
        let (CauseOutcome::Opened(alert, _) | CauseOutcome::Updated { alert, .. }) = outcome;
        let mark = link(keys::alert_cause(self.tenant, series, cause), "LC", alert);
        let mut ops = vec![self.put_if(mark, "attribute_not_exists(pk)", None)?];
        let item = to_item(self.tenant, alert)?;
        match outcome {
            CauseOutcome::Updated { read, before, .. } => {
                ops.push(self.put_if(item, "ver = :v", Some(n(read)))?);
                ops.extend(self.recount_op(Some(before), Some(alert.row.severity))?);
            }
            CauseOutcome::Opened(_, before) => {
                let pointer = link(keys::open_alert(self.tenant, series), "LO", alert);
                ops.push(self.put_if(item, "attribute_not_exists(pk)", None)?);
                ops.push(match before {
                    None => self.put_if(pointer, "attribute_not_exists(pk)", None)?,
                    Some(before) => self.put_if(pointer, "a = :v", Some(s(before)))?,
                });
                ops.extend(self.recount_op(None, Some(alert.row.severity))?);
            }
        }
        Ok(self.transact(ops, alert.write_id).await?.is_ok())
    }

    /// Writes the next status of an alert over the version that was read, and takes it off the open ones when it is
    /// closed. False when it has changed since.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn close_or_acknowledge(&self, next: &Alert, read: u64) -> Result<bool, StoreError> {
        let item = to_item(self.tenant, next)?;
        let mut ops = vec![self.put_if(item, "ver = :v", Some(n(read)))?];
        if !next.row.is_open() {
            ops.extend(self.recount_op(Some(next.row.severity), None)?);
        }
        Ok(self.transact(ops, next.write_id).await?.is_ok())
    }

    /// The write that moves an alert among the counts of open ones, by severity.
    fn recount_op(
        &self,
        before: Option<Severity>,
        after: Option<Severity>,
    ) -> Result<Option<TransactionOp>, StoreError> {
        if before == after {
            return Ok(None);
        }
        let gone = before.map(|severity| (severity.as_str(), -1));
        let come = after.map(|severity| (severity.as_str(), 1));
        let figures = gone.into_iter().chain(come).collect();
        self.add_op(keys::ALERT_COUNTS.to_owned(), &figures, None)
            .map(Some)
    }

    fn put_if(
        &self,
        item: Item,
        condition: &str,
        value: Option<aws_sdk_dynamodb::types::AttributeValue>,
    ) -> Result<TransactionOp, StoreError> {
        let mut put = Put::builder().table_name(&self.store.table).set_item(Some(item));
        if let Some(value) = value {
            put = put.expression_attribute_values(":v", value);
        }
        let put = put.condition_expression(condition).build();
        let put = put.map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().put(put).build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(severity: &str, status: &str, deliveries: serde_json::Value) -> AlertRow {
        let actor = serde_json::json!({"u": "raise-alerts", "r": "system"});
        serde_json::from_value(serde_json::json!({
            "t": "rush_order", "sv": severity, "ti": "Rush", "m": "Rush.", "ru": "rule", "pa": {}, "ek": "order",
            "ei": "o-1", "oa": 1, "cf": 1, "s": status, "oc": 1, "fa": 1, "la": 1, "d": deliveries,
            "ca": 1, "by": actor, "ua": 1, "ub": actor,
        }))
        .unwrap()
    }

    #[test]
    fn only_what_is_missing_is_sent_and_a_rise_asks_every_channel_again() {
        // D41
        let sent = serde_json::json!([{"c": "email", "v": "high", "a": 1}, {"c": "dashboard", "v": "medium", "a": 1}]);
        let unsent = |severity, status| row(severity, status, sent.clone()).unsent_channels();
        assert_eq!(unsent("high", "active"), [Channel::Whatsapp, Channel::Dashboard]);
        assert_eq!(unsent("medium", "acknowledged"), [Channel::Email]);
        assert_eq!(unsent("critical", "active"), channels(Severity::Critical));
        assert_eq!(unsent("critical", "dismissed"), []);
    }

    #[test]
    fn resolved_and_dismissed_alerts_count_no_more_causes() {
        // D42
        let open = |status: &AlertStatus| row("low", status.as_str(), serde_json::json!([])).is_open();
        let open: Vec<_> = AlertStatus::ALL.iter().filter(|status| open(status)).collect();
        assert_eq!(open, [&AlertStatus::Active, &AlertStatus::Acknowledged]);
    }
}
