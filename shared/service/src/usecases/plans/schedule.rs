//! The daily plan: for every tenant, once its local time has passed PLANNING_HOUR (D69). Right on days of 23 and 25
//! hours, because it asks for the local hour and not for the hours that have passed.

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::start::{NewPlan, header};
use super::{around, created_between};
use crate::app::App;
use crate::auth::{Access, Grant, TenantId};
use crate::keyring::derived_id;
use crate::messaging::PlanningMessage;
use crate::messaging::bus::Bus;
use crate::problem::Problem;
use crate::store::plans::Plan;
use crate::store::{Inserted, keys};
use crate::words::{PlanStatus, PlanType};

/// The name under which the schedule writes.
pub(crate) const FUNCTION: &str = "schedule-planning";

/// Starts the daily plan of every tenant that is due. One tenant's failure does not stop the others.
///
/// # Errors
/// When the tenants cannot be read, or some tenant failed; run again, the schedule takes up those alone.
pub async fn schedule(app: &App, bus: &dyn Bus) -> Result<(), Problem> {
    let tenants = app.store().tenants().await?;
    let (mut started, mut failed) = (0_u32, 0_u32);
    for tenant in &tenants {
        match schedule_tenant(app, bus, *tenant).await {
            Ok(true) => started += 1,
            Ok(false) => {}
            Err(problem) => {
                failed += 1;
                let cause = problem.internal.as_deref().unwrap_or_default();
                tracing::error!(%tenant, code = problem.code.as_str(), cause, "daily plan not started");
            }
        }
    }
    tracing::info!(tenants = tenants.len(), started, failed, "daily plans scheduled");
    if failed == 0 {
        Ok(())
    } else {
        Err(Problem::unavailable(format!("{failed} tenants failed")))
    }
}

/// Starts a tenant's daily plan if it is due; whether it did.
async fn schedule_tenant(app: &App, bus: &dyn Bus, tenant: TenantId) -> Result<bool, Problem> {
    let access = app.enter(Grant::for_background_work(tenant, FUNCTION)).await?;
    let settings = access.settings();
    let Some(date) = due(app.now(), settings.tenant_timezone, settings.planning_hour) else {
        return Ok(false);
    };
    if !settings.procurement_planning_enabled {
        return Ok(false);
    }
    let store = app.tenant_store(&access);
    let id = daily_plan_id(tenant, date);
    let key = keys::plan(tenant, id);
    if store.get::<Plan>(&key).await?.is_some() || has_one(app, &access, date).await? {
        return Ok(false);
    }
    let plan = header(app, &access, &NewPlan::default(), id, None).await?;
    if let Inserted::Before(_) = store.insert(&plan).await? {
        return Ok(false);
    }
    // The relay leaves the schedule's plans to this; should it fail, reconcile finds a header that is stuck.
    bus.send_planning(&PlanningMessage {
        tenant_id: tenant.0,
        plan_id: id,
    })
    .await
    .map_err(|error| Problem::unavailable(error.to_string()))?;
    Ok(true)
}

/// The local date whose plan is due at an instant; none before the planning hour.
fn due(now: DateTime<Utc>, timezone: Tz, planning_hour: u32) -> Option<NaiveDate> {
    let local = now.with_timezone(&timezone);
    (local.hour() >= planning_hour).then(|| local.date_naive())
}

/// The id of a tenant's daily plan of a local date, so that it is made once.
fn daily_plan_id(tenant: TenantId, date: NaiveDate) -> Uuid {
    derived_id(&[
        "plan",
        &tenant.to_string(),
        &date.to_string(),
        PlanType::Regular.as_str(),
    ])
}

/// Whether the date has a regular plan already: one that has gone on to be decided, or one that somebody started since
/// the planning hour, which a second one of the same hour would only cancel. What was planned in the night is older
/// than the day's orders; the daily plan takes its place.
async fn has_one(app: &App, access: &Access, date: NaiveDate) -> Result<bool, Problem> {
    let settings = access.settings();
    let since_the_hour = |at| due(at, settings.tenant_timezone, settings.planning_hour) == Some(date);
    let (from, to) = around(date);
    let plans = created_between(app.tenant_store(access), from, to).await?;
    Ok(plans.iter().any(|plan| {
        let of_date = app.local_date(access, plan.r.created_at) == date;
        let stands = match plan.r.status {
            PlanStatus::PendingApproval | PlanStatus::Approved | PlanStatus::InExecution => true,
            PlanStatus::Calculating | PlanStatus::Draft => since_the_hour(plan.r.created_at),
            PlanStatus::Completed | PlanStatus::Cancelled | PlanStatus::Failed => false,
        };
        plan.r.plan_type == PlanType::Regular && of_date && stands
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_plan_is_due_from_the_planning_hour_of_the_local_date() {
        // D69
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let date = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        assert_eq!(due(at("2026-12-01T04:59:00Z"), berlin, 6), None);
        assert_eq!(due(at("2026-12-01T05:00:00Z"), berlin, 6), date("2026-12-01"));
        assert_eq!(due(at("2026-12-01T23:30:00Z"), berlin, 0), date("2026-12-02"));
    }

    #[test]
    fn days_of_23_and_25_hours_have_one_plan_each() {
        // D69
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        for (from, day) in [
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-10-24T22:00:00Z", "2026-10-25"),
        ] {
            let day: NaiveDate = day.parse().unwrap();
            // At hour 2 the clock is put forward, or stands still for an hour: due all the same, and for this day only.
            let minutes = (0..25 * 60).map(|minute| at(from) + chrono::TimeDelta::minutes(minute));
            let dates: Vec<_> = minutes.map(|now| due(now, berlin, 2)).collect();
            let first = dates.iter().position(|date| *date == Some(day)).unwrap();
            assert_eq!(first, 120);
            let ids: std::collections::BTreeSet<_> = dates
                .into_iter()
                .flatten()
                .filter(|date| *date == day)
                .map(|date| daily_plan_id(TenantId(Uuid::nil()), date))
                .collect();
            assert_eq!(ids.len(), 1);
        }
    }
}
