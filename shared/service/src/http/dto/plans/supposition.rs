//! Body of `POST /procurement/plans/simulate` (D69).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use orders_domain::planning::IngredientOverride;
use utoipa::ToSchema;

use super::super::common::DecimalInput;
use super::request::NewPlanParametersSchema;
use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::{ProblemCode, echo};
use crate::usecases::plans::simulate::{ExtraDemand, Supposition};
use crate::usecases::plans::start::NewPlan;
use crate::words::PlanType;

/// Rows of demand and ingredients that one simulation may suppose something of.
const MAX_ROWS: usize = 1_000;
/// Suppliers that may be out of an ingredient: as many as may offer it.
const MAX_SUPPLIERS: usize = 20;

/// Body of `POST /procurement/plans/simulate`: what a plan takes, and what is supposed on top.
#[derive(ToSchema)]
#[schema(as = PlanSimulation)]
#[expect(dead_code, reason = "only its schema is used; reading is done by Supposition")]
pub struct SuppositionSchema {
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
    /// Whether what is expected to be sold beyond the orders is demand, too. Default true.
    use_forecast: Option<bool>,
    /// Demand on top of orders and forecast; like an order, it consumes the forecast of its day.
    #[schema(max_items = 1000)]
    extra_demand: Option<Vec<ExtraDemandSchema>>,
    /// What is supposed of ingredients, by id.
    #[schema(value_type = Option<BTreeMap<String, IngredientOverrideSchema>>)]
    overrides: Option<BTreeMap<String, IngredientOverrideSchema>>,
}

/// Demand that nobody has placed.
#[derive(ToSchema)]
#[schema(as = ExtraDemand)]
#[expect(dead_code, reason = "only its schema is used; reading is done by ExtraDemand")]
pub struct ExtraDemandSchema {
    /// A product of the catalog, or an ingredient that is sold as it is.
    #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    product_id: String,
    /// The day of delivery, within the horizon.
    date: NaiveDate,
    /// How much of it.
    quantity: DecimalInput,
}

/// What is supposed of an ingredient. What is left out stays as it is.
#[derive(ToSchema)]
#[schema(as = IngredientOverride)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by IngredientOverride"
)]
pub struct IngredientOverrideSchema {
    /// Everything in the house, none of which expires.
    on_hand: Option<DecimalInput>,
    /// Promised to something else.
    reserved: Option<DecimalInput>,
    /// Calendar days from order to delivery, of every supplier.
    #[schema(maximum = 365)]
    lead_time_days: Option<u32>,
    /// Safety stock, whatever the method.
    safety_stock_quantity: Option<DecimalInput>,
    /// Suppliers that deliver nothing of it.
    #[schema(max_items = 20)]
    unavailable_suppliers: Option<Vec<String>>,
}

impl FromFields for Supposition {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let plan = NewPlan::read(f);
        let extra_demand = f.or("extra_demand", Vec::new(), parse::list(0..=MAX_ROWS, object));
        let overrides = f.or("overrides", BTreeMap::new(), overrides);
        Some(Self {
            plan: plan?,
            extra_demand: extra_demand?,
            overrides: overrides?,
        })
    }
}

impl FromFields for ExtraDemand {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let product_id = f.required("product_id", parse::catalog_id);
        let date = f.required("date", parse::date);
        let quantity = f.required("quantity", parse::quantity);
        Some(Self {
            product_id: product_id?,
            date: date?,
            quantity: quantity?,
        })
    }
}

/// What is supposed of ingredients: an object with a member for each.
fn overrides(value: &Json, at: &At<'_>) -> Option<BTreeMap<String, IngredientOverride>> {
    let Json::Object(members) = value else {
        return at.wrong_type("an object", value);
    };
    if members.len() > MAX_ROWS {
        let detail = format!("At most {MAX_ROWS}, found {}.", members.len());
        return at.fault(ProblemCode::TooLong, detail);
    }
    let read: Vec<_> = members
        .iter()
        .map(|(id, value)| {
            let below = at.below(&echo(id));
            if !parse::is_catalog_id(id) {
                let detail = "This is not an id: 1 to 64 of A-Z a-z 0-9 . _ : -";
                return below.fault(ProblemCode::InvalidValue, detail);
            }
            object(value, &below).map(|supposed| (id.clone(), supposed))
        })
        .collect();
    read.into_iter().collect()
}

impl FromFields for IngredientOverride {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let on_hand = f.optional("on_hand", parse::quantity_or_zero);
        let reserved = f.optional("reserved", parse::quantity_or_zero);
        let lead_time_days = f.optional("lead_time_days", parse::integer(0..=365));
        let safety_stock_quantity = f.optional("safety_stock_quantity", parse::quantity_or_zero);
        let suppliers = parse::list(0..=MAX_SUPPLIERS, parse::catalog_id);
        let unavailable_suppliers = f.or("unavailable_suppliers", Vec::new(), suppliers);
        Some(Self {
            on_hand: on_hand?,
            reserved: reserved?,
            lead_time_days: lead_time_days?,
            safety_stock_quantity: safety_stock_quantity?,
            unavailable_suppliers: unavailable_suppliers?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::fields::read_body;

    fn read(body: &str) -> Result<Supposition, Vec<String>> {
        read_body::<Supposition>(&Json::parse(body.as_bytes()).unwrap()).map_err(|problem| {
            let fault = |e: &crate::problem::FieldError| format!("{} {}", e.pointer, e.code.as_str());
            problem.errors.iter().map(fault).collect()
        })
    }

    #[test]
    fn everything_may_be_left_out() {
        // D69
        assert_eq!(read("{}").unwrap(), Supposition::default());
    }

    #[test]
    fn what_is_supposed_is_read() {
        // D69
        let read = read(
            r#"{"plan_type":"seasonal","horizon_days":7,
                "extra_demand":[{"product_id":"rye","date":"2026-12-24","quantity":120}],
                "overrides":{"flour":{"on_hand":"0","lead_time_days":9,"safety_stock_quantity":2.5,
                    "unavailable_suppliers":["mill"]},"salt":{"reserved":1}}}"#,
        )
        .unwrap();
        assert_eq!(
            (read.plan.plan_type, read.plan.horizon_days),
            (PlanType::Seasonal, Some(7))
        );
        assert_eq!(read.extra_demand[0].quantity.to_string(), "120.000");
        let flour = &read.overrides["flour"];
        assert_eq!(
            (flour.on_hand.map(|q| q.scaled()), flour.lead_time_days),
            (Some(0), Some(9))
        );
        assert_eq!(flour.unavailable_suppliers, ["mill"]);
        assert_eq!(read.overrides["salt"].reserved.map(|q| q.scaled()), Some(1_000));
    }

    #[test]
    fn every_faulty_field_is_named() {
        // D5, D69
        let faults = read(
            r#"{"horizon_days":0,"extra_demand":[{"product_id":"r y e","date":"soon","quantity":0},{"price":1}],
                "overrides":{"flour":{"on_hand":-1,"lots":[]},"f lour":{},"salt":5}}"#,
        )
        .unwrap_err();
        assert_eq!(
            faults,
            [
                "/horizon_days invalid-value",
                "/extra_demand/0/product_id invalid-value",
                "/extra_demand/0/date invalid-date",
                "/extra_demand/0/quantity invalid-decimal",
                "/extra_demand/1/product_id required",
                "/extra_demand/1/date required",
                "/extra_demand/1/quantity required",
                "/extra_demand/1/price unknown-field",
                "/overrides/flour/on_hand invalid-decimal",
                "/overrides/flour/lots unknown-field",
                "/overrides/f lour invalid-value",
                "/overrides/salt invalid-type",
            ]
        );
    }
}
