//! The lines of an export: newline-delimited JSON, one object a line, each with a `type`.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::{Money, Quantity};
use orders_domain::order_status::OrderStatus;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::CustomerView;
use crate::auth::TenantId;
use crate::http::dto::common::{ActorView, MoneyText, QuantityText};
use crate::http::dto::orders::OrderView;
use crate::http::dto::orders::request::OrderStatusWord;
use crate::problem::Problem;
use crate::store::orders::HistoryEntry;
use crate::usecases::customers::export::{Exported, Fit};
use crate::words::HistoryEvent;

/// What a page may weigh, in bytes: an answer of a function may have 6 MB, escapes and envelope included.
pub const MAX_PAGE_BYTES: usize = 4_000_000;

/// One line of an export.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ExportLine {
    /// The customer, first of all.
    Customer(CustomerView),
    /// One of its orders, oldest first.
    Order(OrderView),
    /// An entry of the order's history, oldest first, right after the order.
    History(ExportedEntry),
    /// The last line.
    End(ExportEnd),
}

/// An entry of an order's history.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct ExportedEntry {
    pub order_id: Uuid,
    pub sequence: u64,
    pub version: u64,
    pub event: HistoryEvent,
    #[schema(value_type = Option<OrderStatusWord>)]
    pub from_status: Option<OrderStatus>,
    #[schema(value_type = OrderStatusWord)]
    pub to_status: OrderStatus,
    pub reason: Option<String>,
    pub note: Option<String>,
    #[schema(value_type = Object)]
    pub context: serde_json::Value,
    pub notify_customer: bool,
    pub changed_by: ActorView,
    pub changed_at: DateTime<Utc>,
    pub after: ExportedFigures,
}

/// An order's figures after a change.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct ExportedFigures {
    #[schema(value_type = OrderStatusWord)]
    pub status: OrderStatus,
    #[schema(value_type = MoneyText)]
    pub total_amount: Money,
    #[schema(value_type = MoneyText)]
    pub balance_due: Money,
    #[schema(value_type = QuantityText)]
    pub total_quantity: Quantity,
    pub delivery_date: NaiveDate,
}

/// Where an export goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportEnd {
    /// Send it as `cursor`; null when nothing is left.
    pub next_cursor: Option<String>,
}

impl ExportedEntry {
    fn of(order: Uuid, entry: &HistoryEntry) -> Self {
        let after = &entry.after;
        Self {
            order_id: order,
            sequence: entry.sequence,
            version: entry.version,
            event: entry.event,
            from_status: entry.from_status,
            to_status: entry.to_status,
            reason: entry.reason.clone(),
            note: entry.note.clone(),
            context: entry.context.clone().unwrap_or_else(|| serde_json::json!({})),
            notify_customer: entry.notify_customer,
            changed_by: (&entry.changed_by).into(),
            changed_at: entry.changed_at,
            after: ExportedFigures {
                status: after.status,
                total_amount: after.total_amount,
                balance_due: after.balance_due,
                total_quantity: after.total_quantity,
                delivery_date: after.delivery_date,
            },
        }
    }
}

/// A page of an export as it is written.
pub struct ExportPage {
    tenant: TenantId,
    delivery_tracking_enabled: bool,
    max_bytes: usize,
    bytes: Vec<u8>,
    orders: usize,
}

impl ExportPage {
    /// An empty page.
    pub fn new(tenant: TenantId, delivery_tracking_enabled: bool) -> Self {
        Self {
            tenant,
            delivery_tracking_enabled,
            max_bytes: MAX_PAGE_BYTES,
            bytes: Vec::new(),
            orders: 0,
        }
    }

    /// Writes one more thing with all its lines, if it fits. The first order of a page is written in any case, so that
    /// every page gets on.
    ///
    /// # Errors
    /// Internal when it does not serialise.
    pub fn write(&mut self, exported: Exported<'_>) -> Result<Fit, Problem> {
        let before = self.bytes.len();
        match exported {
            Exported::Customer(customer, standing) => {
                self.line(&ExportLine::Customer(CustomerView::of(
                    self.tenant,
                    customer,
                    standing,
                )))?;
                return Ok(Fit::Written);
            }
            Exported::Order(order, history) => {
                let view = OrderView::of(self.tenant, order, self.delivery_tracking_enabled);
                self.line(&ExportLine::Order(view))?;
                for entry in history {
                    self.line(&ExportLine::History(ExportedEntry::of(order.id, entry)))?;
                }
            }
        }
        if self.bytes.len() > self.max_bytes && self.orders > 0 {
            self.bytes.truncate(before);
            return Ok(Fit::Full);
        }
        self.orders += 1;
        Ok(Fit::Written)
    }

    /// Ends the page.
    ///
    /// # Errors
    /// Internal when the last line does not serialise.
    pub fn finish(mut self, next_cursor: Option<String>) -> Result<Vec<u8>, Problem> {
        self.line(&ExportLine::End(ExportEnd { next_cursor }))?;
        Ok(self.bytes)
    }

    fn line(&mut self, line: &ExportLine) -> Result<(), Problem> {
        serde_json::to_writer(&mut self.bytes, line).map_err(|error| Problem::internal(error.to_string()))?;
        self.bytes.push(b'\n');
        Ok(())
    }
}
