//! `docs/asyncapi.json` is what the code says, and what the topics carry is what the document says.

use orders_service::messaging::bus::{Message, Topic};
use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::openapi::root;
use crate::support::background::id;
use crate::support::{Background, World};

#[test]
fn the_committed_topics_are_those_the_code_makes() {
    // D43
    let generated = orders_service::asyncapi::to_json().unwrap();
    assert!(
        root("docs/asyncapi.json") == generated,
        "docs/asyncapi.json is out of date: run `make openapi` and commit what it writes"
    );
}

/// What is wrong with a value, by the part of JSON Schema that the document uses.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return faults(document, target, value, at, found);
    }
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(alternatives) = alternatives {
        let fits = |one: &&Value| {
            let mut inner = Vec::new();
            faults(document, one, value, at, &mut inner);
            inner.is_empty()
        };
        if alternatives.iter().filter(fits).count() != 1 {
            found.push(format!("{at}: none or several of the alternatives"));
        }
    }
    let types: Vec<_> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let is = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    if !types.is_empty() && !types.iter().any(is) {
        found.push(format!("{at}: {value} is not {types:?}"));
    }
    if schema.get("const").is_some_and(|one| one != value) {
        found.push(format!("{at}: {value} is not {}", schema["const"]));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        found.push(format!("{at}: {value} is none of {words:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.is_object() && value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let others = &schema["additionalProperties"];
        match schema["properties"].get(name) {
            Some(property) => faults(document, property, member, &format!("{at}/{name}"), found),
            // A map by name.
            None if others.is_object() => faults(document, others, member, &format!("{at}/{name}"), found),
            // The document leaves room for later fields, but none of today's may be missing in it.
            None if schema["properties"].is_object() => {
                found.push(format!("{at}: {name} is not in the document"))
            }
            None => {}
        }
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        faults(
            document,
            &schema["items"],
            element,
            &format!("{at}/{index}"),
            found,
        );
    }
}

/// What is wrong with a message: its body and its attributes.
fn message_faults(document: &Value, name: &str, message: &Message) -> Vec<String> {
    let described = &document["components"]["messages"][name];
    assert!(described.is_object(), "{name} is not in the document");
    let body: Value = serde_json::from_str(&message.body).unwrap();
    let attributes = message.attributes.iter();
    let attributes: serde_json::Map<_, _> = attributes
        .map(|(name, value)| ((*name).to_owned(), Value::from(value.clone())))
        .collect();
    let mut found = Vec::new();
    faults(document, &described["payload"], &body, name, &mut found);
    faults(
        document,
        &described["headers"],
        &attributes.into(),
        name,
        &mut found,
    );
    found
}

#[tokio::test]
async fn every_message_is_as_the_document_says() {
    // D41, D43
    let document: Value = serde_json::from_str(&root("docs/asyncapi.json")).unwrap();
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({"allergens": ["gluten"]})).await;
    let items =
        json!([{"product_id": "rye", "quantity": "600", "unit_price": "30", "allergens": ["gluten"]}]);
    let order = world.order(&customer, json!({"items": items})).await;
    let amendment = json!({"special_instructions": "ring twice"});
    let path = format!("/orders/{}", id(&order));
    world.call("PATCH", &path, Some(&amendment)).await.expect(200);
    world.pay(id(&order), "5", "failed").await;
    world
        .walk(id(&order), &["confirmed", "in_production", "ready", "delivered"])
        .await;
    let renamed = json!({"name": "Somebody else"});
    let customer_path = format!("/customers/{customer}");
    world
        .call("PATCH", &customer_path, Some(&renamed))
        .await
        .expect(200);
    let personal = format!("{customer_path}/personal-data");
    world.call("DELETE", &personal, None).await.expect(200);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    background.compute(&world, id(&plan)).await.unwrap();
    for (kind, id) in [
        (EntityKind::Order, id(&order)),
        (EntityKind::Customer, customer.as_str()),
        (EntityKind::Plan, id(&plan)),
    ] {
        background.settle(world.entity(kind, id)).await;
    }
    let mut told = std::collections::BTreeSet::new();
    for message in background.bus.published(Topic::Events) {
        let body: Value = serde_json::from_str(&message.body).unwrap();
        let name = body["event_type"].as_str().unwrap();
        assert_eq!(message_faults(&document, name, &message), Vec::<String>::new());
        told.insert(name.to_owned());
    }
    let alerts = background.bus.published(Topic::Alerts);
    assert!(alerts.len() > 4, "{}", alerts.len());
    for message in &alerts {
        assert_eq!(message_faults(&document, "alert", message), Vec::<String>::new());
    }
    let documented = document["channels"]["events"]["messages"].as_object().unwrap();
    let documented: Vec<_> = documented.keys().cloned().collect();
    assert_eq!(
        told.into_iter().collect::<Vec<_>>(),
        documented,
        "each type is told"
    );
    // The check does find what is wrong.
    let mut message = alerts[0].clone();
    let mut body: Value = serde_json::from_str(&message.body).unwrap();
    body["urgency"] = body["severity"].take();
    message.body = body.to_string();
    message.attributes.pop();
    let found = message_faults(&document, "alert", &message);
    // A null that is neither text nor a word, an unknown field, and an attribute that is not there.
    assert_eq!(found.len(), 4, "{found:?}");
}
