//! What a plan is computed from: the catalog, the orders of its horizon, and what earlier plans still have to receive.
//! A source that is missing is named, never silently zero (D69).

use chrono::{Days, NaiveDate};
use orders_domain::decimal::Quantity;
use orders_domain::planning::{
    OrderDemand, PlanInput, PlanParameters, PlannedReceipt, Requirement, RequirementStatus,
};

use super::stake::OrdersAtStake;
use super::{around, created_between, get};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys::{self, Index};
use crate::store::orders::OrderInIndex;
use crate::store::plans::{Plan, PlanWarning};
use crate::store::{Query, SortRange, StoreError, TenantStore};
use crate::usecases::catalog;
use crate::usecases::orders::demand::{counted, orders_due};
use crate::words::PlanStatus;

/// How far back overdue orders are looked for, in days: older ones are forgotten rather than late.
const OVERDUE_DAYS: u64 = 31;
/// How far back plans may have been started that still have something to receive, in days.
const OPEN_PLAN_DAYS: u64 = 400;

/// What a plan is computed from.
pub(super) struct Inputs {
    /// What the planner takes.
    pub(super) input: PlanInput,
    /// What the orders come to that are demand.
    pub(super) at_stake: OrdersAtStake,
    /// Sources that did not answer or are not there yet.
    pub(super) degraded_sources: Vec<String>,
    /// What is to be said of them.
    pub(super) warnings: Vec<PlanWarning>,
}

/// Reads everything a plan is computed from, side by side.
pub(super) async fn load(app: &App, access: &Access, plan: &Plan) -> Result<Inputs, Problem> {
    let store = app.tenant_store(access);
    let parameters = &plan.body.parameters;
    // The run belongs to the local date on which it was started: a retry after midnight gives the same plan.
    let today = plan.body.local_date;
    let (catalog, orders, overdue, planned, learnable) = tokio::join!(
        catalog::load(store),
        orders_in_horizon(store, plan),
        overdue_orders(store, plan),
        planned_receipts(app, access, plan),
        has_history(store, plan),
    );
    let orders = orders?;
    let mut inputs = Inputs {
        at_stake: OrdersAtStake::of(&orders),
        input: PlanInput {
            start: plan.row.horizon_start_date,
            horizon_days: u16::try_from(parameters.horizon_days)
                .map_err(|_| Problem::internal("a stored horizon is too long"))?,
            today,
            order_demand: order_demand(&orders),
            overdue_orders: overdue?,
            forecast: Vec::new(),
            catalog: catalog?,
            parameters: PlanParameters {
                safety_stock_percentage: parameters.safety_stock_percentage,
                default_lead_time_days: parameters.lead_time_days,
            },
            planned_receipts: planned?,
        },
        degraded_sources: Vec::new(),
        warnings: Vec::new(),
    };
    if learnable? {
        inputs.degraded_sources.push("forecast".into());
        inputs.warnings.push(PlanWarning {
            code: "forecast_unavailable".into(),
            message:
                "There is history to forecast from, but forecasts are not made yet: the plan counts orders \
                      alone. Check the quantities of what is usually sold without an order."
                    .into(),
            reference_count: 0,
            references: Vec::new(),
        });
    }
    Ok(inputs)
}

async fn orders_in_horizon(store: TenantStore<'_>, plan: &Plan) -> Result<Vec<OrderInIndex>, StoreError> {
    if plan.body.parameters.use_orders {
        orders_due(store, plan.row.horizon_start_date, plan.row.horizon_end_date).await
    } else {
        Ok(Vec::new())
    }
}

fn order_demand(orders: &[OrderInIndex]) -> Vec<OrderDemand> {
    let of_order = |order: &OrderInIndex| {
        let (id, date) = (order.id().unwrap_or_default().to_string(), order.r.delivery_date);
        let lines = order.dv.clone().unwrap_or_default().into_iter();
        lines.map(move |line| OrderDemand {
            order_id: id.clone(),
            line: line.line,
            product_id: line.product_id,
            date,
            quantity: line.quantity,
        })
    };
    counted(orders).flat_map(of_order).collect()
}

/// Open orders whose day has passed: no demand, but named (D60).
async fn overdue_orders(store: TenantStore<'_>, plan: &Plan) -> Result<Vec<String>, StoreError> {
    let today = plan.body.local_date;
    let days = |back: u64| today.checked_sub_days(Days::new(back)).unwrap_or(NaiveDate::MIN);
    if !plan.body.parameters.use_orders {
        return Ok(Vec::new());
    }
    let orders = orders_due(store, days(OVERDUE_DAYS), days(1)).await?;
    let open = orders.iter().filter(|order| order.r.status.is_open());
    Ok(open.filter_map(|order| Some(order.id()?.to_string())).collect())
}

/// Whether a forecast is wanted and there is something to make it from (D70): then its absence has to be told.
async fn has_history(store: TenantStore<'_>, plan: &Plan) -> Result<bool, StoreError> {
    if !plan.body.parameters.use_forecast {
        return Ok(false);
    }
    if store.has_sales_history().await? {
        return Ok(true);
    }
    let before_today = SortRange::Between("0".into(), plan.body.local_date.to_string());
    let orders = Query::all(Index::Gs2, keys::orders_by_delivery(store.tenant()));
    let past = Query {
        range: before_today,
        limit: Some(1),
        ..orders
    };
    Ok(!store.query(past).await?.items.is_empty())
}

/// What approved plans and plans in execution have decided to buy and have not received (D69), so that a rerun doubles
/// nothing.
async fn planned_receipts(app: &App, access: &Access, plan: &Plan) -> Result<Vec<PlannedReceipt>, Problem> {
    let today = plan.body.local_date;
    let earliest = today.checked_sub_days(Days::new(OPEN_PLAN_DAYS)).unwrap_or(today);
    let found = created_between(app.tenant_store(access), around(earliest).0, around(today).1)
        .await?
        .into_iter();
    let open = found
        .filter(|other| matches!(other.r.status, PlanStatus::Approved | PlanStatus::InExecution))
        .filter_map(|other| other.id());
    let mut receipts = Vec::new();
    for id in open.filter(|id| *id != plan.id) {
        let key = keys::plan(access.tenant(), id);
        let Some(other) = app.tenant_store(access).get::<Plan>(&key).await? else {
            continue;
        };
        for row in get::requirements(app, access, &other).await? {
            let mut json = row.requirement;
            if let Some(fields) = json.as_object_mut() {
                fields.insert("pegging".into(), serde_json::Value::Array(Vec::new()));
            }
            let requirement: Requirement = serde_json::from_value(json).map_err(|error| {
                Problem::internal(format!("a stored requirement does not parse: {error}"))
            })?;
            receipts.extend(outstanding(&other.row.plan_number, &requirement));
        }
    }
    Ok(receipts)
}

fn outstanding(plan_number: &str, requirement: &Requirement) -> Option<PlannedReceipt> {
    let quantity = requirement
        .order_quantity
        .checked_sub(requirement.received_quantity)?;
    let open = quantity > Quantity::ZERO && requirement.status != RequirementStatus::Cancelled;
    open.then_some(())?;
    Some(PlannedReceipt {
        plan_number: plan_number.to_owned(),
        ingredient_id: requirement.ingredient_id.clone(),
        date: requirement.expected_receipt_date?,
        quantity,
    })
}
