//! The shapes of settings in the OpenAPI document, made from the table.

use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::pricing_rule::{PricingRuleSchema, PricingRuleView};
use crate::settings::{MOST_PRICING_RULES, PRICING_RULES, SettingDefinition, SettingSource, Settings, Shape};

type Named = Vec<(String, RefOr<Schema>)>;

/// Body of `PATCH /settings`.
pub struct SettingsPatchSchema;

impl PartialSchema for SettingsPatchSchema {
    fn schema() -> RefOr<Schema> {
        let mut object = ObjectBuilder::new().description(Some(
            "What is left out stays; null returns to the deployment's value. The pricing rules are replaced as a whole.",
        ));
        for definition in Settings::DEFINITIONS {
            object = object.property(definition.field, sent(definition));
        }
        let rules = ArrayBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
            .items(Ref::from_schema_name(PricingRuleSchema::name()))
            .max_items(Some(MOST_PRICING_RULES))
            .description(Some(
                "Asked in this order; no two of one name; at most 32 KiB together.",
            ));
        object
            .property(PRICING_RULES, rules)
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .into()
    }
}

impl ToSchema for SettingsPatchSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        "SettingsPatch".into()
    }

    fn schemas(schemas: &mut Named) {
        schemas.push((
            PricingRuleSchema::name().into_owned(),
            PricingRuleSchema::schema(),
        ));
        PricingRuleSchema::schemas(schemas);
    }
}

/// Every setting in force, by its lower-case name.
pub(super) struct SettingsInForceSchema;

impl PartialSchema for SettingsInForceSchema {
    fn schema() -> RefOr<Schema> {
        let mut object =
            ObjectBuilder::new().description(Some("Every setting in force, by its lower-case name."));
        for definition in Settings::DEFINITIONS {
            let value = described(definition, None);
            object = object
                .property(definition.field, in_force(definition.meaning, value))
                .required(definition.field);
        }
        let rules = ArrayBuilder::new().items(Ref::from_schema_name(PricingRuleView::name()));
        object
            .property(PRICING_RULES, in_force("Asked in this order.", rules.into()))
            .required(PRICING_RULES)
            .into()
    }
}

impl ToSchema for SettingsInForceSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        "SettingsInForce".into()
    }

    fn schemas(schemas: &mut Named) {
        schemas.push((SettingSource::name().into_owned(), SettingSource::schema()));
        schemas.push((PricingRuleView::name().into_owned(), PricingRuleView::schema()));
        PricingRuleView::schemas(schemas);
    }
}

/// A setting's value before or after a change, as its kind is shown; null when the deployment's was in force.
pub(super) struct ChangedValueSchema;

impl PartialSchema for ChangedValueSchema {
    fn schema() -> RefOr<Schema> {
        let types = [
            Type::Boolean,
            Type::Integer,
            Type::String,
            Type::Array,
            Type::Null,
        ];
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter(types))
            .description(Some(
                "A setting's value, as its kind is shown; null when the deployment's was in force.",
            ))
            .into()
    }
}

impl ToSchema for ChangedValueSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        "ChangedSettingValue".into()
    }
}

fn in_force(meaning: &str, value: RefOr<Schema>) -> ObjectBuilder {
    ObjectBuilder::new()
        .description(Some(meaning))
        .property("value", value)
        .required("value")
        .property("source", Ref::from_schema_name(SettingSource::name()))
        .required("source")
}

/// A setting as a request sends it: null returns to the deployment's value.
fn sent(definition: &SettingDefinition) -> RefOr<Schema> {
    described(definition, Some(Type::Null))
}

/// A setting's value; with `also` it may be of that type, too.
fn described(definition: &SettingDefinition, also: Option<Type>) -> RefOr<Schema> {
    let sent = also.is_some();
    let of = |types: &[Type]| {
        let all: Vec<_> = types.iter().cloned().chain(also.clone()).collect();
        match all.as_slice() {
            [only] => ObjectBuilder::new().schema_type(SchemaType::new(only.clone())),
            _ => ObjectBuilder::new().schema_type(SchemaType::from_iter(all)),
        }
    };
    let object = match definition.shape {
        Shape::Flag => of(&[Type::Boolean]),
        Shape::Whole { least, most } => of(&[Type::Integer]).minimum(Some(least)).maximum(Some(most)),
        Shape::Decimal { scale, .. } if sent => {
            of(&[Type::String, Type::Number]).pattern(Some(format!(r"^\d+(\.\d{{1,{scale}}})?$")))
        }
        Shape::Decimal { scale, .. } => of(&[Type::String]).pattern(Some(format!(r"^\d+\.\d{{{scale}}}$"))),
        Shape::Text { pattern, example } => {
            let text = of(&[Type::String]).pattern(Some(pattern));
            text.examples([example])
        }
    };
    if !sent {
        return object.into();
    }
    let description = match definition.shape {
        Shape::Decimal { bounds, .. } => format!("{} {bounds}", definition.meaning),
        _ => definition.meaning.to_owned(),
    };
    object.description(Some(description)).into()
}
