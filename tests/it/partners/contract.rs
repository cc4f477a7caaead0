//! What the clients send and take is what docs/partners/ says: exchanges.json stands between the two.

use orders_service::partners::{PartnerError, request_id};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Bakery, OPERATIONS, TOKEN, call, clock, exchange, exchanges, numbered, partners_at};
use crate::support::background::{id, masked};
use crate::support::orders::new_order;

async fn answering(status: u16, reply: &Value) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_json(reply);
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn each_client_sends_what_its_contract_shows_and_takes_the_answer() {
    // §14
    for (operation, _) in OPERATIONS {
        let expected = exchange(operation);
        let status = u16::try_from(expected["status"].as_u64().unwrap()).unwrap();
        let server = answering(status, &expected["reply"]).await;
        let partners = partners_at(&format!("{}/v1/", server.uri()), &clock());
        let called = request_id::within("the-request-1".into(), call(&partners, operation)).await;
        assert!(called.is_ok(), "{operation}: {called:?}");
        let received = server.received_requests().await.unwrap();
        let [request] = received.as_slice() else {
            panic!("{operation} was called {} times", received.len())
        };
        let query: Value = request
            .url
            .query_pairs()
            .map(|(name, text)| (name, json!(text)))
            .collect();
        let header = |name: &str| {
            request
                .headers
                .get(name)
                .map(|text| json!(text.to_str().unwrap()))
        };
        let body: Option<Value> = request.body_json().ok();
        let sent = json!({
            "method": request.method.as_str(), "path": request.url.path(), "query": query,
            "key": header("idempotency-key"), "body": body,
        });
        let wanted = json!({
            "method": expected["method"], "path": format!("/v1{}", expected["path"].as_str().unwrap()),
            "query": expected["query"], "key": expected["key"], "body": expected["body"],
        });
        assert_eq!(sent, wanted, "{operation}");
        assert_eq!(header("authorization"), Some(json!(format!("Bearer {TOKEN}"))));
        assert_eq!(
            header("x-request-id"),
            Some(json!("the-request-1")),
            "{operation}"
        );
        let kind = body.is_some().then(|| json!("application/json"));
        assert_eq!(header("content-type"), kind, "{operation}");
    }
}

#[tokio::test]
async fn an_answer_that_the_contract_forbids_is_not_relied_on() {
    // §14
    for (operation, _) in OPERATIONS {
        let refused = exchanges()["refused"][operation].clone();
        let refused = refused.as_array().unwrap();
        assert!(refused.len() > 2, "{operation}");
        for reply in refused {
            let server = answering(200, reply).await;
            let outcome = call(&partners_at(&server.uri(), &clock()), operation).await;
            assert!(
                matches!(outcome, Err(PartnerError::Invalid(_))),
                "{operation} {reply}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn partners_are_told_of_an_order_what_their_contracts_show() {
    // §14, D26
    let bakery = Bakery::open().await;
    let wants = json!({"channels": ["email", "sms"], "language": "pt-BR"});
    let customer = bakery
        .world
        .customer(json!({"email": "orders@cafe-noir.example", "communication": wants}))
        .await;
    let cake = json!({
        "product_id": "cake", "product_name": "Birthday cake", "unit": "piece", "quantity": "1", "unit_price": "30",
        "recipe_id": "cake-3", "specifications": {"tiers": "2"}, "customization": "Happy birthday, Ada",
        "special_instructions": "No candles", "allergens": ["egg"],
    });
    let rye = json!({"product_id": "rye", "quantity": "2.5", "unit_price": "3.50"});
    let body = new_order(&customer, json!({"items": [cake, rye]}));
    let order = bakery.world.post("/orders", &body).await.expect(201);
    bakery.world.walk(id(&order), &["confirmed"]).await;
    bakery.settle(id(&order)).await;
    let told = [
        ("production request", bakery.production.taken().pop()),
        ("notification", bakery.notification.taken().pop()),
    ];
    for (operation, taken) in told {
        let (key, body) = taken.unwrap();
        let expected = exchange(operation);
        let masks = [
            (bakery.world.tenant.to_string(), numbered(1)),
            (customer.clone(), numbered(2)),
            (key.to_string(), numbered(3)),
            (id(&order).to_owned(), numbered(4)),
        ]
        .map(|(random, name)| (random, name.to_string()));
        let masks = masks
            .each_ref()
            .map(|(random, name)| (random.as_str(), name.as_str()));
        let mut expected_body = expected["body"].clone();
        if operation == "production request" {
            // The creation's notification is an entry of the history, and so a version of the order.
            let version = bakery.world.stored_order(id(&order)).await.version;
            assert!(body["version"].as_u64().unwrap() <= version);
            expected_body["version"] = body["version"].clone();
        }
        assert_eq!(masked(&body, &masks), expected_body, "{operation}");
    }
}
