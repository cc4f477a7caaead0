//! The AsyncAPI document: what the topics carry (D41, D43), made from the types that are really sent. It is committed as
//! `docs/asyncapi.json`; a test holds the two against each other, and real messages against the document.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};
use uuid::Uuid;

use crate::http::dto::alerts::{AlertTypeWord, AlertView, ChannelWord, SeverityWord};
use crate::messaging::envelope::{CustomerData, EventType, OrderData, PlanData};
use crate::openapi::strict;

const DESCRIPTION: &str = "What the orders service tells: events of orders, customers and plans on one topic, alerts on \
    another. Messages arrive at least once; drop repeats by `event_id`, or by `delivery_id` of alerts. The events of one \
    entity are sent in the order of their `sequence`, which has gaps: not every entry of a history is an event. A queue \
    may still hand them out in another order, so keep the highest `sequence` seen of each entity. Later versions add \
    types and fields: leave alone what you do not know.";

// What is sent is `messaging::envelope::Envelope`.
/// What every event wears.
#[derive(ToSchema)]
#[schema(as = Envelope)]
#[expect(dead_code, reason = "only its schema is used")]
struct EnvelopeSchema {
    /// hash(entity, sequence): the same on repeats.
    event_id: Uuid,
    /// What happened.
    event_type: EventType,
    /// Whose entity it is.
    tenant_id: Uuid,
    /// The order, customer or plan.
    entity_id: Uuid,
    /// The history entry's number, from 1.
    sequence: u64,
    /// The entity's version after the change.
    version: u64,
    /// When it happened.
    occurred_at: DateTime<Utc>,
}

/// What an alert's message says besides the alert itself.
#[derive(ToSchema)]
#[schema(as = AlertDeliveryMark)]
#[expect(dead_code, reason = "only its schema is used")]
struct AlertMarkSchema {
    /// The alert.
    alert_id: Uuid,
    /// hash(alert, severity, channel): the same for every copy of this message.
    delivery_id: Uuid,
    /// The channel it is meant for.
    #[schema(value_type = ChannelWord)]
    channel: String,
}

/// The document as it is committed.
///
/// # Errors
/// When it does not serialise, which is a fault of ours.
pub fn to_json() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&document()?).map(|text| text + "\n")
}

/// The whole document.
///
/// # Errors
/// When a schema does not serialise, which is a fault of ours.
pub fn document() -> serde_json::Result<Value> {
    let mut messages = Map::new();
    let mut schemas = shared_schemas()?;
    for event_type in EventType::ALL {
        let (name, data) = (word(event_type)?, data_of(event_type));
        schemas.insert(name.clone(), event_schema(&name, data)?);
        messages.insert(name.clone(), event_message(&name, data));
    }
    let alert = alert_schema(&mut schemas)?;
    schemas.insert("AlertMessage".into(), alert);
    messages.insert("alert".into(), alert_message()?);
    let events = messages.keys().filter(|name| *name != "alert");
    let events: Map<_, _> = events
        .map(|name| (name.clone(), message_reference(name)))
        .collect();
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Orders Service: topics",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": {
                "address": "{eventsTopicArn}",
                "title": "Events",
                "description": "An SNS topic (D43). Subscribe with raw delivery, and filter by the attributes `tenant_id` and `event_type`.",
                "parameters": {"eventsTopicArn": {"description": "The stack's output EventsTopicArn."}},
                "messages": events,
            },
            "alerts": {
                "address": "{alertsTopicArn}",
                "title": "Alerts",
                "description": "An SNS topic with one message for each alert and channel (D41). Filter by `channel`, `severity`, `alert_type` and `tenant_id`.",
                "parameters": {"alertsTopicArn": {"description": "The stack's output AlertsTopicArn."}},
                "messages": {"alert": message_reference("alert")},
            },
        },
        "operations": {
            "publishEvents": {"action": "send", "channel": {"$ref": "#/channels/events"}},
            "publishAlerts": {"action": "send", "channel": {"$ref": "#/channels/alerts"}},
        },
        "components": {"messages": messages, "schemas": schemas},
    }))
}

fn message_reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/messages/{name}")})
}

/// The type's word.
fn word(event_type: EventType) -> serde_json::Result<String> {
    Ok(serde_json::to_value(event_type)?
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// The schema of an event's data, by name. Whoever adds a type has to say.
fn data_of(event_type: EventType) -> &'static str {
    match event_type {
        EventType::OrderCreated
        | EventType::OrderStatusChanged
        | EventType::OrderAmended
        | EventType::OrderPaymentRecorded => "OrderData",
        EventType::CustomerCreated | EventType::CustomerUpdated | EventType::CustomerErased => "CustomerData",
        EventType::PlanCreated | EventType::PlanStatusChanged => "PlanData",
    }
}

/// The types that messages are made of, with every field that is always there required. They are open: a later version
/// adds fields.
fn shared_schemas() -> serde_json::Result<Map<String, Value>> {
    let mut found: Vec<(String, RefOr<Schema>)> = Vec::new();
    fn add<T: ToSchema>(found: &mut Vec<(String, RefOr<Schema>)>) {
        found.push((T::name().into_owned(), T::schema()));
        T::schemas(found);
    }
    add::<OrderData>(&mut found);
    add::<CustomerData>(&mut found);
    add::<PlanData>(&mut found);
    add::<AlertView>(&mut found);
    add::<AlertTypeWord>(&mut found);
    add::<SeverityWord>(&mut found);
    add::<ChannelWord>(&mut found);
    let mut schemas: BTreeMap<_, _> = found.into_iter().collect();
    let answers: BTreeSet<_> = schemas.keys().cloned().collect();
    strict::tighten(&mut schemas, &answers);
    let values = schemas
        .into_iter()
        .map(|(name, schema)| Ok((name, opened(serde_json::to_value(schema)?))));
    values.collect()
}

fn opened(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut()
        && object.get("additionalProperties") == Some(&Value::Bool(false))
    {
        object.remove("additionalProperties");
    }
    schema
}

fn event_schema(name: &str, data: &str) -> serde_json::Result<Value> {
    let mut schema = serde_json::to_value(EnvelopeSchema::schema())?;
    schema["properties"]["event_type"] = json!({"type": "string", "const": name});
    schema["properties"]["data"] = json!({"$ref": format!("#/components/schemas/{data}")});
    require(&mut schema, &["data"]);
    Ok(schema)
}

fn event_message(name: &str, data: &str) -> Value {
    json!({
        "name": name,
        "title": name,
        "contentType": "application/json",
        "headers": attributes(&[
            ("tenant_id", json!({"type": "string", "format": "uuid"})),
            ("event_type", json!({"type": "string", "const": name})),
        ]),
        "correlationId": {"location": "$message.payload#/event_id"},
        "payload": {"$ref": format!("#/components/schemas/{name}")},
        "tags": [{"name": data}],
    })
}

/// The alert with what its message adds, as one object.
fn alert_schema(schemas: &mut Map<String, Value>) -> serde_json::Result<Value> {
    let mut alert = schemas.remove("Alert").unwrap_or_default();
    let mark = serde_json::to_value(AlertMarkSchema::schema())?;
    for (name, property) in mark["properties"].as_object().into_iter().flatten() {
        alert["properties"][name] = property.clone();
        require(&mut alert, &[name]);
    }
    Ok(alert)
}

fn alert_message() -> serde_json::Result<Value> {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let name_of = |name: std::borrow::Cow<'static, str>| reference(&name);
    Ok(json!({
        "name": "alert",
        "title": "An alert, for one channel",
        "contentType": "application/json",
        "headers": attributes(&[
            ("tenant_id", json!({"type": "string", "format": "uuid"})),
            ("alert_type", name_of(AlertTypeWord::name())),
            ("severity", name_of(SeverityWord::name())),
            ("channel", name_of(ChannelWord::name())),
        ]),
        "correlationId": {"location": "$message.payload#/delivery_id"},
        "payload": reference("AlertMessage"),
    }))
}

/// The message attributes of SNS: all of them are there.
fn attributes(named: &[(&str, Value)]) -> Value {
    let properties: Map<_, _> = named
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    let required: Vec<_> = named.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn require(schema: &mut Value, names: &[&str]) {
    if let Some(required) = schema["required"].as_array_mut() {
        required.extend(names.iter().map(|name| Value::from(*name)));
    }
}
