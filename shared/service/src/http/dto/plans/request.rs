//! Body of `POST /procurement/plans`.

use chrono::NaiveDate;
use orders_domain::decimal::Percentage;
use utoipa::ToSchema;

use super::super::common::DecimalInput;
use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::store::plans::SafetyStockMethod;
use crate::usecases::plans::start::NewPlan;
use crate::words::PlanType;

/// Body of `POST /procurement/plans`.
#[derive(ToSchema)]
#[schema(as = NewPlan)]
#[expect(dead_code, reason = "only its schema is used; reading is done by NewPlan")]
pub struct NewPlanSchema {
    /// Default `regular`.
    plan_type: Option<PlanType>,
    /// Length of the horizon. Default DEMAND_FORECAST_DAYS.
    #[schema(minimum = 1, maximum = 90)]
    horizon_days: Option<u32>,
    /// First day of the horizon, today or up to two years later. Default today.
    start_date: Option<NaiveDate>,
    /// What the plan works with instead of the settings.
    parameters: Option<NewPlanParametersSchema>,
    /// Whether orders are demand. Default true.
    use_orders: Option<bool>,
    /// Whether forecasts are demand. Default true. There are no forecasts yet: where there is history to learn from,
    /// the plan names `forecast` in `degraded_sources` and counts orders alone.
    use_forecast: Option<bool>,
}

/// What a plan works with instead of the settings.
#[derive(ToSchema)]
#[schema(as = NewPlanParameters)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by RunParameters"
)]
pub struct NewPlanParametersSchema {
    /// Buffer in percent of the gross requirement. Default SAFETY_STOCK_PERCENTAGE.
    #[schema(value_type = Option<DecimalInput>)]
    safety_stock_percentage: Option<Percentage>,
    /// Calendar days, where no supplier's lead time is known. Default PROCUREMENT_LEAD_TIME_DAYS.
    #[schema(maximum = 365)]
    lead_time_days: Option<u32>,
    /// Only `percentage` now; `fixed` and `statistical` come later and are refused until then.
    safety_stock_method: Option<SafetyStockMethod>,
    /// Belongs to the method `statistical`, which comes later; refused until then.
    service_level: Option<DecimalInput>,
}

#[derive(Default)]
pub(crate) struct RunParameters {
    safety_stock_percentage: Option<Percentage>,
    lead_time_days: Option<u32>,
    safety_stock_method: Option<SafetyStockMethod>,
}

impl FromFields for RunParameters {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let safety_stock_percentage = f.optional("safety_stock_percentage", parse::percentage);
        let lead_time_days = f.optional("lead_time_days", parse::integer(0..=365));
        let safety_stock_method = f.optional("safety_stock_method", safety_stock_method);
        let service_level = f.optional("service_level", |_, at| {
            at.fault::<()>(
                ProblemCode::InvalidValue,
                "service_level belongs to safety_stock_method statistical, which is not offered yet.",
            )
        });
        service_level?;
        Some(Self {
            safety_stock_percentage: safety_stock_percentage?,
            lead_time_days: lead_time_days?,
            safety_stock_method: safety_stock_method?,
        })
    }
}

fn safety_stock_method(value: &Json, at: &At<'_>) -> Option<SafetyStockMethod> {
    match value {
        Json::String(word) if word == "percentage" => Some(SafetyStockMethod::Percentage),
        Json::String(word) if matches!(word.as_str(), "fixed" | "statistical") => at.fault(
            ProblemCode::InvalidValue,
            format!("The method {word} is not offered yet; use percentage."),
        ),
        Json::String(_) => at.fault(ProblemCode::InvalidValue, "This is no method; use percentage."),
        other => at.wrong_type("a string", other),
    }
}

impl FromFields for NewPlan {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let plan_type = f.or("plan_type", PlanType::Regular, parse::word(PlanType::parse));
        let horizon_days = f.optional("horizon_days", parse::integer(1..=90));
        let start_date = f.optional("start_date", parse::date);
        let parameters = f.or("parameters", RunParameters::default(), object);
        let use_orders = f.or("use_orders", true, parse::boolean);
        let use_forecast = f.or("use_forecast", true, parse::boolean);
        let parameters = parameters?;
        Some(Self {
            plan_type: plan_type?,
            horizon_days: horizon_days?,
            start_date: start_date?,
            safety_stock_percentage: parameters.safety_stock_percentage,
            lead_time_days: parameters.lead_time_days,
            safety_stock_method: parameters.safety_stock_method.unwrap_or_default(),
            use_orders: use_orders?,
            use_forecast: use_forecast?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::fields::read_body;

    fn read(body: &str) -> Result<NewPlan, Vec<String>> {
        read_body::<NewPlan>(&Json::parse(body.as_bytes()).unwrap()).map_err(|problem| {
            problem
                .errors
                .iter()
                .map(|e| format!("{} {}", e.pointer, e.code.as_str()))
                .collect()
        })
    }

    #[test]
    fn everything_may_be_left_out() {
        // D69
        let plan = read("{}").unwrap();
        assert_eq!(plan, NewPlan::default());
        assert!(plan.use_orders && plan.use_forecast);
        assert_eq!(
            (plan.plan_type, plan.horizon_days, plan.start_date),
            (PlanType::Regular, None, None)
        );
    }

    #[test]
    fn parameters_are_read_and_what_comes_later_is_refused() {
        // D69, D2
        let plan = read(
            r#"{"plan_type":"emergency","horizon_days":90,"start_date":"2026-12-01","use_forecast":false,
                "parameters":{"safety_stock_percentage":"12.5","lead_time_days":0,"safety_stock_method":"percentage"}}"#,
        )
        .unwrap();
        assert_eq!(
            plan.safety_stock_percentage.map(|p| p.to_string()).as_deref(),
            Some("12.50")
        );
        assert_eq!(
            (plan.lead_time_days, plan.use_orders, plan.use_forecast),
            (Some(0), true, false)
        );
        let faults = read(
            r#"{"plan_type":"weekly","horizon_days":91,"status":"draft",
                "parameters":{"safety_stock_method":"statistical","service_level":0.95,"z":1}}"#,
        )
        .unwrap_err();
        assert_eq!(
            faults,
            [
                "/plan_type invalid-value",
                "/horizon_days invalid-value",
                "/parameters/safety_stock_method invalid-value",
                "/parameters/service_level invalid-value",
                "/parameters/z unknown-field",
                "/status unknown-field"
            ]
        );
    }
}
