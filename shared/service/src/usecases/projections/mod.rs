//! Projections (D33, D90): what orders and customers add up to, kept up to date from events. An event only says where to
//! look: what counts is how the record stands, and its gate tells what of it is counted. So events may come twice, late or
//! in any order.

mod customers;
mod orders;
pub mod recount;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::auth::{Grant, TenantId};
use crate::messaging::envelope::{Envelope, EventData};
use crate::messaging::{WorkError, Worker};
use crate::metrics;
use crate::store::orders::date_in_number;
use crate::store::rollups::Counted;

/// How often a lost race is run again before the message goes back to its queue.
const ATTEMPTS: u32 = 8;

/// The queue's handler: one event.
pub fn handle(worker: Worker, body: String) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move { project(&worker, &body).await })
}

/// Counts what an event tells of. Events of plans, and types that only a newer version knows, change nothing here.
///
/// # Errors
/// Poison when it is no event, or names a record that is not there; transient when the table does not answer or others
/// kept changing the same rows.
pub async fn project(worker: &Worker, body: &str) -> Result<(), WorkError> {
    let Some(event) = Envelope::parse(body)? else {
        return Ok(());
    };
    let grant = Grant::for_background_work(TenantId(event.tenant_id), worker.name);
    let mut cause = Cause {
        id: event.entity_id,
        placed: None,
        sequence: event.sequence,
        occurred_at: Some(event.occurred_at),
        recheck: false,
    };
    let counted = match &event.data {
        EventData::Order(data) => {
            cause.placed = date_in_number(&data.order_number);
            orders::project(worker, &grant, cause).await?
        }
        EventData::Customer(_) => customers::project(worker, &grant, cause).await?,
        EventData::Plan(_) => false,
    };
    if counted {
        let now = worker.app.now();
        let lag = (now - event.occurred_at).num_milliseconds();
        metrics::emit_value(worker.name, now, "ProjectionLag", lag);
    }
    Ok(())
}

/// Why a record is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cause {
    /// The order or customer.
    id: Uuid,
    /// When the order was placed, where that is known before it is read.
    placed: Option<chrono::NaiveDate>,
    /// The version up to which it must be counted.
    sequence: u64,
    /// When the change was made that is told of; when the record last changed, unless somebody tells.
    occurred_at: Option<DateTime<Utc>>,
    /// Whether a contribution that is up to date by its sequence is compared all the same.
    recheck: bool,
}

impl Cause {
    fn counted(&self, worker: &Worker, updated_at: DateTime<Utc>) -> Counted {
        Counted {
            at: worker.app.now(),
            occurred_at: self.occurred_at.unwrap_or(updated_at),
        }
    }
}

fn not_there(what: &str) -> WorkError {
    WorkError::poison(format!("the {what} of an event is not there"))
}

fn ahead() -> WorkError {
    WorkError::transient("an event is ahead of its record")
}

fn kept_changing() -> WorkError {
    WorkError::transient("others kept changing the same rows")
}
