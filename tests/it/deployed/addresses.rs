//! Addresses, versions and the routes beside the tenants', behind the gateway's path prefix.

use serde_json::{Value, json};

use crate::support::deployed::new_order;
use crate::support::{Answer, Deployed, stack};

/// Where an answer says that its record stands.
fn location(stack: &Deployed, request: &str, answer: &Answer) -> String {
    let request = reqwest::Url::parse(&stack.url(request)).unwrap();
    request.join(answer.header("location").unwrap()).unwrap().into()
}

#[tokio::test]
async fn what_is_created_stands_where_its_location_says_in_the_version_of_its_etag() {
    // D1, D6
    let stack = Deployed::new();
    let customer = stack.customer().await;
    let bodies = [
        ("/customers", json!({"name": "Second Café"}), 201),
        ("/orders", new_order(&customer, json!({})), 201),
        (
            "/procurement/plans",
            json!({"plan_type": "seasonal", "use_forecast": false}),
            202,
        ),
    ];
    for (path, body, status) in bodies {
        let answer = stack.post(path, &body).await;
        let (at, etag) = (
            location(&stack, path, &answer),
            answer.header("etag").map(str::to_owned),
        );
        let created = answer.expect(status);
        let id = created["id"].as_str().unwrap();
        assert_eq!(at, stack.url(&format!("{path}/{id}")));
        assert_eq!(
            (created["version"].as_u64(), etag.as_deref()),
            (Some(1), Some("\"1\""))
        );
        let found = stack.get(&format!("{path}/{id}")).await;
        let tag = found.header("etag").unwrap().to_owned();
        let found = found.expect(200);
        assert_eq!(tag, format!("\"{}\"", found["version"]));
        assert_eq!(
            (&found["id"], &found["created_at"]),
            (&created["id"], &created["created_at"])
        );
    }
}

#[tokio::test]
async fn a_write_for_another_version_is_refused_and_one_for_the_current_is_done() {
    // D6
    let stack = Deployed::new();
    let customer = stack.customer().await;
    let order = stack
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect(201);
    let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
    let confirm = json!({"status": "confirmed"});
    let stale = stack
        .attempt("PUT", &path, &[("if-match", "\"7\"")], Some(&confirm))
        .await
        .unwrap();
    assert_eq!(stale.expect_problem(412, "stale-version")["current_version"], 1);
    let done = stack
        .attempt("PUT", &path, &[("if-match", "\"1\"")], Some(&confirm))
        .await
        .unwrap();
    assert_eq!(done.header("etag"), Some("\"2\""));
    assert_eq!(done.expect(200)["status"], "confirmed");
}

#[tokio::test]
async fn health_asks_for_no_token_and_the_status_of_the_service_is_the_tenants() {
    // D91
    let stack = Deployed::new();
    let health = format!("{}/health", stack::value("BASE_URL"));
    let answer: Answer = stack.raw("GET", &health, &[], None).await.unwrap().into();
    let health = answer.expect(200);
    assert_eq!(health["status"], "ok");
    assert!(health["version"].is_string());
    let status = stack.get("/orders/status").await.expect(200);
    assert_eq!(
        (&status["status"], &status["version"]),
        (&json!("ok"), &health["version"])
    );
    assert_ne!(status["features"], Value::Null);
    assert!(status["as_of"].is_string());
}
