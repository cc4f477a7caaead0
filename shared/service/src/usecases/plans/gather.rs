//! Gathering what a plan is computed from. Orders are read some days at a time, so that the work can be put aside when an
//! invocation ends and taken up again by the next (D69).

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use orders_domain::planning::{DEFAULT_SERVICE_LEVEL, PlanInput, PlanParameters};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::expected_sales::{deviation, expected, forecast_demand, not_forecast, warning};
use super::sources::{self, KnownCatalog};
use super::stake::OrdersAtStake;
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::TenantStore;
use crate::store::orders::OrderInIndex;
use crate::store::plans::{Plan, PlanRunParameters, PlanWarning};
use crate::usecases::forecasts::{SourcedForecast, Upkeep};
use crate::usecases::orders::demand::{counted, orders_due};

/// Days whose orders are read in one go.
const DAYS_IN_A_GO: u64 = 3;
/// Goes that run side by side.
const CONCURRENT_READS: usize = 4;

/// What a plan is computed over.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// The plan; none for a what-if.
    pub(super) plan: Option<Uuid>,
    /// First day of the horizon.
    pub(super) start: NaiveDate,
    /// Last day of the horizon.
    pub(super) end: NaiveDate,
    /// The local date to which the run belongs: a retry after midnight gives the same plan.
    pub(super) today: NaiveDate,
    /// What it works with.
    pub(super) parameters: PlanRunParameters,
}

impl Scope {
    /// That of a stored plan.
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            plan: Some(plan.id),
            start: plan.row.horizon_start_date,
            end: plan.row.horizon_end_date,
            today: plan.body.local_date,
            parameters: plan.body.parameters.clone(),
        }
    }

    fn contains(&self, date: NaiveDate) -> bool {
        (self.start..=self.end).contains(&date)
    }
}

/// What a plan is computed from, as far as it is gathered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Gathered {
    /// What the planner takes.
    pub(super) input: PlanInput,
    /// What the orders come to that are demand.
    pub(super) at_stake: OrdersAtStake,
    /// The forecasts, with the days of the horizon.
    pub(super) forecasts: Vec<SourcedForecast>,
    /// Sources that did not answer.
    pub(super) degraded_sources: BTreeSet<String>,
    /// What is to be said of them.
    pub(super) warnings: Vec<PlanWarning>,
    /// The first day whose orders are still to be read; none once all are.
    pub(super) next_date: Option<NaiveDate>,
}

impl Gathered {
    /// Everything but the orders of the horizon, read side by side.
    ///
    /// # Errors
    /// When the table does not answer.
    pub(super) async fn begin(
        app: &App,
        access: &Access,
        scope: &Scope,
        upkeep: Upkeep,
    ) -> Result<Self, Problem> {
        let (known, overdue, planned) = tokio::join!(
            sources::catalog(app, access),
            sources::overdue_orders(app.tenant_store(access), scope),
            sources::planned_receipts(app, access, scope),
        );
        let KnownCatalog {
            catalog,
            inventory_is_missing,
        } = known?;
        let mut forecasts = expected(app, access, scope, &catalog, upkeep).await?;
        for row in &mut forecasts.products {
            row.forecast.days.retain(|day| scope.contains(day.date));
        }
        let mut degraded_sources = forecasts.degraded_sources;
        if inventory_is_missing {
            degraded_sources.insert("inventory".into());
        }
        let unavailable = degraded_sources.iter().map(|source| warning(source));
        Ok(Self {
            input: PlanInput {
                start: scope.start,
                horizon_days: u16::try_from(scope.parameters.horizon_days)
                    .map_err(|_| Problem::internal("a stored horizon is too long"))?,
                today: scope.today,
                order_demand: Default::default(),
                overdue_orders: overdue?,
                forecast: forecast_demand(&forecasts.products),
                demand_deviation: forecasts.products.iter().map(deviation).collect(),
                catalog,
                parameters: PlanParameters {
                    safety_stock_percentage: scope.parameters.safety_stock_percentage,
                    default_lead_time_days: scope.parameters.lead_time_days,
                    safety_stock_method: scope.parameters.safety_stock_method.planned(),
                    service_level: scope.parameters.service_level.unwrap_or(DEFAULT_SERVICE_LEVEL),
                },
                planned_receipts: planned?,
                safety_stock_overrides: Default::default(),
            },
            at_stake: OrdersAtStake::default(),
            forecasts: forecasts.products,
            warnings: unavailable.chain(not_forecast(&forecasts.too_little)).collect(),
            degraded_sources,
            next_date: scope.parameters.use_orders.then_some(scope.start),
        })
    }

    /// Reads the orders of the days that are still to come, in order, until all are in or `is_short` says that the
    /// invocation ends soon. At least one go is always done, so that being put aside again and again leads somewhere.
    ///
    /// # Errors
    /// When the table does not answer.
    pub(super) async fn take_orders(
        &mut self,
        store: TenantStore<'_>,
        end: NaiveDate,
        is_short: impl Fn() -> bool,
    ) -> Result<(), Problem> {
        let Some(from) = self.next_date else {
            return Ok(());
        };
        let goes = stream::iter(goes(from, end))
            .map(|(first, last)| async move { orders_due(store, first, last).await.map(|due| (due, last)) });
        let mut goes = std::pin::pin!(goes.buffered(CONCURRENT_READS));
        while let Some((due, last)) = goes.try_next().await? {
            self.add(&due);
            self.next_date = last.succ_opt().filter(|next| *next <= end);
            if is_short() {
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, due: &[OrderInIndex]) {
        for order in counted(due) {
            let Some(id) = order.id().map(|id| id.to_string()) else {
                continue;
            };
            for line in order.dv.iter().flatten() {
                let (date, lines) = (order.r.delivery_date, &mut self.input.order_demand);
                lines.push(&id, line.line, &line.product_id, date, line.quantity);
            }
            self.at_stake.add(id, order);
        }
    }
}

/// The days from one to another, some at a time.
fn goes(from: NaiveDate, end: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let next = |date: &NaiveDate| date.checked_add_days(Days::new(DAYS_IN_A_GO));
    std::iter::successors(Some(from), next)
        .take_while(|first| *first <= end)
        .map(|first| {
            let last = first.checked_add_days(Days::new(DAYS_IN_A_GO - 1)).unwrap_or(end);
            (first, last.min(end))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_some_at_a_time_and_none_is_left_out() {
        // D69
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let read = goes(date("2026-12-28"), date("2027-01-03"));
        let expected = [
            ("2026-12-28", "2026-12-30"),
            ("2026-12-31", "2027-01-02"),
            ("2027-01-03", "2027-01-03"),
        ];
        assert_eq!(read, expected.map(|(first, last)| (date(first), date(last))));
        assert_eq!(goes(date("2027-01-03"), date("2027-01-02")), []);
    }
}
