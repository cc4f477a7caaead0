//! The dashboard in answers (D90).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::alerts::Severity;
use orders_domain::decimal::{Figure, Money, Percentage, Quantity};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::business_model::FigureText;
use super::common::{MoneyText, PercentageText, QuantityText};
use super::plans::PlanStatusWord;
use crate::store::plans::PlanRow;
use crate::store::rollups::tops::Top;
use crate::usecases::orders::dashboard::{CustomerFigures, Dashboard, SeriesDay};
use crate::words::{BusinessModel, PlanStatus, PlanType};

/// How business stands, in the tenant's time. A week begins on Monday. Orders and revenue leave out cancelled and failed
/// orders; revenue is what orders come to less what was returned.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DashboardSummary)]
pub struct DashboardView {
    /// Orders placed.
    pub orders: OrdersPlacedView,
    /// What they come to.
    pub revenue: RevenueView,
    /// The month's revenue by its orders; null without any.
    #[schema(value_type = Option<MoneyText>)]
    pub average_order_value: Option<Money>,
    /// All orders there are, by status.
    pub status_counts: BTreeMap<&'static str, i64>,
    /// Customers.
    pub customers: CustomerFiguresView,
    /// Of the orders due this month that came to an end, those delivered, in percent.
    #[schema(value_type = Option<PercentageText>)]
    pub fulfilment_rate: Option<Percentage>,
    /// Of those delivered, those within their window, in percent.
    #[schema(value_type = Option<PercentageText>)]
    pub on_time_rate: Option<Percentage>,
    /// Of the orders placed this month, those cancelled, in percent.
    #[schema(value_type = Option<PercentageText>)]
    pub cancellation_rate: Option<Percentage>,
    /// The ten products with the highest revenue this month, net of tax.
    pub top_products: Vec<TopProductView>,
    /// The ten customers with the highest revenue this month.
    pub top_customers: Vec<TopCustomerView>,
    /// Orders that are still to be delivered today.
    pub due_today: i64,
    /// Orders that should have been delivered before today.
    pub overdue: i64,
    /// Orders on hold.
    pub on_hold: i64,
    /// What orders that are neither cancelled nor failed still owe.
    #[schema(value_type = MoneyText)]
    pub outstanding_balance: Money,
    /// Alerts that are active or acknowledged, by severity.
    pub alerts: BTreeMap<&'static str, i64>,
    /// The plan started last; null without any.
    pub latest_plan: Option<LatestPlanView>,
    /// How the tenant works.
    pub business_model: DashboardModelView,
    /// The last thirty days, today last.
    pub series: Vec<SeriesDayView>,
    /// When the last change was counted; null while nothing was.
    pub as_of: Option<DateTime<Utc>>,
    /// How old that change was when it was counted.
    pub lag_seconds: Option<i64>,
}

/// Orders placed today, this ISO week and this month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrdersPlaced)]
#[expect(missing_docs, reason = "the fields are those of D90, under their names")]
pub struct OrdersPlacedView {
    pub today: i64,
    pub week: i64,
    pub month: i64,
}

/// Revenue of today, this ISO week and this month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Revenue)]
#[expect(missing_docs, reason = "the fields are those of D90, under their names")]
pub struct RevenueView {
    #[schema(value_type = MoneyText)]
    pub today: Money,
    #[schema(value_type = MoneyText)]
    pub week: Money,
    #[schema(value_type = MoneyText)]
    pub month: Money,
}

/// Customers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerFigures)]
pub struct CustomerFiguresView {
    /// All, without erased ones.
    pub total: i64,
    /// Those that may order.
    pub active: i64,
    /// Those created this month.
    pub new_this_month: i64,
    /// Of the customers with an order, those with two or more, in percent.
    #[schema(value_type = Option<PercentageText>)]
    pub repeat_rate: Option<Percentage>,
}

/// A product among those with the highest revenue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TopProduct)]
pub struct TopProductView {
    /// The product.
    pub product_id: String,
    /// Its name in the catalog; null when the catalog does not know it.
    pub product_name: Option<String>,
    /// Its lines, net of tax, less what came back.
    #[schema(value_type = MoneyText)]
    pub revenue: Money,
    /// Units, less what came back.
    #[schema(value_type = QuantityText)]
    pub quantity: Quantity,
    /// Orders that name it.
    pub orders: i64,
}

/// A customer among those with the highest revenue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TopCustomer)]
pub struct TopCustomerView {
    /// The customer.
    pub customer_id: String,
    /// The name; null for an erased or unknown customer.
    pub customer_name: Option<String>,
    /// What its orders come to.
    #[schema(value_type = MoneyText)]
    pub revenue: Money,
    /// How many they are.
    pub orders: i64,
}

/// The plan started last.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LatestPlan)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct LatestPlanView {
    pub id: Uuid,
    pub plan_number: String,
    pub plan_type: PlanType,
    #[schema(value_type = PlanStatusWord)]
    pub status: PlanStatus,
    pub horizon_start_date: NaiveDate,
    pub horizon_end_date: NaiveDate,
    pub requirement_count: u32,
    pub critical_count: u32,
    #[schema(value_type = Option<MoneyText>)]
    pub estimated_cost: Option<Money>,
    pub created_at: DateTime<Utc>,
}

/// How the tenant works, in short; `GET /orders/business-model` says why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DashboardBusinessModel)]
#[expect(missing_docs, reason = "the fields are those of D80, under their names")]
pub struct DashboardModelView {
    pub business_model: Option<BusinessModel>,
    #[schema(value_type = FigureText)]
    pub score: Figure,
    #[schema(value_type = FigureText)]
    pub confidence: Figure,
    pub insufficient_data: bool,
    pub detection_enabled: bool,
}

/// One day of the series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesDay)]
pub struct SeriesDayView {
    /// The day.
    pub date: NaiveDate,
    /// Orders placed on it.
    pub orders: i64,
    /// What they come to.
    #[schema(value_type = MoneyText)]
    pub revenue: Money,
}

impl From<Dashboard> for DashboardView {
    fn from(found: Dashboard) -> Self {
        let model = &found.business_model;
        Self {
            orders: OrdersPlacedView {
                today: found.orders.today,
                week: found.orders.week,
                month: found.orders.month,
            },
            revenue: RevenueView {
                today: found.revenue.today,
                week: found.revenue.week,
                month: found.revenue.month,
            },
            average_order_value: found.average_order_value,
            status_counts: found
                .status_counts
                .iter()
                .map(|(status, count)| (status.as_str(), *count))
                .collect(),
            customers: found.customers.into(),
            fulfilment_rate: found.fulfilment_rate,
            on_time_rate: found.on_time_rate,
            cancellation_rate: found.cancellation_rate,
            top_products: found.top_products.into_iter().map(Into::into).collect(),
            top_customers: found.top_customers.into_iter().map(Into::into).collect(),
            due_today: found.due_today,
            overdue: found.overdue,
            on_hold: found.on_hold,
            outstanding_balance: found.outstanding_balance,
            alerts: Severity::ALL
                .iter()
                .map(|severity| severity.as_str())
                .zip(found.alerts)
                .collect(),
            latest_plan: found.latest_plan.map(|(id, row)| latest_plan(id, row)),
            business_model: DashboardModelView {
                business_model: model.business_model(),
                score: model.detected.score,
                confidence: model.detected.confidence,
                insufficient_data: model.detected.insufficient_data,
                detection_enabled: model.enabled,
            },
            series: found.series.into_iter().map(Into::into).collect(),
            as_of: found.as_of,
            lag_seconds: found.lag_seconds,
        }
    }
}

impl From<CustomerFigures> for CustomerFiguresView {
    fn from(figures: CustomerFigures) -> Self {
        Self {
            total: figures.total,
            active: figures.active,
            new_this_month: figures.new_this_month,
            repeat_rate: figures.repeat_rate,
        }
    }
}

impl From<Top> for TopProductView {
    fn from(top: Top) -> Self {
        Self {
            product_id: top.id,
            product_name: top.name,
            revenue: top.revenue,
            quantity: top.quantity,
            orders: top.orders,
        }
    }
}

impl From<Top> for TopCustomerView {
    fn from(top: Top) -> Self {
        Self {
            customer_id: top.id,
            customer_name: top.name,
            revenue: top.revenue,
            orders: top.orders,
        }
    }
}

impl From<SeriesDay> for SeriesDayView {
    fn from(day: SeriesDay) -> Self {
        Self {
            date: day.date,
            orders: day.orders,
            revenue: day.revenue,
        }
    }
}

fn latest_plan(id: Uuid, row: PlanRow) -> LatestPlanView {
    LatestPlanView {
        id,
        plan_number: row.plan_number,
        plan_type: row.plan_type,
        status: row.status,
        horizon_start_date: row.horizon_start_date,
        horizon_end_date: row.horizon_end_date,
        requirement_count: row.requirement_count,
        critical_count: row.critical_count,
        estimated_cost: row.estimated_cost,
        created_at: row.created_at,
    }
}
