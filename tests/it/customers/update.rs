//! `PATCH /customers/{customer_id}`

use futures_util::future::join_all;
use orders_service::messaging::entity::EntityKind;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::orders::merge;
use crate::support::{Answer, Background, World};

pub(super) async fn patch(world: &World, id: &str, body: Value) -> Answer {
    world
        .call("PATCH", &format!("/customers/{id}"), Some(&body))
        .await
}

/// A customer with something in every field that can be removed.
async fn full(world: &World) -> Value {
    let body = json!({
        "customer_code": "NOIR", "name": "Café Noir", "business_name": "Noir Ltd", "email": "hello@noir.example",
        "phone": "+44 131 000 000", "tax_id": "GB123", "preferred_delivery_method": "delivery",
        "address": {"line1": "1 High Street", "line2": "Floor 2", "city": "Edinburgh", "postal_code": "EH1", "country": "GB"},
        "allergens": ["sesame"], "special_requirements": "No seeds", "credit_limit": "500",
        "price_list": {"rye": [{"min_quantity": 0, "unit_price": "1"}], "bun": [{"min_quantity": 0, "unit_price": "2"}]},
        "delivery_preferences": {"weekdays": ["mon"], "window_start": "05:00", "window_end": "06:00", "route": "North"},
        "communication": {"channels": ["email"], "language": "de"},
        "on_hold": true, "on_hold_reason": "Moves house",
    });
    world.post("/customers", &body).await.expect(201)
}

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    // RFC 7396, D6
    let world = World::new().await;
    let mut expected = full(&world).await;
    let id = expected["id"].as_str().unwrap().to_owned();
    world.clock.advance(chrono::Duration::minutes(5));
    let body = json!({
        "name": "Café Blanc", "phone": null, "segment": "vip", "tax_exempt": true, "customer_type": "business",
        "address": {"city": "Leith", "line2": null}, "allergens": ["milk", "nuts"],
        "price_list": {"rye": null, "tart": [{"min_quantity": "5", "unit_price": "3"}, {"min_quantity": 1, "unit_price": "4"}]},
        "delivery_preferences": {"weekdays": ["tue", "wed"], "window_end": "07:30", "notes": "Ring twice"},
        "communication": {"channels": null}, "payment_terms": "net_30", "discount_percentage": 5,
    });
    let answer = patch(&world, &id, body).await;
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let changed = answer.expect(200);
    merge(
        &mut expected,
        json!({
            "version": 2, "updated_at": "2026-12-01T08:05:00Z",
            "name": "Café Blanc", "segment": "vip", "tax_exempt": true, "customer_type": "business",
            "allergens": ["milk", "nuts"], "payment_terms": "net_30", "discount_percentage": "5.00",
            "price_list": {
                "bun": [{"min_quantity": "0.000", "unit_price": "2.0000"}],
                "tart": [{"min_quantity": "1.000", "unit_price": "4.0000"}, {"min_quantity": "5.000", "unit_price": "3.0000"}],
            },
            "delivery_preferences": {
                "weekdays": ["tue", "wed"], "window_start": "05:00", "window_end": "07:30", "route": "North", "notes": "Ring twice",
            },
            "communication": {"channels": [], "language": "de"},
        }),
    );
    expected["phone"] = Value::Null;
    expected["address"]["city"] = json!("Leith");
    expected["address"]["line2"] = Value::Null;
    assert_eq!(changed, expected);
    assert_eq!(world.get(&format!("/customers/{id}")).await.expect(200), expected);
    // The index follows.
    let listed = world.get("/customers").await.expect(200);
    assert_eq!(listed["items"][0]["name"], "Café Blanc");
}

#[tokio::test]
async fn null_removes_and_nothing_makes_no_version() {
    // RFC 7396, D43
    let world = World::new().await;
    let customer = full(&world).await;
    let id = customer["id"].as_str().unwrap();
    for same in [
        json!({}),
        json!({"name": " Café Noir ", "allergens": ["sesame"], "credit_limit": 500}),
        json!({"address": {"city": "Edinburgh"}, "price_list": {"cake": null}, "communication": {}}),
    ] {
        assert_eq!(patch(&world, id, same).await.expect(200), customer);
    }
    let removable = [
        ("business_name", Value::Null),
        ("email", Value::Null),
        ("phone", Value::Null),
        ("address", Value::Null),
        ("tax_id", Value::Null),
        ("preferred_delivery_method", Value::Null),
        ("allergens", json!([])),
        ("special_requirements", Value::Null),
        ("price_list", json!({})),
        ("delivery_preferences", Value::Null),
        ("communication", Value::Null),
        ("credit_limit", Value::Null),
        ("on_hold_reason", Value::Null),
    ];
    let nothing: serde_json::Map<_, _> = removable
        .iter()
        .map(|(name, _)| ((*name).to_owned(), Value::Null))
        .collect();
    let emptied = patch(&world, id, Value::Object(nothing)).await.expect(200);
    for (name, empty) in &removable {
        assert_eq!(&emptied[*name], empty, "{name}");
    }
    assert_eq!(
        (&emptied["version"], &emptied["on_hold"]),
        (&json!(2), &json!(true))
    );
}

#[rstest]
#[case("customer_code")]
#[case("name")]
#[case("customer_type")]
#[case("tax_exempt")]
#[case("is_active")]
#[case("segment")]
#[case("payment_terms")]
#[case("discount_percentage")]
#[case("on_hold")]
#[tokio::test]
async fn what_a_customer_always_has_cannot_be_removed(#[case] field: &str) {
    // §4
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let problem = patch(&world, &id, json!({field: null}))
        .await
        .expect_problem(422, "invalid-value");
    assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
}

#[tokio::test]
async fn an_address_is_whole_or_not_there() {
    // §4
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let problem = patch(&world, &id, json!({"address": {"city": "Leith", "street": "x"}}))
        .await
        .expect_problem(422, "unknown-field");
    assert_eq!(problem["errors"][0]["pointer"], "/address/street");
    let problem = patch(&world, &id, json!({"address": {"city": "Leith"}}))
        .await
        .expect_problem(422, "validation-failed");
    let missing: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["pointer"])
        .collect();
    assert_eq!(
        missing,
        ["/address/line1", "/address/postal_code", "/address/country"]
    );
}

#[tokio::test]
async fn codes_and_emails_pass_from_one_customer_to_the_next() {
    // D30
    let world = World::new().await;
    let first = world
        .customer(json!({"customer_code": "ONE", "email": "one@example.com"}))
        .await;
    let second = world
        .customer(json!({"customer_code": "TWO", "email": "two@example.com"}))
        .await;
    for (body, field) in [
        (json!({"email": "ONE@Example.COM"}), "email"),
        (
            json!({"customer_code": "one", "email": "free@example.com"}),
            "customer_code",
        ),
    ] {
        let problem = patch(&world, &second, body)
            .await
            .expect_problem(409, "customer-already-exists");
        assert_eq!(
            (&problem["field"], &problem["errors"][0]["pointer"]),
            (&json!(field), &json!(format!("/{field}")))
        );
    }
    // What was refused took nothing.
    world
        .customer(json!({"name": "Third", "email": "free@example.com"}))
        .await;
    // Another spelling of its own value is no conflict, and keeps it from others.
    let respelt = patch(
        &world,
        &first,
        json!({"customer_code": "One", "email": "One@Example.com"}),
    )
    .await
    .expect(200);
    assert_eq!(
        (&respelt["customer_code"], &respelt["email"]),
        (&json!("One"), &json!("One@Example.com"))
    );
    patch(&world, &second, json!({"email": "one@example.com"}))
        .await
        .expect_problem(409, "customer-already-exists");
    // What one gives up another may have.
    patch(&world, &first, json!({"customer_code": "UNO", "email": null}))
        .await
        .expect(200);
    let moved = patch(
        &world,
        &second,
        json!({"customer_code": "ONE", "email": "one@example.com"}),
    )
    .await
    .expect(200);
    assert_eq!(
        (&moved["customer_code"], &moved["email"]),
        (&json!("ONE"), &json!("one@example.com"))
    );
    world
        .customer(json!({"name": "Fourth", "customer_code": "TWO", "email": "two@example.com"}))
        .await;
}

#[tokio::test]
async fn of_many_who_want_an_email_one_gets_it() {
    // D30, D6
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(world.customer(json!({})).await);
    }
    let emails = [
        "caf\u{e9}@example.com",
        "CAF\u{c9}@example.com",
        "cafe\u{301}@example.com",
    ];
    let wanted = ids.iter().zip(emails.iter().cycle());
    let answers = join_all(wanted.map(|(id, email)| patch(&world, id, json!({"email": email})))).await;
    let got = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(got, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 200) {
        answer.expect_problem(409, "customer-already-exists");
    }
}

#[tokio::test]
async fn parallel_changes_are_all_kept() {
    // D6
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let bodies = [
        json!({"phone": "1"}),
        json!({"tax_id": "2"}),
        json!({"business_name": "3"}),
        json!({"special_requirements": "4"}),
    ];
    let answers = join_all(bodies.iter().map(|body| patch(&world, &id, body.clone()))).await;
    for answer in answers {
        answer.expect(200);
    }
    let read = world.get(&format!("/customers/{id}")).await.expect(200);
    let fields = ["phone", "tax_id", "business_name", "special_requirements"].map(|name| read[name].clone());
    assert_eq!(fields, ["1", "2", "3", "4"].map(Value::from));
    assert_eq!(read["version"], 5);
}

#[tokio::test]
async fn a_stale_version_is_refused_before_any_rule() {
    // D6
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let path = format!("/customers/{id}");
    patch(&world, &id, json!({"phone": "1"})).await.expect(200);
    let body = json!({"on_hold_reason": "without a hold"});
    let stale = world
        .call_as("admin", "PATCH", &path, Some(&body), &[("if-match", "\"1\"")])
        .await
        .expect_problem(412, "stale-version");
    assert_eq!(stale["current_version"], 2);
    let body = json!({"phone": "2"});
    world
        .call_as("admin", "PATCH", &path, Some(&body), &[("if-match", "\"2\"")])
        .await
        .expect(200);
    world
        .call(
            "PATCH",
            &format!("/customers/{}", uuid::Uuid::new_v4()),
            Some(&body),
        )
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn the_event_names_fields_and_no_values() {
    // D43, D34
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = full(&world).await;
    let id = customer["id"].as_str().unwrap();
    patch(
        &world,
        id,
        json!({"name": "Café Blanc", "email": "blanc@example.com", "on_hold": false}),
    )
    .await
    .expect(200);
    background.relay(world.entity(EntityKind::Customer, id)).await;
    let events = background.events();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["event_type"].clone(),
                event["sequence"].clone(),
                event["version"].clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!("customer.created"), json!(1), json!(1)),
            (json!("customer.updated"), json!(2), json!(2)),
        ]
    );
    assert_eq!(
        events[1]["data"],
        json!({"customer_id": id, "changed_fields": ["name", "email", "on_hold", "on_hold_reason"]})
    );
}
