//! Reading `PATCH /settings`: each value as its kind wants it, by the table.

use std::collections::{BTreeMap, HashSet};

use orders_domain::decimal::number_text;
use orders_domain::pricing::PricingRule;

use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::settings::{
    LARGEST_PRICING_RULES, MOST_PRICING_RULES, PRICING_RULES, SettingDefinition, SettingValue, Settings,
    Shape,
};
use crate::usecases::settings::update::SettingsPatch;

impl FromFields for SettingsPatch {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let mut values = BTreeMap::new();
        let mut faulty = false;
        for definition in Settings::DEFINITIONS {
            match f.nullable(definition.field, |value, at| setting(definition, value, at)) {
                Some(Some(value)) => drop(values.insert(definition.field, value)),
                Some(None) => {}
                None => faulty = true,
            }
        }
        let rules = f.nullable(PRICING_RULES, pricing_rules)?;
        (!faulty).then(|| Self {
            values,
            pricing_rules: rules.map(Option::unwrap_or_default),
        })
    }
}

/// A setting's value. Its range is the one the environment's value has.
fn setting(definition: &SettingDefinition, value: &Json, at: &At<'_>) -> Option<SettingValue> {
    match definition.shape {
        Shape::Flag => parse::boolean(value, at).map(SettingValue::Flag),
        Shape::Whole { least, most } => parse::integer(least..=most)(value, at).map(SettingValue::Whole),
        Shape::Decimal { .. } => {
            let text = match value {
                Json::String(raw) => Ok(raw.clone()),
                Json::Number(raw) => number_text(raw).map_err(|error| error.to_string()),
                other => return at.wrong_type("a decimal string", other),
            };
            match text.and_then(|text| definition.check(&text)) {
                Ok(value) => Some(value),
                Err(detail) => at.fault(ProblemCode::InvalidDecimal, detail),
            }
        }
        Shape::Text { .. } => {
            let Json::String(raw) = value else {
                return at.wrong_type("a string", value);
            };
            match definition.check(raw.trim()) {
                Ok(value) => Some(value),
                Err(detail) => at.fault(ProblemCode::InvalidValue, detail),
            }
        }
    }
}

/// The rules, each by its own name, and together no larger than a tenant's settings may be.
fn pricing_rules(value: &Json, at: &At<'_>) -> Option<Vec<PricingRule>> {
    let rules: Vec<PricingRule> = parse::list(0..=MOST_PRICING_RULES, object)(value, at)?;
    let mut names = HashSet::new();
    let mut faulty = false;
    for (index, rule) in rules.iter().enumerate() {
        if !names.insert(&rule.name) {
            let at = at.below(&index.to_string()).below("name");
            at.fault::<()>(ProblemCode::InvalidValue, "Another rule has this name.");
            faulty = true;
        }
    }
    let size = serde_json::to_vec(&rules).map_or(usize::MAX, |text| text.len());
    if size > LARGEST_PRICING_RULES {
        return at.fault(
            ProblemCode::TooLong,
            format!("All rules together may take {LARGEST_PRICING_RULES} bytes, these take {size}."),
        );
    }
    (!faulty).then_some(rules)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::http::fields::read_body;
    use crate::problem::Problem;

    fn read(body: &str) -> Result<SettingsPatch, Problem> {
        read_body(&Json::parse(body.as_bytes()).unwrap())
    }

    #[rstest]
    #[case(r#"{"pickup_enabled":false}"#, "false")]
    #[case(r#"{"planning_hour":0}"#, "0")]
    #[case(r#"{"min_order_value":"12.5"}"#, "12.50")]
    #[case(r#"{"min_order_value":12.5}"#, "12.50")]
    #[case(r#"{"large_quantity_order_threshold":7}"#, "7.000")]
    #[case(r#"{"safety_stock_percentage":"100"}"#, "100.00")]
    #[case(r#"{"tenant_timezone":"Europe/Berlin"}"#, "Europe/Berlin")]
    #[case(r#"{"tenant_currency":"GBP"}"#, "GBP")]
    fn values_are_kept_in_one_form(#[case] body: &str, #[case] expected: &str) {
        // D13, D3
        let patch = read(body).unwrap();
        let values: Vec<_> = patch.values.into_values().flatten().collect();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].to_string(), expected);
    }

    #[rstest]
    #[case(r#"{"pickup_enabled":"true"}"#, "/pickup_enabled", "invalid-type")]
    #[case(r#"{"planning_hour":"6"}"#, "/planning_hour", "invalid-type")]
    #[case(r#"{"planning_hour":24}"#, "/planning_hour", "invalid-value")]
    #[case(r#"{"planning_hour":6.0}"#, "/planning_hour", "invalid-value")]
    #[case(r#"{"planning_hour":-1}"#, "/planning_hour", "invalid-value")]
    #[case(
        r#"{"min_order_value":12345678901234567.89}"#,
        "/min_order_value",
        "invalid-decimal"
    )]
    #[case(r#"{"min_order_value":"-1"}"#, "/min_order_value", "invalid-decimal")]
    #[case(r#"{"min_order_value":true}"#, "/min_order_value", "invalid-type")]
    #[case(
        r#"{"safety_stock_percentage":"100.01"}"#,
        "/safety_stock_percentage",
        "invalid-decimal"
    )]
    #[case(r#"{"tenant_timezone":"Mars/Olympus"}"#, "/tenant_timezone", "invalid-value")]
    #[case(r#"{"tenant_currency":"eur"}"#, "/tenant_currency", "invalid-value")]
    #[case(r#"{"tenant_currency":""}"#, "/tenant_currency", "invalid-value")]
    #[case(r#"{"settings_cache_seconds":0}"#, "/settings_cache_seconds", "unknown-field")]
    #[case(r#"{"table_name":"x"}"#, "/table_name", "unknown-field")]
    #[case(r#"{"PLANNING_HOUR":6}"#, "/PLANNING_HOUR", "unknown-field")]
    #[case(r#"{"pricing_rules":{}}"#, "/pricing_rules", "invalid-type")]
    #[case(
        r#"{"pricing_rules":[{"name":"a","adjust_percentage":"50.01"}]}"#,
        "/pricing_rules/0/adjust_percentage",
        "invalid-decimal"
    )]
    #[case(
        r#"{"pricing_rules":[{"name":"a","adjust_percentage":-50},{"name":" a ","adjust_percentage":50}]}"#,
        "/pricing_rules/1/name",
        "invalid-value"
    )]
    #[case(
        r#"{"pricing_rules":[{"name":"a","adjust_percentage":1,"weekdays":["mon","Monday"]}]}"#,
        "/pricing_rules/0/weekdays/1",
        "invalid-value"
    )]
    fn what_is_wrong_is_named(#[case] body: &str, #[case] pointer: &str, #[case] code: &str) {
        // D13, D2
        let errors = read(body).unwrap_err().errors;
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            (errors[0].pointer.as_str(), errors[0].code.as_str()),
            (pointer, code)
        );
    }

    #[test]
    fn every_faulty_value_is_named_at_once_and_null_is_none() {
        // D5, D13
        let body = r#"{"planning_hour":24,"pickup_enabled":1,"colour":"blue","pricing_rules":[{}],"max_order_items":null}"#;
        let problem = read(body).unwrap_err();
        let mut pointers: Vec<_> = problem
            .errors
            .iter()
            .map(|error| error.pointer.as_str())
            .collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/colour",
                "/pickup_enabled",
                "/planning_hour",
                "/pricing_rules/0/adjust_percentage",
                "/pricing_rules/0/name",
            ]
        );
        let patch = read(r#"{"max_order_items":null,"pricing_rules":null}"#).unwrap();
        assert_eq!(patch.values, BTreeMap::from([("max_order_items", None)]));
        assert_eq!(patch.pricing_rules, Some(Vec::new()));
        assert_eq!(read("{}").unwrap(), SettingsPatch::default());
    }

    #[test]
    fn rules_are_bounded_in_number_and_size() {
        // D13
        let rules = |count: usize, ids: usize| {
            let ids: Vec<_> = (0..ids).map(|id| format!("{id:064}")).collect();
            let rules: Vec<_> = (0..count)
                .map(|rule| {
                    serde_json::json!({"name": rule.to_string(), "adjust_percentage": 1, "product_ids": ids})
                })
                .collect();
            read(&serde_json::json!({ "pricing_rules": rules }).to_string())
        };
        assert_eq!(
            rules(50, 5).unwrap().pricing_rules.map(|rules| rules.len()),
            Some(50)
        );
        for (count, ids) in [(51, 0), (1, 101), (5, 100)] {
            assert_eq!(
                rules(count, ids).unwrap_err().code,
                ProblemCode::TooLong,
                "{count} {ids}"
            );
        }
    }
}
