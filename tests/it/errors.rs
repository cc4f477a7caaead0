//! §1: what goes wrong, and how it is told.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::new_order;

async fn send(world: &World, content_type: &str, body: &str) -> crate::support::Answer {
    let bearer = format!("Bearer {}", world.token("admin"));
    let url = format!("/api/v1/tenants/{}/orders", world.tenant);
    world
        .raw(
            "POST",
            &url,
            Some(body),
            &[("authorization", &bearer), ("content-type", content_type)],
        )
        .await
}

#[tokio::test]
async fn bodies_that_are_no_good_json_get_the_right_answer() {
    // D2
    let world = World::new().await;
    let json_type = "application/json";
    for malformed in [
        "",
        "{",
        "[1,",
        "{\"a\":1,\"a\":2}",
        "\u{feff}{}",
        "nul",
        &"[".repeat(100),
    ] {
        send(&world, json_type, malformed)
            .await
            .expect_problem(400, "malformed-json");
    }
    let large = format!("{{\"internal_notes\":\"{}\"}}", "x".repeat(300 * 1024));
    send(&world, json_type, &large)
        .await
        .expect_problem(413, "payload-too-large");
    send(&world, "text/plain", "{}")
        .await
        .expect_problem(415, "unsupported-media-type");
    for wrong in ["[]", "5", "\"x\"", "null", "true"] {
        send(&world, json_type, wrong)
            .await
            .expect_problem(422, "invalid-type");
    }
}

#[tokio::test]
async fn all_faulty_fields_are_named_at_once() {
    // D2, D3, D5
    let world = World::new().await;
    let body = json!({
        "customer_id": "not-a-uuid",
        "requested_delivery_at": "tomorrow",
        "status": "delivered",
        "tenant_id": "mine",
        "total_amount": "0.01",
        "items": [
            {"product_id": "rye bread", "quantity": "0", "unit_price": "1.23456"},
            {"product_id": "rye", "quantity": 2.0005, "unit_price": true, "tax_rate": "101", "discount_percentage": "5", "discount_amount": "1"},
        ],
    });
    let problem = world
        .post("/orders", &body)
        .await
        .expect_problem(422, "validation-failed");
    let found: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("/customer_id", "invalid-value"),
            ("/requested_delivery_at", "invalid-date"),
            ("/items/0/product_id", "invalid-value"),
            ("/items/0/quantity", "invalid-decimal"),
            ("/items/0/unit_price", "invalid-decimal"),
            ("/items/1/quantity", "invalid-decimal"),
            ("/items/1/unit_price", "invalid-type"),
            ("/items/1/discount_amount", "invalid-value"),
            ("/items/1/tax_rate", "invalid-decimal"),
            ("/status", "unknown-field"),
            ("/tenant_id", "unknown-field"),
            ("/total_amount", "unknown-field"),
        ]
    );
}

#[tokio::test]
async fn a_number_that_a_double_cannot_carry_is_refused() {
    // D3
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let text = new_order(&customer, json!({})).to_string();
    let exact = text.replace("\"3.50\"", "3.5");
    let order = send(&world, "application/json", &exact).await.expect(201);
    assert_eq!(order["items"][0]["unit_price"], "3.5000");
    for (literal, code) in [
        ("12345678901234567.89", "invalid-decimal"),
        ("0.1000000000000000055", "invalid-decimal"),
        ("1e3", "ok"),
        ("-1", "invalid-decimal"),
    ] {
        let answer = send(&world, "application/json", &text.replace("\"3.50\"", literal)).await;
        match code {
            "ok" => drop(answer.expect(201)),
            code => drop(answer.expect_problem(422, code)),
        }
    }
}

#[tokio::test]
async fn hostile_texts_never_cause_a_server_error() {
    // D2, D5
    let world = World::new().await;
    for text in ["\u{0}", "a\u{202e}b", "\u{7}", "x\ny", &"é".repeat(201), "   "] {
        let answer = world.post("/customers", &json!({"name": text})).await;
        assert_eq!(answer.status, 422, "{text:?}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["pointer"], "/name");
    }
    for text in [
        "'; DROP TABLE--",
        "{{7*7}}",
        "<script>",
        "مخبز",
        "🥐",
        "\u{FEFF}Bäckerei",
        "T#x#O",
    ] {
        let created = world.post("/customers", &json!({"name": text})).await.expect(201);
        let read = world
            .get(&format!("/customers/{}", created["id"].as_str().unwrap()))
            .await
            .expect(200);
        assert_eq!(read["name"], created["name"]);
    }
    let decomposed = world
        .post("/customers", &json!({"name": "Cafe\u{301}"}))
        .await
        .expect(201);
    assert_eq!(decomposed["name"], "Café");
}

#[tokio::test]
async fn unknown_addresses_methods_and_parameters_are_told_apart() {
    // D5, D8
    let world = World::new().await;
    world
        .call("GET", "/nowhere", None)
        .await
        .expect_problem(404, "not-found");
    world
        .call("DELETE", "/orders", None)
        .await
        .expect_problem(405, "method-not-allowed");
    world
        .get("/orders?colour=blue")
        .await
        .expect_problem(400, "invalid-query");
    world
        .get("/orders?status=lost")
        .await
        .expect_problem(400, "invalid-query");
    world
        .get("/orders?limit=0")
        .await
        .expect_problem(422, "invalid-value");
    world
        .get("/orders?limit=101")
        .await
        .expect_problem(422, "invalid-value");
    world
        .get("/orders?cursor=abc")
        .await
        .expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn request_ids_come_back_and_nothing_is_cached() {
    // D9
    let world = World::new().await;
    let sent = world
        .call_as(
            "viewer",
            "GET",
            "/orders",
            None,
            &[("x-request-id", "my-request-0001")],
        )
        .await;
    assert_eq!(sent.header("x-request-id"), Some("my-request-0001"));
    assert_eq!(sent.header("cache-control"), Some("no-store"));
    for bad in ["short", "has space in it", "ümlaut-ümlaut", &"x".repeat(65)] {
        let answer = world
            .call_as("viewer", "GET", "/orders", None, &[("x-request-id", bad)])
            .await;
        let given = answer.header("x-request-id").unwrap();
        assert_ne!(given, bad);
        assert!((8..=64).contains(&given.len()));
    }
    let refused = world.get("/orders/nonsense").await;
    assert_eq!(
        Some(refused.body["request_id"].as_str().unwrap()),
        refused.header("x-request-id")
    );
}

#[tokio::test]
async fn health_answers_everybody() {
    // D91
    let world = World::new().await;
    let answer = world.raw("GET", "/health", None, &[]).await;
    assert_eq!(
        answer.expect(200),
        json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})
    );
    let status = world.get("/orders/status").await.expect(200);
    assert_eq!(
        (&status["status"], &status["table"]),
        (&Value::from("ok"), &Value::from("ok"))
    );
    assert_eq!(status["features"]["auto_approve_orders"], false);
    assert_eq!(
        status["partners"]["inventory"],
        json!({"configured": false, "breaker": "closed"})
    );
}

#[tokio::test]
async fn an_item_of_a_newer_schema_is_refused_and_never_guessed() {
    // D5: a later version of the service is being rolled out beside this one.
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let id = order["id"].as_str().unwrap();
    let text = |value: String| aws_sdk_dynamodb::types::AttributeValue::S(value);
    aws_sdk_dynamodb::Client::new(&world.aws)
        .update_item()
        .table_name(&world.table)
        .key("pk", text(format!("T#{}#O#{id}", world.tenant)))
        .key("sk", text("O".into()))
        .update_expression("SET sv = :newer")
        .expression_attribute_values(":newer", aws_sdk_dynamodb::types::AttributeValue::N("99".into()))
        .send()
        .await
        .unwrap();
    for path in [format!("/orders/{id}"), "/orders".into()] {
        let answer = world.get(&path).await;
        assert!(answer.header("retry-after").is_some());
        let problem = answer.expect_problem(503, "unavailable");
        assert!(
            !problem.to_string().contains("schema"),
            "nothing internal leaks: {problem}"
        );
    }
    let moved = world
        .put(&format!("/orders/{id}/status"), &json!({"status": "confirmed"}))
        .await;
    moved.expect_problem(503, "unavailable");
}
