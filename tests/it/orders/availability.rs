//! VALIDATE_PRODUCT_AVAILABILITY: what inventory says of an order's products, and what happens when it says nothing.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::World;
use crate::support::orders::new_order;

const WARNING: &str = "Availability was not checked: inventory did not answer.";

async fn inventory(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/availability"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

fn items(items: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"items": items}))
}

async fn world(server: &MockServer) -> World {
    World::with(&[
        ("INVENTORY_URL", &format!("{}/v1/", server.uri())),
        ("PARTNER_TOKEN", "between-services"),
    ])
    .await
}

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

/// Two lines of rye, 2 and 3, and one roll.
fn three_lines(customer: &str) -> Value {
    let line = |id: &str, quantity: &str| json!({"product_id": id, "quantity": quantity, "unit_price": "1"});
    new_order(
        customer,
        json!({"items": [line("rye", "2"), line("roll", "1"), line("rye", "3")]}),
    )
}

#[tokio::test]
async fn inventory_is_asked_once_for_each_product_and_what_it_has_is_sold() {
    // D13, §14
    let server = inventory(items(json!([
        {"product_id": "roll", "available": true},
        {"product_id": "rye", "available": true, "quantity": "5"},
    ])))
    .await;
    let world = world(&server).await;
    let customer = world.customer(json!({})).await;
    let headers = [("x-request-id", "the-request-1")];
    let order = world
        .call_as(
            "admin",
            "POST",
            "/orders",
            Some(&three_lines(&customer)),
            &headers,
        )
        .await
        .expect(201);
    assert_eq!(
        (&order["availability_checked"], &order["warnings"]),
        (&json!(true), &json!([]))
    );
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].body_json::<Value>().unwrap(),
        json!({"tenant_id": world.tenant, "items": [
            {"product_id": "roll", "quantity": "1.000"}, {"product_id": "rye", "quantity": "5.000"},
        ]})
    );
    let header = |name: &str| requests[0].headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(header("authorization"), "Bearer between-services");
    assert_eq!(header("x-request-id"), "the-request-1");
    assert_eq!(header("content-type"), "application/json");
}

#[tokio::test]
async fn what_cannot_be_had_is_named_line_by_line() {
    // D13, D5
    let server = inventory(items(json!([
        {"product_id": "rye", "available": true, "quantity": "4.999"},
        {"product_id": "roll", "available": false, "quantity": "100"},
    ])))
    .await;
    let world = world(&server).await;
    let customer = world.customer(json!({})).await;
    let problem = world
        .post("/orders", &three_lines(&customer))
        .await
        .expect_problem(422, "validation-failed");
    let found: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["pointer"].as_str().unwrap(),
                e["code"].as_str().unwrap(),
                e["detail"].as_str().unwrap(),
            )
        })
        .collect();
    let rye = "Of product rye 4.999 can be had, 5.000 are wanted.";
    assert_eq!(
        found,
        [
            ("/items/0/product_id", "product-unavailable", rye),
            (
                "/items/1/product_id",
                "product-unavailable",
                "Product roll is not available."
            ),
            ("/items/2/product_id", "product-unavailable", rye),
        ]
    );
    // One line alone gives its code to the whole.
    let one = new_order(
        &customer,
        json!({"items": [{"product_id": "roll", "quantity": "1", "unit_price": "1"},
                         {"product_id": "rye", "quantity": "4.999", "unit_price": "1"}]}),
    );
    let problem = world
        .post("/orders", &one)
        .await
        .expect_problem(422, "product-unavailable");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
    assert!(
        world.get("/orders").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn an_inventory_that_gives_no_usable_answer_stops_no_order() {
    // D13, §14
    let usable =
        json!({"items": [{"product_id": "rye", "available": true}], "padding": "x".repeat(1024 * 1024)});
    let slow = items(json!([{"product_id": "rye", "available": false}])).set_delay(Duration::from_secs(30));
    let elsewhere = inventory(items(json!([{"product_id": "rye", "available": false}]))).await;
    let away = format!("{}/v1/availability", elsewhere.uri());
    for (name, answer) in [
        ("error", ResponseTemplate::new(500).set_body_string("boom")),
        ("unauthorised", ResponseTemplate::new(401)),
        ("other success", ResponseTemplate::new(204)),
        (
            "redirect",
            ResponseTemplate::new(307).insert_header("location", away.as_str()),
        ),
        ("no JSON", ResponseTemplate::new(200).set_body_string("<html>")),
        (
            "other shape",
            ResponseTemplate::new(200).set_body_json(json!({"products": []})),
        ),
        (
            "product missing",
            items(json!([{"product_id": "roll", "available": true}])),
        ),
        (
            "word for a flag",
            items(json!([{"product_id": "rye", "available": "no"}])),
        ),
        ("huge", ResponseTemplate::new(200).set_body_json(usable)),
        ("slow", slow),
    ] {
        let server = inventory(answer).await;
        let world = world(&server).await;
        let customer = world.customer(json!({})).await;
        let started = Instant::now();
        let order = world.order(&customer, json!({})).await;
        let seconds = started.elapsed().as_millis();
        assert!(seconds < 4_000, "{name}: {seconds} ms");
        assert_eq!(
            (
                &order["status"],
                &order["availability_checked"],
                &order["warnings"]
            ),
            (&json!("pending"), &json!(false), &json!([WARNING])),
            "{name}"
        );
        assert_eq!(asked(&server).await, 1, "{name}");
    }
    assert_eq!(asked(&elsewhere).await, 0, "a redirect was followed");
    // Nobody listens on the discard port.
    let world = World::with(&[("INVENTORY_URL", "http://127.0.0.1:9")]).await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    assert_eq!(
        (&order["availability_checked"], &order["warnings"]),
        (&json!(false), &json!([WARNING]))
    );
}

#[tokio::test]
async fn an_inventory_that_is_not_there_or_not_wanted_is_no_warning() {
    // D13
    let server = inventory(items(json!([{"product_id": "rye", "available": false}]))).await;
    let url = format!("{}/v1", server.uri());
    for settings in [
        vec![],
        vec![
            ("INVENTORY_URL", url.as_str()),
            ("VALIDATE_PRODUCT_AVAILABILITY", "false"),
        ],
    ] {
        let world = World::with(&settings).await;
        let customer = world.customer(json!({})).await;
        let order = world.order(&customer, json!({})).await;
        assert_eq!(
            (&order["availability_checked"], &order["warnings"]),
            (&json!(false), &json!([]))
        );
    }
    assert_eq!(asked(&server).await, 0);
}

#[tokio::test]
async fn a_replay_neither_heeds_inventory_nor_waits_for_it() {
    // D7, D13
    let no = items(json!([{"product_id": "rye", "available": false}]));
    let server = inventory(no.set_delay(Duration::from_secs(30))).await;
    let world = world(&server).await;
    let plain = world.redeployed(&[]);
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let order = plain.post_with_key("/orders", "late", &body).await.expect(201);
    let started = Instant::now();
    let replay = world.post_with_key("/orders", "late", &body).await;
    assert!(
        started.elapsed() < Duration::from_millis(1_500),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    assert_eq!(replay.expect(201), order);
}

#[tokio::test]
async fn an_amendment_asks_only_when_other_quantities_are_wanted() {
    // D27, D13
    let server = inventory(items(
        json!([{"product_id": "rye", "available": true, "quantity": "3"}]),
    ))
    .await;
    let world = world(&server).await;
    let plain = world.redeployed(&[]);
    let customer = world.customer(json!({})).await;
    let order = plain
        .order(
            &customer,
            json!({"items": [{"product_id": "rye", "quantity": "8", "unit_price": "1"}]}),
        )
        .await;
    assert_eq!(order["availability_checked"], false);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let patch = async |body: Value| world.call("PATCH", &path, Some(&body)).await;
    patch(json!({"internal_notes": "x"})).await.expect(200);
    assert_eq!(asked(&server).await, 0);
    // The same eight at another price are no more than was promised.
    let line =
        |quantity: &str, price: &str| json!({"product_id": "rye", "quantity": quantity, "unit_price": price});
    let same = patch(json!({"items": [line("5", "2"), line("3", "2")]}))
        .await
        .expect(200);
    assert_eq!(
        (&same["total_amount"], &same["availability_checked"]),
        (&json!("16.00"), &json!(false))
    );
    let problem = patch(json!({"items": [line("3.001", "2")]}))
        .await
        .expect_problem(422, "product-unavailable");
    assert_eq!(problem["errors"][0]["pointer"], "/items/0/product_id");
    let fewer = patch(json!({"items": [line("3", "2")]})).await.expect(200);
    assert_eq!(fewer["availability_checked"], true);
    // An inventory that has gone quiet since takes the word back, and another change of the order leaves it so.
    let quiet = world.redeployed(&[("INVENTORY_URL", "http://127.0.0.1:9")]);
    for body in [json!({"items": [line("2", "2")]}), json!({"internal_notes": "y"})] {
        let amended = quiet.call("PATCH", &path, Some(&body)).await.expect(200);
        assert_eq!(
            (&amended["availability_checked"], &amended["warnings"]),
            (&json!(false), &json!([WARNING]))
        );
    }
}
