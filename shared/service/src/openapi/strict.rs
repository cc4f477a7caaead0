//! Makes the schemas say all that holds of the types behind them, so that checking an answer against them means
//! something: objects have no other fields, and an answer shows every field, null where there is nothing.

use std::collections::{BTreeMap, BTreeSet};

use utoipa::openapi::schema::{AdditionalProperties, Object};
use utoipa::openapi::{RefOr, Schema};

/// Closes every object and requires every nullable field of the schemas that only `answers` use.
pub(crate) fn tighten(schemas: &mut BTreeMap<String, RefOr<Schema>>, answers: &BTreeSet<String>) {
    let embedded: BTreeSet<_> = schemas.values().flat_map(embedded_in).collect();
    for (name, schema) in schemas.iter_mut() {
        let RefOr::T(schema) = schema else { continue };
        if answers.contains(name) {
            require_nullable(schema);
        }
        // What another schema is made of cannot be closed by itself: it would refuse the other's own fields.
        if let (Schema::Object(object), false) = (schema, embedded.contains(name)) {
            close(object);
        }
    }
}

/// The schemas that a composed schema is made of.
fn embedded_in(schema: &RefOr<Schema>) -> Vec<String> {
    let RefOr::T(Schema::AllOf(all)) = schema else {
        return Vec::new();
    };
    let name = |part: &RefOr<Schema>| match part {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    };
    all.items.iter().filter_map(name).collect()
}

fn close(object: &mut Object) {
    if !object.properties.is_empty() && object.additional_properties.is_none() {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

fn require_nullable(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            let nullable = object
                .properties
                .iter()
                .filter(|(_, property)| is_nullable(property));
            let missing: Vec<_> = nullable
                .map(|(name, _)| name.clone())
                .filter(|name| !object.required.contains(name))
                .collect();
            object.required.extend(missing);
        }
        Schema::AllOf(all) => {
            for part in &mut all.items {
                if let RefOr::T(part) = part {
                    require_nullable(part);
                }
            }
        }
        _ => {}
    }
}

/// Whether null is one of the values. A field that may be left out is not: it has no null.
fn is_nullable(property: &RefOr<Schema>) -> bool {
    let Ok(property) = serde_json::to_value(property) else {
        return false;
    };
    let names_null = |of: &serde_json::Value| match of {
        serde_json::Value::Array(types) => types.iter().any(|one| one == "null"),
        one => one == "null",
    };
    let alternatives = property["oneOf"].as_array();
    names_null(&property["type"])
        || alternatives.is_some_and(|all| all.iter().any(|one| names_null(&one["type"])))
}
