//! Body of `POST /procurement/plans`.

use chrono::NaiveDate;
use orders_domain::catalog::Ratio;
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
    /// Whether what is expected to be sold beyond the orders is demand, too (D61, D70). Default true. A source of history
    /// that does not answer is named in `degraded_sources`.
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
    /// How the buffer is worked out (D62). Default `percentage`.
    safety_stock_method: Option<SafetyStockMethod>,
    /// How often demand during the lead time is to be met, for the method `statistical`: percent above 50 and below 100
    /// (`95`), or the same as a share (`0.95`). Default 95.
    service_level: Option<DecimalInput>,
}

#[derive(Default)]
pub(crate) struct RunParameters {
    safety_stock_percentage: Option<Percentage>,
    lead_time_days: Option<u32>,
    safety_stock_method: Option<SafetyStockMethod>,
    service_level: Option<Percentage>,
}

impl FromFields for RunParameters {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let safety_stock_percentage = f.optional("safety_stock_percentage", parse::percentage);
        let lead_time_days = f.optional("lead_time_days", parse::integer(0..=365));
        let safety_stock_method = f.optional("safety_stock_method", parse::word(SafetyStockMethod::parse));
        let level = f.optional("service_level", service_level);
        if let (Some(Some(_)), Some(method)) = (level, safety_stock_method)
            && method != Some(SafetyStockMethod::Statistical)
        {
            return f.at("service_level").fault(
                ProblemCode::InvalidValue,
                "service_level belongs to safety_stock_method statistical.",
            );
        }
        Some(Self {
            safety_stock_percentage: safety_stock_percentage?,
            lead_time_days: lead_time_days?,
            safety_stock_method: safety_stock_method?,
            service_level: level?,
        })
    }
}

/// A service level in percent, or as a share: no number can be meant as both.
fn service_level(value: &Json, at: &At<'_>) -> Option<Percentage> {
    const HALF: i64 = 50;
    let in_range =
        |level: &Percentage| (HALF * 100 + 1..Percentage::HUNDRED.scaled()).contains(&level.scaled());
    let share = |text: &str| Ratio::parse(text).map(|share| Percentage::from_scaled(share.scaled()));
    let read = |text: &str| {
        let shared = share(text).ok().filter(in_range);
        shared.map_or_else(|| Percentage::parse(text), Ok)
    };
    let level = parse::decimal(read)(value, at)?;
    if in_range(&level) {
        Some(level)
    } else {
        at.fault(
            ProblemCode::InvalidValue,
            "Expected a percentage above 50 and below 100, or a share above 0.5 and below 1.",
        )
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
            service_level: parameters.service_level,
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
    fn parameters_are_read() {
        // D69, D2
        let plan = read(
            r#"{"plan_type":"emergency","horizon_days":90,"start_date":"2026-12-01","use_forecast":false,
                "parameters":{"safety_stock_percentage":"12.5","lead_time_days":0,"safety_stock_method":"fixed"}}"#,
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
        assert_eq!(plan.safety_stock_method, SafetyStockMethod::Fixed);
        let faults = read(
            r#"{"plan_type":"weekly","horizon_days":91,"status":"draft",
                "parameters":{"safety_stock_method":"guess","service_level":50,"z":1}}"#,
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

    #[test]
    fn a_service_level_is_a_percentage_or_a_share() {
        // D62, D69
        let level = |literal: &str| {
            let body = format!(
                r#"{{"parameters":{{"safety_stock_method":"statistical","service_level":{literal}}}}}"#
            );
            read(&body).map(|plan| plan.service_level.map(|level| level.to_string()))
        };
        for (literal, percent) in [
            ("95", "95.00"),
            ("0.95", "95.00"),
            ("\"99.5\"", "99.50"),
            ("\"0.9987\"", "99.87"),
            ("50.01", "50.01"),
            ("99.99", "99.99"),
        ] {
            assert_eq!(level(literal), Ok(Some(percent.to_owned())), "{literal}");
        }
        for literal in ["50", "100", "1", "0.5", "0", "-1", "\"high\"", "true"] {
            assert!(level(literal).is_err(), "{literal}");
        }
        let without_method = read(r#"{"parameters":{"service_level":95}}"#).unwrap_err();
        assert_eq!(without_method, ["/parameters/service_level invalid-value"]);
    }
}
