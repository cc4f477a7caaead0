//! How the tenant works (D80), from what was placed in the last thirty days.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use orders_domain::business_model::{Detected, Observed, Thresholds, WINDOW_DAYS, detect};
use orders_domain::decimal::Quantity;

use crate::app::App;
use crate::auth::{Access, TenantId};
use crate::store::StoreError;
use crate::store::rollups::{PlacedDay, Totals};
use crate::words::BusinessModel;

/// What was detected, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// False when ENABLE_BUSINESS_MODEL_DETECTION is: nothing is concluded then.
    pub enabled: bool,
    /// What the factors say.
    pub detected: Detected,
    /// What they were worked out from.
    pub observed: Observed,
    /// The settings they were held against.
    pub thresholds: Thresholds,
    /// The window.
    pub start_date: NaiveDate,
    /// Its last day, which is today.
    pub end_date: NaiveDate,
    /// When the last change was counted; none while nothing was.
    pub as_of: Option<DateTime<Utc>>,
}

impl Detection {
    /// The word; none when detection is off.
    pub fn business_model(&self) -> Option<BusinessModel> {
        self.enabled.then_some(if self.detected.is_central {
            BusinessModel::CentralBakery
        } else {
            BusinessModel::IndividualBakery
        })
    }
}

/// The tenant's business model at the moment.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn business_model(app: &App, access: &Access) -> Result<Detection, StoreError> {
    let today = app.today(access);
    let (days, totals) = app
        .tenant_store(access)
        .placed_days(window_start(today), today)
        .await?;
    Ok(detection(access, today, &days, &totals))
}

/// The word for a new order or plan: read at most once within SETTINGS_CACHE_SECONDS in a process, and none when detection
/// is off.
///
/// # Errors
/// [`StoreError`]
pub async fn current(app: &App, access: &Access) -> Result<Option<BusinessModel>, StoreError> {
    if !access.settings().enable_business_model_detection {
        return Ok(None);
    }
    let (tenant, now) = (access.tenant(), app.now());
    if let Some(known) = app.business_models().fresh(tenant, now) {
        return Ok(known);
    }
    let found = business_model(app, access).await?.business_model();
    app.business_models().keep(tenant, now, found);
    Ok(found)
}

/// The first day of the longest window.
pub(super) fn window_start(today: NaiveDate) -> NaiveDate {
    let back = u64::try_from(WINDOW_DAYS - 1).unwrap_or(0);
    today.checked_sub_days(Days::new(back)).unwrap_or(NaiveDate::MIN)
}

/// What the days of the longest window say. Where the tenant's first order lies in it, the window begins with that.
pub(super) fn detection(
    access: &Access,
    today: NaiveDate,
    days: &[(NaiveDate, PlacedDay)],
    totals: &Totals,
) -> Detection {
    let settings = access.settings();
    let first = window_start(today);
    let within: Vec<_> = days.iter().filter(|(date, _)| *date >= first).collect();
    let placed: i64 = within.iter().map(|(_, day)| day.placed).sum();
    let first_order = within
        .iter()
        .find(|(_, day)| day.placed > 0)
        .map(|(date, _)| *date);
    let start_date = match first_order {
        // All orders there ever were lie in the window.
        Some(date) if placed >= totals.orders() => date,
        None if totals.orders() == 0 => today,
        _ => first,
    };
    let sum = |figure: fn(&PlacedDay) -> i64| within.iter().map(|(_, day)| figure(day)).sum();
    let observed = Observed {
        days: (today - start_date).num_days() + 1,
        orders: sum(|day| day.modelled),
        units: Quantity::from_scaled(sum(|day| day.units.scaled())),
        business_orders: sum(|day| day.business),
        wholesale_orders: sum(|day| day.wholesale),
    };
    let thresholds = Thresholds {
        individual: settings.individual_bakery_order_threshold,
        central: settings.central_bakery_order_threshold,
        large_quantity: settings.large_quantity_order_threshold,
    };
    Detection {
        enabled: settings.enable_business_model_detection,
        detected: detect(observed, thresholds),
        observed,
        thresholds,
        start_date,
        end_date: today,
        as_of: totals.as_of_millis.and_then(DateTime::from_timestamp_millis),
    }
}

/// What a warm process remembers of tenants' business models.
#[derive(Debug)]
pub struct BusinessModels {
    lifetime: TimeDelta,
    known: Mutex<HashMap<TenantId, Known>>,
}

/// A model with the time it was read.
#[derive(Debug, Clone, Copy)]
struct Known {
    read_at: DateTime<Utc>,
    model: Option<BusinessModel>,
}

/// Tenants a process remembers; beyond that it starts afresh.
const MOST_TENANTS: usize = 1_000;

impl BusinessModels {
    /// Remembers for this many seconds; with 0 it remembers nothing.
    pub fn lasting(seconds: u32) -> Self {
        Self {
            lifetime: TimeDelta::seconds(i64::from(seconds)),
            known: Mutex::default(),
        }
    }

    fn fresh(&self, tenant: TenantId, now: DateTime<Utc>) -> Option<Option<BusinessModel>> {
        let known = self.known.lock().ok()?;
        let entry = known.get(&tenant)?;
        (now - entry.read_at < self.lifetime).then_some(entry.model)
    }

    fn keep(&self, tenant: TenantId, now: DateTime<Utc>, model: Option<BusinessModel>) {
        if self.lifetime.is_zero() {
            return;
        }
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST_TENANTS {
                known.clear();
            }
            let read_at = now;
            known.insert(tenant, Known { read_at, model });
        }
    }
}
