//! Raising alerts: from an event to the drafts of D40's rules, each counted once and sent on its channels.

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;
use orders_domain::alerts::{
    AlertDraft, AlertSubtype, AlertThresholds, CreditFacts, FailedPayment, HoldReason, OrderFacts,
    order_alerts, shortage_alert,
};
use orders_domain::decimal::{Money, Percentage, Quantity};
use orders_domain::order_status::OrderStatus;
use serde::Deserialize;

use super::{count, deliver};
use crate::auth::{Access, Grant, TenantId};
use crate::messaging::envelope::{Envelope, EventData, EventType, OrderData};
use crate::messaging::{WorkError, Worker};
use crate::store::credit::Credit;
use crate::store::keys;
use crate::store::orders::Order;
use crate::store::plans::{Plan, PlanRequirement};
use crate::usecases::plans::get::requirements;
use crate::words::{PaymentOutcome, PlanStatus};

/// A draft with what it is about and what caused it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Occurrence {
    pub(super) draft: AlertDraft,
    /// `order`, `customer` or `ingredient`.
    pub(super) entity_kind: &'static str,
    pub(super) entity_id: String,
    pub(super) impact: Impact,
    /// `<entity of the event>#<sequence>` (D42).
    pub(super) cause: String,
    /// When it happened.
    pub(super) at: DateTime<Utc>,
}

/// What is at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Impact {
    pub(super) revenue_at_risk: Option<Money>,
    pub(super) orders_affected: u32,
    pub(super) customers_affected: u32,
}

/// The queue's handler: one event.
pub fn handle(worker: Worker, body: String) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move { raise(&worker, &body).await })
}

/// Raises the alerts that an event deserves. An event that comes again changes nothing, and completes what a crash left
/// unsent.
///
/// # Errors
/// When one of them could not be counted or sent; the others were.
pub async fn raise(worker: &Worker, body: &str) -> Result<(), WorkError> {
    let Some(event) = Envelope::parse(body)? else {
        return Ok(());
    };
    let grant = Grant::for_background_work(TenantId(event.tenant_id), worker.name);
    let access = worker.app.enter(grant).await?;
    let occurrences = match &event.data {
        EventData::Order(data) if rules_run(event.event_type, data) => {
            of_order(worker, &access, &event, data).await?
        }
        // One that was sent back is a draft again, and lacks nothing that it did not lack before.
        EventData::Plan(data)
            if data.from_status == Some(PlanStatus::Calculating) && data.to_status == PlanStatus::Draft =>
        {
            of_plan(worker, &access, &event).await?
        }
        _ => Vec::new(),
    };
    let mut outcome = Ok(());
    for occurrence in &occurrences {
        if let Err(error) = settle(worker, &access, occurrence).await {
            tracing::error!(cause = %error, alert_type = occurrence.draft.alert_type.as_str(), "alert not settled");
            outcome = Err(error);
        }
    }
    outcome
}

async fn settle(worker: &Worker, access: &Access, occurrence: &Occurrence) -> Result<(), WorkError> {
    let alert = count::count(worker, access, occurrence).await?;
    deliver::deliver(worker, access, alert).await
}

/// Whether an order's event is one of those at which D40's rules run.
fn rules_run(event_type: EventType, data: &OrderData) -> bool {
    match event_type {
        EventType::OrderCreated => true,
        // A return is told as an amendment, too, and comes when nothing can be amended any more.
        EventType::OrderAmended => data.to_status.is_amendable(),
        EventType::OrderStatusChanged => {
            data.to_status == OrderStatus::OnHold && data.hold_reason.is_some_and(|r| r != HoldReason::Manual)
        }
        EventType::OrderPaymentRecorded => failed_payment(data).is_some(),
        _ => false,
    }
}

fn failed_payment(data: &OrderData) -> Option<FailedPayment> {
    // Not the order's payment status: what is paid in part stays partial when a further attempt fails.
    let payment = data.payment.as_ref();
    let failed = payment.filter(|payment| payment.status == PaymentOutcome::Failed)?;
    Some(FailedPayment {
        amount: failed.amount,
        method: failed.method,
    })
}

/// The figures are those of the event, so that a late run judges what was; allergens are the order's.
async fn of_order(
    worker: &Worker,
    access: &Access,
    event: &Envelope,
    data: &OrderData,
) -> Result<Vec<Occurrence>, WorkError> {
    let store = worker.app.tenant_store(access);
    let Some(order) = store
        .get::<Order>(&keys::order(access.tenant(), data.order_id))
        .await?
    else {
        return Err(WorkError::poison("an event speaks of an order that is not there"));
    };
    let first = event.event_type == EventType::OrderCreated
        && store.mark_first_order(data.customer_id, data.order_id).await? == Some(data.order_id);
    let mut hold = data.hold_reason;
    let mut credit = None;
    if hold == Some(HoldReason::CreditLimitExceeded) {
        let found = store.credit(data.customer_id).await?;
        credit = credit_facts(found);
        // One that was amended until it fits stays on hold till somebody releases it, but exceeds nothing any more.
        if event.event_type == EventType::OrderAmended && found.fits(Money::ZERO, data.after.balance_due) {
            hold = None;
        }
    }
    let facts = OrderFacts {
        order_number: data.order_number.clone(),
        total_amount: data.after.total_amount,
        balance_due: data.after.balance_due,
        total_quantity: data.after.total_quantity,
        requested_delivery_at: data.requested_delivery_at,
        at: event.occurred_at,
        first_order_of_customer: first,
        hold,
        credit,
        failed_payment: failed_payment(data),
        allergens_in_common: order.body.allergens_in_common.len(),
        special_requirements: order.body.customer_has_special_requirements,
        currency: order.body.currency,
    };
    let thresholds = access.settings().alert_thresholds();
    Ok(order_occurrences(event, data, &facts, &thresholds))
}

fn credit_facts(credit: Credit) -> Option<CreditFacts> {
    let exposure = credit.exposure;
    credit.limit.map(|limit| CreditFacts { exposure, limit })
}

fn order_occurrences(
    event: &Envelope,
    data: &OrderData,
    facts: &OrderFacts,
    thresholds: &AlertThresholds,
) -> Vec<Occurrence> {
    let impact = Impact {
        revenue_at_risk: Some(data.after.total_amount),
        orders_affected: 1,
        customers_affected: 1,
    };
    let drafts = order_alerts(facts, thresholds).into_iter();
    drafts
        .map(|draft| {
            let (entity_kind, entity_id) = match draft.subtype {
                Some(AlertSubtype::NewCustomer) => ("customer", data.customer_id),
                _ => ("order", data.order_id),
            };
            let (entity_id, cause) = (entity_id.to_string(), cause(event));
            Occurrence {
                draft,
                entity_kind,
                entity_id,
                impact,
                cause,
                at: event.occurred_at,
            }
        })
        .collect()
}

/// What a shortage needs to know of a requirement as the planner wrote it.
#[derive(Debug, Clone, Deserialize)]
struct Shortage {
    name: String,
    unit: String,
    coverage_percentage: Percentage,
    order_quantity: Quantity,
    order_by_date: Option<NaiveDate>,
}

async fn of_plan(worker: &Worker, access: &Access, event: &Envelope) -> Result<Vec<Occurrence>, WorkError> {
    let store = worker.app.tenant_store(access);
    let Some(plan) = store
        .get::<Plan>(&keys::plan(access.tenant(), event.entity_id))
        .await?
    else {
        return Err(WorkError::poison("an event speaks of a plan that is not there"));
    };
    let thresholds = access.settings().alert_thresholds();
    let requirements = requirements(&worker.app, access, &plan).await?;
    let occurrences = requirements
        .iter()
        .map(|row| shortage_occurrence(event, row, &thresholds));
    occurrences.filter_map(Result::transpose).collect()
}

fn shortage_occurrence(
    event: &Envelope,
    row: &PlanRequirement,
    thresholds: &AlertThresholds,
) -> Result<Option<Occurrence>, WorkError> {
    let shortage = Shortage::deserialize(&row.requirement)?;
    let draft = shortage_alert(
        &shortage.name,
        &shortage.unit,
        shortage.coverage_percentage,
        &shortage.order_quantity.to_string(),
        shortage.order_by_date,
        thresholds,
    );
    let impact = Impact {
        revenue_at_risk: row.pegged_revenue,
        orders_affected: row.pegged_orders,
        customers_affected: row.pegged_customers,
    };
    Ok(draft.map(|draft| Occurrence {
        draft,
        entity_kind: "ingredient",
        entity_id: row.ingredient_id.clone(),
        impact,
        cause: cause(event),
        at: event.occurred_at,
    }))
}

fn cause(event: &Envelope) -> String {
    format!("{}#{}", event.entity_id, event.sequence)
}

#[cfg(test)]
mod tests;
