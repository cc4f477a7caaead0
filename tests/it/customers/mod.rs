//! `/customers`

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
    let answers =
        futures_util::future::join_all(bodies.iter().map(|body| world.post("/customers", body))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
    world
        .post("/customers", &json!({"name": "X", "email": "no-at-sign"}))
        .await
        .expect_problem(422, "invalid-value");
}

#[tokio::test]
async fn the_limit_on_customers_is_exact_under_concurrency() {
    // D30, D13
    let world = World::with(&[("MAX_CUSTOMERS_PER_TENANT", "3")]).await;
    let body = json!({"name": "One of ten"});
    let answers = futures_util::future::join_all((0..10).map(|_| world.post("/customers", &body))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 3);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.expect_problem(409, "customer-limit-reached");
    }
}

#[tokio::test]
async fn a_retry_finds_its_own_customer_before_any_conflict() {
    // D7
    let world = World::with(&[("MAX_CUSTOMERS_PER_TENANT", "1")]).await;
    let body = json!({"name": "Only", "email": "only@example.com", "customer_code": "ONLY"});
    let twins =
        futures_util::future::join_all((0..8).map(|_| world.post_with_key("/customers", "k", &body))).await;
    let first = twins[0].body.clone();
    for twin in twins {
        assert_eq!(twin.expect(201), first);
    }
    world
        .post_with_key("/customers", "k", &json!({"name": "Other"}))
        .await
        .expect_problem(422, "idempotency-key-reused");
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
