//! `/customers`

mod erasure;
mod erasure_crashes;
mod erasure_kept;
mod erasure_races;
mod export;
mod limit;
pub(crate) mod planted;
mod planted_orders;
mod search;
mod search_model;
mod terms;
mod update;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn a_customer_is_shown_as_it_was_sent() {
    // §4, D6
    let world = World::new().await;
    let body = json!({
        "customer_code": "NOIR", "name": "Café Noir", "business_name": "Noir Ltd", "customer_type": "business",
        "email": "Hello@Noir.example", "phone": "+44 131 000 000", "tax_id": "GB123", "tax_exempt": true,
        "address": {"line1": "1 High Street", "line2": "Floor 2", "city": "Edinburgh", "state": "Lothian", "postal_code": "EH1", "country": "GB"},
        "segment": "vip", "preferred_delivery_method": "delivery", "allergens": ["sesame"], "special_requirements": "No seeds",
        "payment_terms": "net_30", "credit_limit": "500", "discount_percentage": "2.5",
        "on_hold": true, "on_hold_reason": "Moves house", "is_active": false,
        "price_list": {
            "rye": [{"min_quantity": "10", "unit_price": "1.2"}, {"min_quantity": 0, "unit_price": "1.4525"}],
            "a:b-c_1.0": [{"min_quantity": "0.5", "unit_price": "0"}],
        },
        "delivery_preferences": {
            "weekdays": ["mon", "sat"], "window_start": "05:30", "window_end": "07:00", "route": "North", "notes": "Back door",
        },
        "communication": {"channels": ["whatsapp", "email"], "language": "pt-BR"},
    });
    let answer = world.post("/customers", &body).await;
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let mut created = answer.expect(201);
    let id = created["id"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&format!("/customers/{id}")).await.expect(200), created);
    for name in ["id", "tenant_id"] {
        created[name] = Value::from(format!("[{name}]"));
    }
    insta::assert_json_snapshot!("customer", created);
}

#[tokio::test]
async fn every_fault_of_a_customer_is_told_at_once() {
    // D5, D2, §4
    let world = World::new().await;
    let tier = |quantity: &str| json!({"min_quantity": quantity, "unit_price": "1"});
    let body = json!({
        "price_list": {
            "no id": [], "rye": [tier("1"), tier("1.000")], "bun": (0..11).map(|n| tier(&n.to_string())).collect::<Vec<_>>(),
            "tart": [{"min_quantity": "-1", "unit_price": "1.00001", "currency": "EUR"}], "roll": null,
        },
        "delivery_preferences": {"weekdays": ["mon", "mon"], "window_start": "7:00", "window_end": "24:00", "route": "x".repeat(101)},
        "communication": {"channels": ["email", "fax"], "language": "german language"},
        "on_hold_reason": "Because", "metrics": {}, "erased_at": null,
    });
    let problem = world
        .post("/customers", &body)
        .await
        .expect_problem(422, "validation-failed");
    let mut found: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            format!(
                "{} {}",
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap()
            )
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "/communication/channels/1 invalid-value",
            "/communication/language invalid-value",
            "/delivery_preferences/route too-long",
            "/delivery_preferences/weekdays/1 invalid-value",
            "/delivery_preferences/window_end invalid-value",
            "/delivery_preferences/window_start invalid-value",
            "/erased_at unknown-field",
            "/metrics unknown-field",
            "/name required",
            "/on_hold_reason invalid-value",
            "/price_list/bun too-long",
            "/price_list/no id invalid-value",
            "/price_list/roll invalid-type",
            "/price_list/rye/1/min_quantity invalid-value",
            "/price_list/tart/0/currency unknown-field",
            "/price_list/tart/0/min_quantity invalid-decimal",
            "/price_list/tart/0/unit_price invalid-decimal",
        ]
    );
    let window =
        json!({"name": "X", "delivery_preferences": {"window_start": "07:00", "window_end": "07:00"}});
    let problem = world
        .post("/customers", &window)
        .await
        .expect_problem(422, "invalid-value");
    assert_eq!(
        problem["errors"][0]["pointer"],
        "/delivery_preferences/window_end"
    );
}

#[tokio::test]
async fn a_price_list_has_up_to_200_products() {
    // §4
    let world = World::new().await;
    let list = |count: usize| -> Value {
        let tier = json!([{"min_quantity": 0, "unit_price": "1"}]);
        (0..count)
            .map(|n| (format!("p{n}"), tier.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let id = world.customer(json!({"price_list": list(200)})).await;
    world
        .post("/customers", &json!({"name": "X", "price_list": list(201)}))
        .await
        .expect_problem(422, "too-long");
    // One more by a patch is one too many, one for another is not.
    let path = format!("/customers/{id}");
    let more = json!({"price_list": {"new": [{"min_quantity": 0, "unit_price": "1"}]}});
    world
        .call("PATCH", &path, Some(&more))
        .await
        .expect_problem(422, "too-long");
    let other = json!({"price_list": {"p0": null, "new": [{"min_quantity": 0, "unit_price": "1"}]}});
    let changed = world.call("PATCH", &path, Some(&other)).await.expect(200);
    assert_eq!(changed["price_list"].as_object().unwrap().len(), 200);
}

#[tokio::test]
async fn metrics_are_what_the_projector_has_counted() {
    // D33
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let path = format!("/customers/{id}");
    let none = json!({
        "total_orders": 0, "total_spent": "0.00", "average_order_value": null, "cancelled_orders": 0,
        "first_order_at": null, "last_order_at": null, "as_of": null,
    });
    assert_eq!(world.get(&path).await.expect(200)["metrics"], none);
    let key = orders_service::store::keys::customer_metrics(
        orders_service::auth::TenantId(world.tenant),
        id.parse().unwrap(),
    );
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: i64| AttributeValue::N(number.to_string());
    let item = [
        ("pk", text(&key.pk)),
        ("sk", text(&key.sk)),
        ("k", text("M")),
        ("o", number(3)),
        ("s", number(10_000)),
        ("x", number(1)),
        ("fa", number(1_796_464_800_000)),
        ("la", number(1_796_468_400_000)),
        ("ao", number(1_796_468_401_000)),
    ];
    let item = item.map(|(name, value)| (name.to_owned(), value)).into();
    world
        .in_store(async |store| store.overwrite(item).await.unwrap())
        .await;
    let counted = json!({
        "total_orders": 3, "total_spent": "100.00", "average_order_value": "33.33", "cancelled_orders": 1,
        "first_order_at": "2026-12-05T10:00:00Z", "last_order_at": "2026-12-05T11:00:00Z",
        "as_of": "2026-12-05T11:00:01Z",
    });
    assert_eq!(world.get(&path).await.expect(200)["metrics"], counted);
}

#[tokio::test]
async fn customers_are_listed_by_folded_name_with_filters() {
    // §13
    let world = World::new().await;
    for (name, kind) in [
        ("bravo", "business"),
        ("Alpha", "individual"),
        ("Čapek", "business"),
        ("charlie", "central_bakery"),
    ] {
        world.customer(json!({"name": name, "customer_type": kind})).await;
    }
    let names = |page: Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(world.get("/customers").await.expect(200)),
        ["Alpha", "bravo", "charlie", "Čapek"]
    );
    assert_eq!(
        names(
            world
                .get("/customers?customer_type=business,individual")
                .await
                .expect(200)
        ),
        ["Alpha", "bravo", "Čapek"]
    );
    assert!(names(world.get("/customers?is_active=false").await.expect(200)).is_empty());
    world
        .get("/customers?is_active=maybe")
        .await
        .expect_problem(400, "invalid-query");
    let page = world.get("/customers?limit=3").await.expect(200);
    let next = world
        .get(&format!(
            "/customers?limit=3&cursor={}",
            page["next_cursor"].as_str().unwrap()
        ))
        .await
        .expect(200);
    assert_eq!(names(next), ["Čapek"]);
}
