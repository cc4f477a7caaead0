//! The tenant's newest forecasts: kept by each plan that makes some, read by whoever asks for demand (D50).

use chrono::{Days, NaiveDate};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::Forecasts;
use crate::app::App;
use crate::auth::Access;
use crate::store::forecasts::{ForecastHead, ForecastPart, KeptForecast};
use crate::store::keys::{self, Index};
use crate::store::record::{from_item, to_item};
use crate::store::{Query, SortRange, StoreError, TenantStore};

/// Days that are kept: as many as are asked of demand, also of a forecast that is a week old. A plan may look much further
/// ahead, which nobody else does.
const DAYS_KEPT: i64 = 45;
/// Products in one item: at most 300 KB of the 400 KB that an item may have.
const PRODUCTS_IN_A_PART: usize = 150;
/// Products without a forecast that are kept by name: the head must stay small.
const MOST_TOLD: usize = 1_000;
/// Days after which the table may forget a part. The next plan has replaced it by then; without one the forecasts are
/// too old to be told.
const KEPT_DAYS: i64 = 9;
/// Days after which forecasts are too old to be told: the sales since would have changed them.
const FRESH_DAYS: u64 = 7;
/// Writes that run side by side.
const CONCURRENT_WRITES: usize = 8;

/// Forecasts as they are in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// The local date on which they were made: their first day.
    pub made_on: NaiveDate,
    /// The forecasts.
    pub forecasts: Forecasts,
}

impl Latest {
    /// Whether they were made on a day and reach as far as another.
    pub fn reaches(&self, made_on: NaiveDate, end: NaiveDate) -> bool {
        let mut ends = self.forecasts.products.iter().map(|row| row.forecast.days.last());
        self.made_on == made_on && ends.all(|last| last.is_some_and(|day| day.date >= end))
    }
}

/// Puts forecasts in force: their parts first, then the head that names them.
///
/// # Errors
/// [`StoreError`]
pub async fn keep(
    app: &App,
    access: &Access,
    made_on: NaiveDate,
    forecasts: &Forecasts,
) -> Result<(), StoreError> {
    let store = app.tenant_store(access);
    let (run, made_at) = (app.ids().fresh(), app.now());
    let ttl = made_at.timestamp() + KEPT_DAYS * 86_400;
    let is_kept = |date: NaiveDate| (date - made_on).num_days() < DAYS_KEPT;
    let parts = forecasts.products.chunks(PRODUCTS_IN_A_PART).zip(0_u32..);
    let items = parts.map(|(products, part)| {
        let part = ForecastPart {
            run,
            part,
            ttl,
            products: products
                .iter()
                .map(|row| KeptForecast::of(row, is_kept))
                .collect(),
        };
        to_item(store.tenant(), &part)
    });
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let parts = u32::try_from(items.len()).unwrap_or(u32::MAX);
    stream::iter(items)
        .map(|item| async move { store.overwrite(item).await })
        .buffer_unordered(CONCURRENT_WRITES)
        .try_collect::<()>()
        .await?;
    let head = ForecastHead {
        run,
        made_on,
        made_at,
        parts,
        too_little: forecasts.too_little.iter().take(MOST_TOLD).cloned().collect(),
        degraded_sources: forecasts.degraded_sources.iter().cloned().collect(),
    };
    store.overwrite(to_item(store.tenant(), &head)?).await
}

/// The forecasts in force; none where no plan has made any in the last week.
///
/// # Errors
/// [`StoreError`]
pub async fn latest(app: &App, access: &Access) -> Result<Option<Latest>, StoreError> {
    let store = app.tenant_store(access);
    let tenant = store.tenant();
    let Some(head) = store.get::<ForecastHead>(&keys::forecast_head(tenant)).await? else {
        return Ok(None);
    };
    let oldest = app.today(access).checked_sub_days(Days::new(FRESH_DAYS));
    if oldest.is_none_or(|oldest| head.made_on < oldest) {
        return Ok(None);
    }
    // They were written before the head that names them and are never changed, so the cheap read nearly always has all.
    let mut parts = read_parts(store, head.run, true).await?;
    if parts.len() < head.parts as usize {
        parts = read_parts(store, head.run, false).await?;
    }
    let products = parts.into_iter().flat_map(|part| part.products);
    let products = products.map(KeptForecast::into_forecast).collect();
    Ok(Some(Latest {
        made_on: head.made_on,
        forecasts: Forecasts {
            products,
            too_little: head.too_little,
            degraded_sources: head.degraded_sources.into_iter().collect(),
        },
    }))
}

async fn read_parts(
    store: TenantStore<'_>,
    run: Uuid,
    eventual: bool,
) -> Result<Vec<ForecastPart>, StoreError> {
    let query = Query {
        range: SortRange::Prefix(keys::forecast_parts_prefix(run)),
        eventual,
        ..Query::all(Index::Primary, keys::forecast_partition(store.tenant()))
    };
    let items = store.query_all(query).await?.into_iter();
    items.map(from_item).collect()
}
