//! What a tenant may have only once, or only so many of.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn the_limit_on_customers_is_exact_under_concurrency() {
    // D30, D13
    let world = World::with(&[("MAX_CUSTOMERS_PER_TENANT", "3")]).await;
    let body = json!({"name": "One of ten"});
    let answers = join_all((0..10).map(|_| world.post("/customers", &body))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 3);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        let problem = answer.expect_problem(409, "customer-limit-reached");
        assert_eq!(problem["limit"], 3);
    }
    let listed = world.get("/customers").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_erased_customer_counts_towards_the_limit() {
    // D34, D30
    let world = World::with(&[("MAX_CUSTOMERS_PER_TENANT", "1")]).await;
    let only = world.customer(json!({})).await;
    world
        .call("DELETE", &format!("/customers/{only}/personal-data"), None)
        .await
        .expect(200);
    world
        .post("/customers", &json!({"name": "Next"}))
        .await
        .expect_problem(409, "customer-limit-reached");
}

#[tokio::test]
async fn email_twins_in_other_case_or_normal_form_are_one_customer() {
    // D30
    let world = World::new().await;
    let emails = [
        "caf\u{e9}@example.com",
        "CAF\u{c9}@EXAMPLE.com",
        "cafe\u{301}@example.com",
    ];
    let bodies: Vec<_> = emails
        .iter()
        .map(|email| json!({"name": "Twin", "email": email}))
        .collect();
    let answers = join_all(bodies.iter().map(|body| world.post("/customers", body))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
    for answer in answers.into_iter().filter(|answer| answer.status == 409) {
        let problem = answer.expect_problem(409, "customer-already-exists");
        assert_eq!(problem["field"], "email");
    }
    world
        .post("/customers", &json!({"name": "X", "email": "no-at-sign"}))
        .await
        .expect_problem(422, "invalid-value");
}

#[tokio::test]
async fn codes_are_generated_and_unique() {
    // D30, §4
    let world = World::new().await;
    let create = |body: Value| {
        let world = &world;
        async move { world.post("/customers", &body).await }
    };
    let first = create(json!({"name": "A"})).await.expect(201);
    assert_eq!(first["customer_code"], "CUST-000001");
    create(json!({"name": "B", "customer_code": "cust-000002"}))
        .await
        .expect(201);
    // The next generated code is taken by hand: the one after it is used.
    assert_eq!(
        create(json!({"name": "C"})).await.expect(201)["customer_code"],
        "CUST-000003"
    );
    let taken = create(json!({"name": "D", "customer_code": "CUST-000001"}))
        .await
        .expect_problem(409, "customer-already-exists");
    assert_eq!(
        (&taken["field"], &taken["errors"][0]["pointer"]),
        (&json!("customer_code"), &json!("/customer_code"))
    );
}

#[tokio::test]
async fn a_retry_finds_its_own_customer_before_any_conflict() {
    // D7
    let world = World::with(&[("MAX_CUSTOMERS_PER_TENANT", "1")]).await;
    let body = json!({"name": "Only", "email": "only@example.com", "customer_code": "ONLY"});
    let twins = join_all((0..8).map(|_| world.post_with_key("/customers", "k", &body))).await;
    let first = twins[0].body.clone();
    let replayed = twins
        .iter()
        .filter(|twin| twin.header("idempotency-replayed").is_some())
        .count();
    assert_eq!(replayed, 7);
    for twin in twins {
        assert_eq!(twin.expect(201), first);
    }
    world
        .post_with_key("/customers", "k", &json!({"name": "Other"}))
        .await
        .expect_problem(422, "idempotency-key-reused");
}
