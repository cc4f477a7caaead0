//! What was sold of each product, from the best source that knows it (D70).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};
use futures_util::{StreamExt as _, stream};
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::SalesHistory;

use super::{HISTORY_DAYS, HistorySource, Upkeep, order_history};
use crate::app::App;
use crate::auth::Access;
use crate::partners::{PartnerError, Sales, deadline};
use crate::problem::Problem;
use crate::store::keys::{self, Index};
use crate::store::record::from_item;
use crate::store::sales_history::SalesMonth;
use crate::store::{Query, StoreError, TenantStore};

/// Products that the sales partner is asked for side by side.
const CONCURRENT_QUESTIONS: usize = 8;
/// The longest that the sales partner is asked altogether: a plan has to be made all the same.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);

/// Quantities by day, of one product.
pub(super) type DailySales = BTreeMap<NaiveDate, Quantity>;

/// The histories of a tenant's products.
#[derive(Debug, Default)]
pub(super) struct Histories {
    /// By product.
    pub(super) products: BTreeMap<String, (HistorySource, SalesHistory)>,
    /// Sources that did not answer.
    pub(super) degraded_sources: BTreeSet<String>,
}

/// The histories of all products that have one, up to yesterday.
pub(super) async fn load(
    app: &App,
    access: &Access,
    products: &[String],
    today: NaiveDate,
    upkeep: Upkeep,
) -> Result<Histories, Problem> {
    let Some(window) = Window::before(today) else {
        return Ok(Histories::default());
    };
    let store = app.tenant_store(access);
    let (asked, imported, ordered) = tokio::join!(
        ask_partner(app, access, products, window),
        imported(store, window),
        order_history::load(app, access, window, upkeep),
    );
    let (asked, ordered) = (asked, ordered?);
    let mut histories = Histories::default();
    // The last source first: a better one takes its place.
    histories.take(HistorySource::Orders, ordered.sales, window);
    histories.take(HistorySource::SalesHistory, imported?, window);
    histories.take(HistorySource::SalesPartner, asked.sales, window);
    if asked.incomplete {
        histories.degraded_sources.insert("sales".into());
    }
    if ordered.incomplete {
        histories.degraded_sources.insert("order_history".into());
    }
    Ok(histories)
}

/// The days that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The first.
    pub(super) from: NaiveDate,
    /// The last: yesterday, since today is not over.
    pub(super) to: NaiveDate,
}

impl Window {
    fn before(today: NaiveDate) -> Option<Self> {
        Some(Self {
            from: today.checked_sub_days(Days::new(HISTORY_DAYS))?,
            to: today.pred_opt()?,
        })
    }

    /// Whether a day is in it.
    pub(super) fn contains(self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date)
    }
}

impl Histories {
    /// Takes over what a source knows. A day on which the source knows of any sale was a day of business: what has no row
    /// there was not sold, from its first sale on. A day without any row was none, and says nothing.
    fn take(&mut self, source: HistorySource, sales: BTreeMap<String, DailySales>, window: Window) {
        let of_business: BTreeSet<NaiveDate> = sales
            .values()
            .flat_map(BTreeMap::keys)
            .copied()
            .filter(|date| window.contains(*date))
            .collect();
        let Some(last) = of_business.last().copied() else {
            return;
        };
        for (product, days) in sales {
            let known = days.range(window.from..=window.to).next();
            let Some((first_date, _)) = known else {
                continue;
            };
            let (first_date, until) = (*first_date, last);
            let dates = first_date.iter_days().take_while(|date| *date <= until);
            let days = dates.map(|date| {
                let sold = days.get(&date).copied();
                sold.or_else(|| of_business.contains(&date).then_some(Quantity::ZERO))
            });
            let history = SalesHistory {
                first_date,
                days: days.collect(),
            };
            self.products.insert(product, (source, history));
        }
    }
}

/// What the sales partner knows.
#[derive(Debug, Default)]
struct Asked {
    sales: BTreeMap<String, DailySales>,
    /// Whether some products have no answer to rely on.
    incomplete: bool,
}

/// Asks the sales partner for each product, as long as there is patience. One that has failed for good (its breaker is
/// open) is not asked for the rest.
async fn ask_partner(app: &App, access: &Access, products: &[String], window: Window) -> Asked {
    let Some(partner) = app.partners().sales.as_deref() else {
        return Asked::default();
    };
    let until = app.now() + PATIENCE;
    let until = deadline::current().map_or(until, |ends| until.min(ends));
    let mut answers = stream::iter(products.to_vec())
        .map(|product| ask(app, partner, access, product, window, until))
        .buffer_unordered(CONCURRENT_QUESTIONS);
    let mut asked = Asked::default();
    while let Some((product, answer)) = answers.next().await {
        match answer {
            Ok(days) if days.is_empty() => {}
            Ok(days) => {
                asked.sales.insert(product, days);
            }
            Err(error) => {
                if !asked.incomplete {
                    tracing::warn!(cause = %error, "the sales partner gave no answer to rely on");
                }
                asked.incomplete = true;
            }
        }
    }
    asked
}

async fn ask(
    app: &App,
    partner: &dyn Sales,
    access: &Access,
    product: String,
    window: Window,
    until: chrono::DateTime<chrono::Utc>,
) -> (String, Result<DailySales, PartnerError>) {
    if app.now() >= until {
        return (product, Err(PartnerError::NoTimeLeft));
    }
    let answer = partner.history(access, &product, window.from, window.to).await;
    (product, answer)
}

/// What was imported (SPEC §9).
async fn imported(
    store: TenantStore<'_>,
    window: Window,
) -> Result<BTreeMap<String, DailySales>, StoreError> {
    by_product(store, keys::sales_history_partition(store.tenant()), window).await
}

/// The days of a partition of months, by product.
pub(super) async fn by_product(
    store: TenantStore<'_>,
    partition: String,
    window: Window,
) -> Result<BTreeMap<String, DailySales>, StoreError> {
    let mut query = Query {
        // A day more or less makes no difference to a forecast, and half the price does.
        eventual: true,
        ..Query::all(Index::Primary, partition)
    };
    let mut sales: BTreeMap<String, DailySales> = BTreeMap::new();
    loop {
        let page = store.query(query.clone()).await?;
        for item in page.items {
            let month: SalesMonth = from_item(item)?;
            let days = month.days.iter().filter_map(|(day, quantity)| {
                let date = month.month.with_day(day.parse().ok()?)?;
                window.contains(date).then_some((date, *quantity))
            });
            let days: Vec<_> = days.collect();
            if !days.is_empty() {
                sales.entry(month.product_id.clone()).or_default().extend(days);
            }
        }
        match page.next {
            Some(next) => query.start = Some(next),
            None => return Ok(sales),
        }
    }
}
