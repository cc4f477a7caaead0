//! Starting a plan: its header is stored as calculating; the relay and reconcile see that it gets computed (D69).

use chrono::{Days, Months, NaiveDate};
use orders_domain::decimal::Percentage;
use orders_domain::planning::DEFAULT_SERVICE_LEVEL;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::http::idempotency::Identity;
use crate::problem::{Problem, ProblemCode};
use crate::store::plans::{Plan, PlanBody, PlanChange, PlanRow, PlanRunParameters, SafetyStockMethod};
use crate::store::{Inserted, keys};
use crate::usecases::Created;
use crate::usecases::orders::business_model;
use crate::words::{PlanStatus, PlanType};

/// A plan to be started; what is not named comes from the settings.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of D69, under their names")]
pub struct NewPlan {
    pub plan_type: PlanType,
    pub horizon_days: Option<u32>,
    pub start_date: Option<NaiveDate>,
    pub safety_stock_percentage: Option<Percentage>,
    pub lead_time_days: Option<u32>,
    pub safety_stock_method: SafetyStockMethod,
    pub service_level: Option<Percentage>,
    pub use_orders: bool,
    pub use_forecast: bool,
}

impl Default for NewPlan {
    fn default() -> Self {
        Self {
            plan_type: PlanType::Regular,
            horizon_days: None,
            start_date: None,
            safety_stock_percentage: None,
            lead_time_days: None,
            safety_stock_method: SafetyStockMethod::Percentage,
            service_level: None,
            use_orders: true,
            use_forecast: true,
        }
    }
}

/// Starts a plan, or finds the one that the same request had started before.
///
/// # Errors
/// 503 `procurement-planning-disabled`; 422 `invalid-date` for a start before today or more than two years ahead.
pub async fn start(
    app: &App,
    access: &Access,
    new: NewPlan,
    identity: Identity,
) -> Result<Created<Plan>, Problem> {
    let store = app.tenant_store(access);
    let key = keys::plan(access.tenant(), identity.id);
    let (before, registered) = tokio::join!(store.get::<Plan>(&key), store.register());
    registered?;
    if let Some(before) = before? {
        identity.matches(before.body.body_hash.as_deref())?;
        return Ok(Created::Before(before));
    }
    check_enabled(access)?;
    let plan = header(app, access, &new, identity.id, identity.body_hash.clone()).await?;
    match store.insert(&plan).await? {
        Inserted::Now => Ok(Created::Now(plan)),
        Inserted::Before(before) => {
            identity.matches(before.body.body_hash.as_deref())?;
            Ok(Created::Before(*before))
        }
    }
}

/// Whether the tenant has plans made.
///
/// # Errors
/// 503 `procurement-planning-disabled`
pub(super) fn check_enabled(access: &Access) -> Result<(), Problem> {
    if access.settings().procurement_planning_enabled {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::ProcurementPlanningDisabled,
        "PROCUREMENT_PLANNING_ENABLED is off for this tenant.",
    ))
}

/// What a run works with, its own words filled up from the settings, and its first and last day.
///
/// # Errors
/// 422 `invalid-date` for a start before today or more than two years ahead.
pub(super) fn run_parameters(
    access: &Access,
    new: &NewPlan,
    local_date: NaiveDate,
) -> Result<(PlanRunParameters, (NaiveDate, NaiveDate)), Problem> {
    let settings = access.settings();
    let horizon_days = new.horizon_days.unwrap_or(settings.demand_forecast_days);
    let days = horizon(new.start_date, horizon_days, local_date)?;
    let statistical = new.safety_stock_method == SafetyStockMethod::Statistical;
    let parameters = PlanRunParameters {
        horizon_days,
        safety_stock_percentage: new
            .safety_stock_percentage
            .unwrap_or(settings.safety_stock_percentage),
        lead_time_days: new.lead_time_days.unwrap_or(settings.procurement_lead_time_days),
        safety_stock_method: new.safety_stock_method,
        service_level: new.service_level.or(statistical.then_some(DEFAULT_SERVICE_LEVEL)),
        use_orders: new.use_orders,
        use_forecast: new.use_forecast,
    };
    Ok((parameters, days))
}

/// The header of a plan that is to be computed.
///
/// # Errors
/// 422 `invalid-date` for a start before today or more than two years ahead.
pub(super) async fn header(
    app: &App,
    access: &Access,
    new: &NewPlan,
    id: Uuid,
    body_hash: Option<String>,
) -> Result<Plan, Problem> {
    let now = app.now();
    let local_date = app.local_date(access, now);
    let (parameters, (start, end)) = run_parameters(access, new, local_date)?;
    let plan_number = app.tenant_store(access).next_plan_number(local_date).await?;
    let created = PlanChange {
        sequence: 1,
        from_status: None,
        to_status: PlanStatus::Calculating,
        version: 1,
        changed_at: now,
        changed_by: access.actor().clone(),
        note: None,
        requirement: None,
    };
    Ok(Plan {
        id,
        version: 1,
        write_id: app.ids().fresh(),
        row: PlanRow {
            plan_number,
            plan_type: new.plan_type,
            status: PlanStatus::Calculating,
            horizon_start_date: start,
            horizon_end_date: end,
            created_at: now,
            requirement_count: 0,
            critical_count: 0,
            estimated_cost: None,
            expires_at: None,
            swept: false,
        },
        body: PlanBody {
            business_model: business_model::current(app, access).await?,
            local_date,
            parameters,
            result: None,
            run: None,
            progress: None,
            attempts: 1,
            failure_reason: None,
            superseded_by: None,
            approval: None,
            edited: false,
            history_parts: 0,
            queued_at: now,
            body_hash,
            created_by: access.actor().clone(),
            updated_at: now,
            updated_by: access.actor().clone(),
            history: vec![created],
        },
        expires_at: None,
    })
}

/// The first and the last day of a horizon.
fn horizon(start: Option<NaiveDate>, days: u32, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
    let start = start.unwrap_or(today);
    let invalid = |detail: String| Problem::field("/start_date", ProblemCode::InvalidDate, detail);
    if start < today {
        return Err(invalid(format!("A plan starts today, {today}, or later.")));
    }
    let latest = today.checked_add_months(Months::new(24));
    let end = start.checked_add_days(Days::new(u64::from(days.max(1) - 1)));
    match end {
        Some(end) if latest.is_some_and(|latest| start <= latest) => Ok((start, end)),
        _ => Err(invalid("A plan starts at most two years ahead.".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_horizon_starts_today_or_later_and_counts_its_first_day() {
        // D69, D4
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-12-01");
        assert_eq!(horizon(None, 14, today).unwrap(), (today, day("2026-12-14")));
        assert_eq!(
            horizon(Some(day("2026-12-05")), 1, today).unwrap(),
            (day("2026-12-05"), day("2026-12-05"))
        );
        assert_eq!(
            horizon(Some(day("2028-12-01")), 90, today).unwrap().0,
            day("2028-12-01")
        );
        for start in ["2026-11-30", "2028-12-02", "9999-12-31"] {
            let problem = horizon(Some(day(start)), 90, today).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidDate, "{start}");
            assert_eq!(problem.errors[0].pointer, "/start_date");
        }
    }
}
