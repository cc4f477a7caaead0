//! Events (D43): what the event topic carries. An event is rebuilt from its history entry alone, so that a repeat, however
//! late, is the same to the byte.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::alerts::HoldReason;
use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::{PaymentMethod, PaymentStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bus::Message;
use crate::auth::TenantId;
use crate::http::dto::common::{MoneyText, QuantityText};
use crate::http::dto::orders::request::{OrderStatusWord, PaymentMethodWord};
use crate::http::dto::orders::view::{HoldReasonWord, PaymentStatusWord};
use crate::http::dto::plans::PlanStatusWord;
use crate::keyring::derived_id;
use crate::store::customers::{Customer, CustomerChange};
use crate::store::orders::{HistoryEntry, Order};
use crate::store::plans::{Plan, PlanChange};
use crate::words::{CustomerEvent, HistoryEvent, PaymentOutcome, PlanEvent, PlanStatus, PlanType};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the words are those of D43")]
pub enum EventType {
    #[serde(rename = "order.created")]
    OrderCreated,
    #[serde(rename = "order.status_changed")]
    OrderStatusChanged,
    #[serde(rename = "order.amended")]
    OrderAmended,
    #[serde(rename = "order.payment_recorded")]
    OrderPaymentRecorded,
    #[serde(rename = "customer.created")]
    CustomerCreated,
    #[serde(rename = "customer.updated")]
    CustomerUpdated,
    #[serde(rename = "customer.erased")]
    CustomerErased,
    #[serde(rename = "plan.created")]
    PlanCreated,
    #[serde(rename = "plan.status_changed")]
    PlanStatusChanged,
}

impl EventType {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::OrderCreated,
        Self::OrderStatusChanged,
        Self::OrderAmended,
        Self::OrderPaymentRecorded,
        Self::CustomerCreated,
        Self::CustomerUpdated,
        Self::CustomerErased,
        Self::PlanCreated,
        Self::PlanStatusChanged,
    ];

    /// The event an entry of an order's history is published as; the others are the bakery's own business.
    fn of_order(entry: &HistoryEntry) -> Option<Self> {
        match entry.event {
            HistoryEvent::Created => Some(Self::OrderCreated),
            HistoryEvent::StatusChanged => Some(Self::OrderStatusChanged),
            HistoryEvent::Amended => Some(Self::OrderAmended),
            HistoryEvent::PaymentRecorded => Some(Self::OrderPaymentRecorded),
            // A return is told as a note, or with a quality check; it moves what the order comes to.
            HistoryEvent::Note | HistoryEvent::QualityChecked if moves_figures(entry) => {
                Some(Self::OrderAmended)
            }
            HistoryEvent::Note | HistoryEvent::Notified | HistoryEvent::QualityChecked => None,
        }
    }

    /// The event an entry of a customer's history is published as.
    const fn of_customer(entry: CustomerEvent) -> Self {
        match entry {
            CustomerEvent::Created => Self::CustomerCreated,
            CustomerEvent::Updated => Self::CustomerUpdated,
            CustomerEvent::Erased => Self::CustomerErased,
        }
    }

    /// The event an entry of a plan's history is published as. Edits and reports of purchases are the bakery's own
    /// business.
    const fn of_plan(entry: PlanEvent) -> Option<Self> {
        match entry {
            PlanEvent::Created => Some(Self::PlanCreated),
            PlanEvent::StatusChanged => Some(Self::PlanStatusChanged),
            PlanEvent::RequirementUpdated => None,
        }
    }
}

/// Whether a report on a line is of a return. It stands in the entry, and stays there when personal data goes.
fn moves_figures(entry: &HistoryEntry) -> bool {
    let changed = entry.context.as_ref().and_then(|context| context.get("changed"));
    changed.is_some_and(|changed| changed.get("quantity_returned").is_some())
}

/// An event with its envelope (D43).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope<D = EventData> {
    /// The same on repeats.
    pub event_id: Uuid,
    /// What happened.
    pub event_type: EventType,
    /// Whose entity it is.
    pub tenant_id: Uuid,
    /// The order, customer or plan.
    pub entity_id: Uuid,
    /// The history entry's number, from 1, without gaps in the history but not among the events.
    pub sequence: u64,
    /// The entity's version after the change.
    pub version: u64,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// What to know about it.
    pub data: D,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum EventData {
    /// Of an order.
    Order(OrderData),
    /// Of a customer.
    Customer(CustomerData),
    /// Of a plan.
    Plan(PlanData),
}

/// What an order's event tells: figures and words, no free text, so that an erasure (D34) need not follow it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderData {
    pub order_id: Uuid,
    pub order_number: String,
    pub customer_id: Uuid,
    #[schema(value_type = Option<OrderStatusWord>)]
    pub from_status: Option<OrderStatus>,
    #[schema(value_type = OrderStatusWord)]
    pub to_status: OrderStatus,
    pub notify_customer: bool,
    pub after: OrderFigures,
    pub requested_delivery_at: DateTime<Utc>,
    #[schema(value_type = Option<HoldReasonWord>)]
    pub hold_reason: Option<HoldReason>,
    /// Only entries that record a payment have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub payment: Option<PaymentData>,
}

/// The payment an entry records, as its context has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of D28, under their names")]
pub struct PaymentData {
    pub payment_id: Uuid,
    #[schema(value_type = MoneyText)]
    pub amount: Money,
    #[schema(value_type = PaymentMethodWord)]
    pub method: PaymentMethod,
    pub status: PaymentOutcome,
}

/// An order's figures after the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct OrderFigures {
    #[schema(value_type = OrderStatusWord)]
    pub status: OrderStatus,
    #[schema(value_type = MoneyText)]
    pub total_amount: Money,
    #[schema(value_type = MoneyText)]
    pub balance_due: Money,
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    pub delivery_date: NaiveDate,
    /// Only entries that record a payment tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PaymentStatusWord>, nullable = false)]
    pub payment_status: Option<PaymentStatus>,
    #[serde(default)]
    #[schema(value_type = MoneyText, required)]
    pub returned_amount: Money,
}

/// What a customer's event tells: names of fields, no personal data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerData {
    pub customer_id: Uuid,
    pub changed_fields: Vec<String>,
}

/// What a plan's event tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanData {
    pub plan_id: Uuid,
    pub plan_number: String,
    pub plan_type: PlanType,
    #[schema(value_type = Option<PlanStatusWord>)]
    pub from_status: Option<PlanStatus>,
    #[schema(value_type = PlanStatusWord)]
    pub to_status: PlanStatus,
}

impl Envelope {
    /// The event of an entry of an order's history; `None` for an entry that is not published.
    pub fn of_order(tenant: TenantId, order: &Order, entry: &HistoryEntry) -> Option<Self> {
        let event_type = EventType::of_order(entry)?;
        let after = &entry.after;
        let data = OrderData {
            order_id: order.id,
            order_number: order.row.order_number.clone(),
            customer_id: order.row.customer_id,
            from_status: entry.from_status,
            to_status: entry.to_status,
            notify_customer: entry.notify_customer,
            after: OrderFigures {
                status: after.status,
                total_amount: after.total_amount,
                balance_due: after.balance_due,
                total_quantity: after.total_quantity,
                delivery_date: after.delivery_date,
                payment_status: after.payment_status,
                returned_amount: after.returned_amount,
            },
            requested_delivery_at: after.requested_delivery_at,
            hold_reason: after.hold_reason,
            payment: entry
                .context
                .as_ref()
                .filter(|_| entry.event == HistoryEvent::PaymentRecorded)
                .and_then(|context| PaymentData::deserialize(context).ok()),
        };
        let stamp = Stamp {
            sequence: entry.sequence,
            version: entry.version,
            at: entry.changed_at,
        };
        Some(Self::new(
            event_type,
            tenant,
            order.id,
            stamp,
            EventData::Order(data),
        ))
    }

    /// The event of an entry of a customer's history.
    pub fn of_customer(tenant: TenantId, customer: &Customer, entry: &CustomerChange) -> Self {
        let event_type = EventType::of_customer(entry.event);
        let data = CustomerData {
            customer_id: customer.id,
            changed_fields: entry.changed_fields.clone(),
        };
        let stamp = Stamp {
            sequence: entry.sequence,
            version: entry.version,
            at: entry.changed_at,
        };
        Self::new(event_type, tenant, customer.id, stamp, EventData::Customer(data))
    }

    /// The event of an entry of a plan's history; `None` for an entry that is not published. Remarks stay in the house.
    pub fn of_plan(tenant: TenantId, plan: &Plan, entry: &PlanChange) -> Option<Self> {
        let event_type = EventType::of_plan(entry.event())?;
        let data = PlanData {
            plan_id: plan.id,
            plan_number: plan.row.plan_number.clone(),
            plan_type: plan.row.plan_type,
            from_status: entry.from_status,
            to_status: entry.to_status,
        };
        let stamp = Stamp {
            sequence: entry.sequence,
            version: entry.version,
            at: entry.changed_at,
        };
        Some(Self::new(
            event_type,
            tenant,
            plan.id,
            stamp,
            EventData::Plan(data),
        ))
    }

    fn new(event_type: EventType, tenant: TenantId, entity_id: Uuid, stamp: Stamp, data: EventData) -> Self {
        let event_id = derived_id(&["event", &entity_id.to_string(), &stamp.sequence.to_string()]);
        Self {
            event_id,
            event_type,
            tenant_id: tenant.0,
            entity_id,
            sequence: stamp.sequence,
            version: stamp.version,
            occurred_at: stamp.at,
            data,
        }
    }

    /// Reads an event off a queue; `None` for a type that this version does not know, which a newer one has published
    /// for others.
    ///
    /// # Errors
    /// When it is not an event, or one of a known type with other data.
    pub fn parse(body: &str) -> serde_json::Result<Option<Self>> {
        let raw: Value = serde_json::from_str(body)?;
        let word = raw.get("event_type").cloned().unwrap_or_default();
        if word.is_string() && serde_json::from_value::<EventType>(word).is_err() {
            return Ok(None);
        }
        let event: Envelope<Value> = serde_json::from_value(raw)?;
        let data = match event.event_type {
            EventType::OrderCreated
            | EventType::OrderStatusChanged
            | EventType::OrderAmended
            | EventType::OrderPaymentRecorded => EventData::Order(serde_json::from_value(event.data)?),
            EventType::CustomerCreated | EventType::CustomerUpdated | EventType::CustomerErased => {
                EventData::Customer(serde_json::from_value(event.data)?)
            }
            EventType::PlanCreated | EventType::PlanStatusChanged => {
                EventData::Plan(serde_json::from_value(event.data)?)
            }
        };
        Ok(Some(Self {
            event_id: event.event_id,
            event_type: event.event_type,
            tenant_id: event.tenant_id,
            entity_id: event.entity_id,
            sequence: event.sequence,
            version: event.version,
            occurred_at: event.occurred_at,
            data,
        }))
    }

    /// The message on the topic; subscribers filter by tenant and type.
    ///
    /// # Errors
    /// When it does not serialise, which is a fault of ours.
    pub fn message(&self) -> serde_json::Result<Message> {
        let event_type = serde_json::to_value(self.event_type)?
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Ok(Message {
            body: serde_json::to_string(self)?,
            attributes: vec![
                ("tenant_id", self.tenant_id.to_string()),
                ("event_type", event_type),
            ],
        })
    }
}

struct Stamp {
    sequence: u64,
    version: u64,
    at: DateTime<Utc>,
}

#[cfg(test)]
mod tests;
