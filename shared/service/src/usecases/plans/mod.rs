//! Procurement plans (D69): started by a caller or the schedule, computed behind a queue, read with their requirements.

pub mod compute;
mod expected_sales;
mod gather;
pub mod get;
pub mod list;
pub mod proposal;
mod purchase;
mod rows;
pub mod schedule;
pub mod simulate;
mod snapshot;
mod sources;
mod stake;
pub mod start;
mod supersede;
pub mod update_requirement;
pub mod update_status;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

pub use compute::compute;
pub(crate) use schedule::FUNCTION as SCHEDULE_FUNCTION;
pub use schedule::schedule;

use crate::store::keys::{self, Index, sortable_time};
use crate::store::plans::PlanInIndex;
use crate::store::record::from_index;
use crate::store::{Query, SortRange, StoreError, TenantStore};

/// The plans created between two instants, oldest first, as the index has them.
async fn created_between(
    store: TenantStore<'_>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<PlanInIndex>, StoreError> {
    // `~` sorts after everything that follows the time in a sort key.
    let range = SortRange::Between(sortable_time(from), format!("{}~", sortable_time(to)));
    let query = Query {
        range,
        ..Query::all(Index::Gs1, keys::plans_by_creation(store.tenant()))
    };
    let items = store.query_all(query).await?.into_iter();
    items.map(from_index).collect()
}

/// Instants that enclose a local date in any time zone.
fn around(date: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
    let before = date.checked_sub_days(Days::new(1)).unwrap_or(date);
    let after = date.checked_add_days(Days::new(2)).unwrap_or(date);
    (midnight(before), midnight(after))
}
