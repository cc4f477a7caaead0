//! Alerts in answers, and in the messages of the alerts topic.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orders_domain::alerts::{AlertSubtype, AlertType, Channel, Severity, channels};
use orders_domain::decimal::Money;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::common::{ActorView, MoneyText};
use crate::auth::TenantId;
use crate::http::fields::{Fields, FromFields};
use crate::http::parse;
use crate::store::alerts::AlertRow;
use crate::usecases::alerts::update_status::AlertMove;
use crate::words::AlertStatus;

/// Gives the OpenAPI schema of a closed set of words that the domain declares, from the domain's own list.
macro_rules! word_schemas {
    ($($(#[$doc:meta])* $name:ident of $word:ty;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, Type};
                let words = <$word>::ALL.iter().map(|word| word.as_str());
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

word_schemas! {
    /// What an alert is about (D40).
    AlertTypeWord of AlertType;
    /// What a customer issue is about (D40).
    AlertSubtypeWord of AlertSubtype;
    /// How urgent an alert is (D40).
    SeverityWord of Severity;
    /// A way an alert reaches people (D41).
    ChannelWord of Channel;
}

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct AlertView {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub version: u64,
    #[schema(value_type = AlertTypeWord)]
    pub alert_type: AlertType,
    #[schema(value_type = Option<AlertSubtypeWord>)]
    pub subtype: Option<AlertSubtype>,
    #[schema(value_type = SeverityWord)]
    pub severity: Severity,
    #[schema(value_type = Vec<ChannelWord>)]
    pub channels: Vec<Channel>,
    pub title: String,
    pub message: String,
    pub reason: AlertReasonView,
    pub entity: AlertEntityView,
    pub business_impact: BusinessImpactView,
    pub status: AlertStatus,
    pub occurrences: u32,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: Option<String>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_by: Option<String>,
    pub resolution_note: Option<String>,
    pub seconds_to_acknowledge: Option<i64>,
    pub seconds_to_resolve: Option<i64>,
    pub deliveries: Vec<DeliveryView>,
    pub created_at: DateTime<Utc>,
    pub created_by: ActorView,
    pub updated_at: DateTime<Utc>,
    pub updated_by: ActorView,
}

/// What should become of an alert.
#[derive(ToSchema)]
#[schema(as = AlertMove)]
#[expect(dead_code, reason = "only its schema is used; reading is done by AlertMove")]
pub struct AlertMoveSchema {
    /// The status it should have.
    status: AlertStatus,
    /// What was found or done; kept as `resolution_note`, until a later one takes its place.
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl FromFields for AlertMove {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let status = f.required("status", parse::word(AlertStatus::parse));
        let note = f.optional("note", parse::text(500));
        Some(Self {
            status: status?,
            note: note?,
        })
    }
}

/// The rule that held.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertReason)]
pub struct AlertReasonView {
    /// The rule, in the terms of D40.
    pub rule: String,
    /// The figures it compared, as text.
    pub parameters: BTreeMap<String, String>,
}

/// What an alert is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertEntity)]
pub struct AlertEntityView {
    /// `order`, `customer` or `ingredient`.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// What is at stake.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusinessImpact)]
pub struct BusinessImpactView {
    /// The order's total; for a shortage what the orders come to that need the ingredient, each once.
    #[schema(value_type = Option<MoneyText>)]
    pub revenue_at_risk: Option<Money>,
    /// Orders that are concerned.
    pub orders_affected: u32,
    /// Customers that are concerned.
    pub customers_affected: u32,
}

/// A message for a channel.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AlertDelivery)]
pub struct DeliveryView {
    /// The channel.
    #[schema(value_type = ChannelWord)]
    pub channel: Channel,
    /// The severity the message told.
    #[schema(value_type = SeverityWord)]
    pub severity: Severity,
    /// When the topic took it; null while it is pending.
    pub at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: DeliveryStatus,
}

/// Where a message for a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Yet to be sent.
    Pending,
    /// Taken by the topic.
    Sent,
}

impl AlertView {
    /// The answer for a record.
    pub fn of(tenant: TenantId, id: Uuid, version: u64, row: &AlertRow) -> Self {
        let seconds = |at: Option<DateTime<Utc>>| at.map(|at| (at - row.first_seen_at).num_seconds());
        Self {
            id,
            tenant_id: tenant.0,
            version,
            alert_type: row.alert_type,
            subtype: row.subtype,
            severity: row.severity,
            channels: channels(row.severity).to_vec(),
            title: row.title.clone(),
            message: row.message.clone(),
            reason: AlertReasonView {
                rule: row.rule.clone(),
                parameters: row.parameters.clone(),
            },
            entity: AlertEntityView {
                kind: row.entity_kind.clone(),
                id: row.entity_id.clone(),
            },
            business_impact: BusinessImpactView {
                revenue_at_risk: row.revenue_at_risk,
                orders_affected: row.orders_affected,
                customers_affected: row.customers_affected,
            },
            status: row.status,
            occurrences: row.occurrences,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            acknowledged_at: row.acknowledged_at,
            acknowledged_by: row.acknowledged_by.clone(),
            resolved_at: row.resolved_at,
            resolved_by: row.resolved_by.clone(),
            resolution_note: row.resolution_note.clone(),
            seconds_to_acknowledge: seconds(row.acknowledged_at),
            seconds_to_resolve: seconds(row.resolved_at),
            deliveries: deliveries(row),
            created_at: row.created_at,
            created_by: (&row.created_by).into(),
            updated_at: row.updated_at,
            updated_by: (&row.updated_by).into(),
        }
    }
}

/// What was sent, then what the severity in force still asks for.
fn deliveries(row: &AlertRow) -> Vec<DeliveryView> {
    let sent = row.deliveries.iter().map(|delivery| DeliveryView {
        channel: delivery.channel,
        severity: delivery.severity,
        at: Some(delivery.at),
        status: DeliveryStatus::Sent,
    });
    let pending = row.unsent_channels().into_iter().map(|channel| DeliveryView {
        channel,
        severity: row.severity,
        at: None,
        status: DeliveryStatus::Pending,
    });
    sent.chain(pending).collect()
}
