//! Reporting on a line of an order: production, quality, delivery, returns (D28b).

use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::OrderStatus;
use orders_domain::returns::{LineReturn, returned_amount};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record_payment::settle;
use super::{exposure, rules};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{Problem, ProblemCode};
use crate::store::order_writes::OrderWritten;
use crate::store::orders::{HistoryEntry, Order, OrderLine, Production, Quality};
use crate::words::{HistoryEvent, ProductionStatus, QualityStatus};

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// What is reported on a line; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "the fields are those of D28b, under their names")]
pub struct LineReport {
    pub production: ProductionReport,
    pub quality: QualityReport,
    pub quantity_delivered: Option<Quantity>,
    /// Everything that has come back so far.
    pub quantity_returned: Option<Quantity>,
    pub reason: Option<String>,
}

/// What is reported on a line's production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of D28b, under their names")]
pub struct ProductionReport {
    pub status: Option<ProductionStatus>,
    pub quantity_produced: Option<Quantity>,
}

/// What is reported on a line's quality.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of D28b, under their names")]
pub struct QualityReport {
    pub status: Option<QualityStatus>,
    /// Inner `None`: the notes go.
    pub notes: Option<Option<String>>,
}

impl LineReport {
    /// Whether it tells anything.
    pub fn is_empty(&self) -> bool {
        !self.is_about_making() && self.quantity_delivered.is_none() && self.quantity_returned.is_none()
    }

    fn is_about_making(&self) -> bool {
        self.production != ProductionReport::default() || self.quality != QualityReport::default()
    }
}

/// Reports on a line; what is as it was reported changes nothing.
///
/// # Errors
/// 404, 412, 409 `order-line-not-reportable`, 422 `quantity-exceeds-ordered`, 422 `quantity-exceeds-delivered`, 409
/// `version-conflict`.
pub async fn update_item(
    app: &App,
    access: &Access,
    id: Uuid,
    line: u16,
    report: &LineReport,
    if_match: Option<u64>,
) -> Result<Order, Problem> {
    let store = app.tenant_store(access);
    let index = usize::from(line).checked_sub(1).ok_or_else(Problem::not_found)?;
    for _ in 0..ATTEMPTS {
        let order = super::get::get(app, access, id).await?;
        let before = order.body.lines.get(index).ok_or_else(Problem::not_found)?;
        check_if_match(if_match, order.version)?;
        judge(order.row.status, before, report)?;
        let mut after = before.clone();
        let changed = apply(&mut after, report);
        if changed.is_empty() {
            return Ok(order);
        }
        if report.quality.status.is_some() {
            note_check(app, access, &mut after);
        }
        let reported = reported(app, access, &order, index, after, report, changed)?;
        // Goods that came back, or did not after all, are facts: no limit stops them.
        let change = exposure::unchecked(Some(&order), &reported);
        match store
            .replace_order(&reported, order.version, Some(change))
            .await?
        {
            OrderWritten::Now => return Ok(reported),
            OrderWritten::TooLarge => return Err(rules::too_large()),
            OrderWritten::Other(None) => return Err(Problem::not_found()),
            OrderWritten::Other(Some(_)) | OrderWritten::LimitExceeded(_) | OrderWritten::LimitChanged(_) => {
            }
        }
    }
    Err(exposure::kept_changing())
}

/// Whether the order is where this can be reported, and the quantities agree.
fn judge(status: OrderStatus, line: &OrderLine, report: &LineReport) -> Result<(), Problem> {
    use OrderStatus::{Cancelled, Delivered, OnHold, OutForDelivery, Pending};
    let refused = |what: &str| {
        let status = status.as_str();
        Err(Problem::new(
            ProblemCode::OrderLineNotReportable,
            format!("{what} of an order that is {status} cannot be reported."),
        )
        .with("current", status))
    };
    if report.is_about_making() && matches!(status, Pending | OnHold | Cancelled) {
        return refused("Production and quality");
    }
    if report.quantity_delivered.is_some() && !matches!(status, OutForDelivery | Delivered) {
        return refused("The delivery");
    }
    if report.quantity_returned.is_some() && status != Delivered {
        return refused("A return");
    }
    let delivered = report.quantity_delivered.or(line.quantity_delivered);
    let delivered = delivered.unwrap_or(Quantity::ZERO);
    let returned = report.quantity_returned.or(line.quantity_returned);
    let returned = returned.unwrap_or(Quantity::ZERO);
    if delivered > line.quantity && report.quantity_delivered.is_some() {
        return Err(Problem::field(
            "/quantity_delivered",
            ProblemCode::QuantityExceedsOrdered,
            format!("{} were ordered.", line.quantity),
        )
        .with("quantity", line.quantity.to_string()));
    }
    if returned > delivered && (report.quantity_delivered.is_some() || report.quantity_returned.is_some()) {
        let (pointer, detail) = if report.quantity_returned.is_some() {
            ("/quantity_returned", format!("{delivered} were delivered."))
        } else {
            ("/quantity_delivered", format!("{returned} have come back."))
        };
        return Err(
            Problem::field(pointer, ProblemCode::QuantityExceedsDelivered, detail)
                .with("quantity_delivered", delivered.to_string())
                .with("quantity_returned", returned.to_string()),
        );
    }
    Ok(())
}

/// Puts what is reported on the line, and tells what that changed: names of fields with their values, of free text the
/// name only.
fn apply(line: &mut OrderLine, report: &LineReport) -> Map<String, Value> {
    let mut changed = Map::new();
    let mut note = |field: &str, from: Value, to: Value| {
        if from != to {
            changed.insert(field.to_owned(), json!({"from": from, "to": to}));
        }
    };
    let made = line.production.clone();
    let mut production = made.clone().unwrap_or(Production {
        status: ProductionStatus::Pending,
        quantity_produced: Quantity::ZERO,
    });
    if let Some(status) = report.production.status {
        note("production.status", json!(production.status), json!(status));
        production.status = status;
    }
    if let Some(quantity) = report.production.quantity_produced {
        note(
            "production.quantity_produced",
            json!(production.quantity_produced),
            json!(quantity),
        );
        production.quantity_produced = quantity;
    }
    let checked = line.quality.clone();
    let mut quality = checked.clone().unwrap_or(Quality {
        requirements: None,
        status: QualityStatus::Pending,
        notes: None,
        checked_by: None,
        checked_at: None,
    });
    if let Some(status) = report.quality.status {
        note("quality.status", json!(quality.status), json!(status));
        quality.status = status;
    }
    if let Some(delivered) = report.quantity_delivered {
        // Nothing reported is not the same as nothing delivered: the latter stays when the order is delivered.
        note(
            "quantity_delivered",
            json!(line.quantity_delivered),
            json!(delivered),
        );
        line.quantity_delivered = Some(delivered);
    }
    if let Some(returned) = report.quantity_returned {
        let before = line.quantity_returned.unwrap_or(Quantity::ZERO);
        note("quantity_returned", json!(before), json!(returned));
        line.quantity_returned = Some(returned).filter(|returned| !returned.is_zero());
    }
    if let Some(notes) = &report.quality.notes
        && *notes != quality.notes
    {
        changed.insert("quality.notes".to_owned(), json!({}));
        quality.notes.clone_from(notes);
    }
    if report.production != ProductionReport::default() {
        line.production = Some(production);
    }
    if report.quality != QualityReport::default() {
        line.quality = Some(quality);
    }
    changed
}

/// Who looked, and when; a check that is taken back was nobody's.
fn note_check(app: &App, access: &Access, line: &mut OrderLine) {
    if let Some(quality) = &mut line.quality {
        let done = quality.status != QualityStatus::Pending;
        quality.checked_by = done.then(|| access.actor().clone());
        quality.checked_at = done.then(|| app.now());
    }
}

/// The order after the report.
fn reported(
    app: &App,
    access: &Access,
    order: &Order,
    index: usize,
    line: OrderLine,
    report: &LineReport,
    changed: Map<String, Value>,
) -> Result<Order, Problem> {
    let now = app.now();
    let mut next = order.clone();
    next.write_id = app.ids().fresh();
    next.version = order.version + 1;
    next.body.updated_at = now;
    next.body.updated_by = access.actor().clone();
    if let Some(place) = next.body.lines.get_mut(index) {
        *place = line;
    }
    if changed.contains_key("quantity_returned") {
        next.body.returned_amount = returned(&next.body.lines)?;
        settle(&mut next);
    }
    let event = match report.quality.status {
        Some(_) => HistoryEvent::QualityChecked,
        None => HistoryEvent::Note,
    };
    let entry = HistoryEntry {
        sequence: order.next_sequence(),
        event,
        from_status: Some(order.row.status),
        to_status: order.row.status,
        reason: report.reason.clone(),
        note: None,
        notify_customer: false,
        changed_by: access.actor().clone(),
        changed_at: now,
        version: next.version,
        context: Some(json!({"line": index + 1, "changed": changed})),
        notification: None,
        after: next.after_change(),
    };
    next.body.history.push(entry);
    Ok(next)
}

fn returned(lines: &[OrderLine]) -> Result<Money, Problem> {
    let returns = lines.iter().map(|line| LineReturn {
        net_amount: line.net_amount,
        allocated_discount: line.allocated_discount,
        tax_rate: line.tax_rate,
        quantity: line.quantity,
        returned: line.quantity_returned.unwrap_or(Quantity::ZERO),
    });
    returned_amount(returns).ok_or_else(|| {
        Problem::new(
            ProblemCode::AmountOverflow,
            "What was returned comes to too large an amount.",
        )
    })
}
