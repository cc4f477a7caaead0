//! What metrics tell of orders, alerts and plans: each thing once, and nothing of anybody.

use orders_domain::catalog::Product;
use orders_service::auth::TenantId;
use orders_service::messaging::batch::run_stream;
use orders_service::messaging::entity::EntityKind;
use orders_service::metrics::captured;
use orders_service::ports::Clock as _;
use orders_service::store::catalog::{CatalogEntry, entry_key};
use orders_service::usecases::alerts::raise::raise;
use orders_service::usecases::relay;
use serde_json::{Value, json};

use super::{amended, known_customer, placed};
use crate::support::background::id;
use crate::support::orders::new_order;
use crate::support::{Background, World};

/// The lines that tell of a figure.
fn telling(lines: &[Value], figure: &str) -> Vec<Value> {
    lines
        .iter()
        .filter(|line| line.get(figure).is_some())
        .cloned()
        .collect()
}

/// `type severity` of each alert that is told of.
fn alerts(lines: &[Value]) -> Vec<String> {
    let lines = telling(lines, "AlertsRaised");
    assert!(lines.iter().all(|line| line["AlertsRaised"] == 1));
    let word = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines
        .iter()
        .map(|line| format!("{} {}", word(line, "AlertType"), word(line, "Severity")))
        .collect()
}

/// Every text of a line is a word: no id, number or name of anybody's can be among them.
fn assert_only_words(lines: &[Value]) {
    for line in lines {
        let texts = line.as_object().unwrap().values().filter_map(Value::as_str);
        for text in texts {
            let letters = text
                .chars()
                .all(|letter| letter.is_ascii_alphabetic() || "-_".contains(letter));
            assert!(letters && text.len() <= 32, "{text} in {line}");
        }
    }
}

#[tokio::test]
async fn an_order_is_told_once_with_its_value_and_not_when_it_is_found_again_or_refused() {
    // D7
    let world = World::with(&[("TENANT_CURRENCY", "CHF")]).await;
    let customer = world.customer(json!({})).await;
    let body = new_order(
        &customer,
        json!({"items": [{"product_id": "rye", "quantity": "3", "unit_price": "12.35"}]}),
    );
    let post = async || captured(world.post_with_key("/orders", "the-key", &body)).await;
    let (answer, lines) = post().await;
    answer.expect(201);
    let told = telling(&lines, "OrdersCreated");
    assert_eq!(told.len(), 1);
    assert_eq!(
        (
            &told[0]["OrdersCreated"],
            &told[0]["OrderValueCents"],
            &told[0]["Currency"]
        ),
        (&json!(1), &json!(3_705), &json!("CHF"))
    );
    assert_eq!(told[0]["_aws"]["Timestamp"], world.clock.now().timestamp_millis());
    assert_only_words(&lines);
    let (answer, lines) = post().await;
    answer.expect(201);
    assert!(telling(&lines, "OrdersCreated").is_empty());
    let refused = new_order(&customer, json!({"items": []}));
    let (answer, lines) = captured(world.post("/orders", &refused)).await;
    answer.expect(422);
    assert!(telling(&lines, "OrdersCreated").is_empty());
    // The invocation itself is told of every time.
    assert_eq!(telling(&lines, "Latency").len(), 1);
}

#[tokio::test]
async fn of_twin_requests_one_tells_of_the_order() {
    // D7
    let world = World::new().await;
    let body = new_order(&world.customer(json!({})).await, json!({}));
    let twins = (0..6).map(|_| world.post_with_key("/orders", "twins", &body));
    let (answers, lines) = captured(futures_util::future::join_all(twins)).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!(telling(&lines, "OrdersCreated").len(), 1);
}

#[tokio::test]
async fn an_alert_is_told_when_it_opens_and_when_it_becomes_graver() {
    // D42
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let cake = json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": "6000.00"}]});
    let ((_, event), lines) = captured(placed(&world, &background, &customer, cake)).await;
    assert_eq!(alerts(&lines), ["high_value_order medium"]);
    let told = async |event: String| {
        let (raised, lines) = captured(raise(&background.worker, &event)).await;
        raised.unwrap();
        assert_only_words(&lines);
        alerts(&lines)
    };
    assert!(told(event.clone()).await.is_empty());
    assert!(told(amended(&event, 2, "7000.00")).await.is_empty());
    assert_eq!(
        told(amended(&event, 3, "12000.00")).await,
        ["high_value_order high"]
    );
    assert!(told(amended(&event, 4, "6000.00")).await.is_empty());
}

#[tokio::test]
async fn a_plan_is_told_with_its_size_once_and_one_that_cannot_be_made_as_failed() {
    // D60, D69
    let world = World::new().await;
    let background = Background::of(&world);
    let bread = |line: &str| {
        json!({
            "name": "Bread", "unit": "piece",
            "recipe": {"yield_quantity": "1", "lines": [{"item_id": line, "quantity": "1"}]},
        })
    };
    let flour = json!({"name": "Flour", "unit": "kg"});
    world.put("/catalog/ingredients/flour", &flour).await.expect(201);
    world
        .put("/catalog/products/rye", &bread("flour"))
        .await
        .expect(201);
    let customer = world.customer(json!({})).await;
    let line = json!({"product_id": "rye", "quantity": "2", "unit_price": "3.50"});
    world
        .order(&customer, json!({"items": [line.clone(), line]}))
        .await;
    let start = async || {
        let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
        id(&plan).to_owned()
    };
    let plan = start().await;
    let (computed, lines) = captured(background.compute(&world, &plan)).await;
    computed.unwrap();
    let told = telling(&lines, "PlansComputed");
    assert_eq!(told.len(), 1);
    let figures = [
        "PlansComputed",
        "PlanRequirements",
        "PlanCriticalRequirements",
        "PlanOrderLines",
        "PlanDuration",
    ];
    let stored = world.get(&format!("/procurement/plans/{plan}")).await.expect(200);
    let critical = stored["critical_count"].as_i64().unwrap();
    // The test's clock stands still.
    assert_eq!(
        figures.map(|name| told[0][name].as_i64().unwrap()),
        [1, 1, critical, 2, 0]
    );
    assert_only_words(&lines);
    // The message comes again: the plan is there.
    let (computed, lines) = captured(background.compute(&world, &plan)).await;
    computed.unwrap();
    assert!(lines.is_empty(), "{lines:#?}");
    // Two requests at the same time may close a cycle together: here bread is made of bread.
    let key = entry_key::<Product>(TenantId(world.tenant), "rye");
    world
        .in_store(async |store| {
            let mut rye: CatalogEntry<Product> = store.get(&key).await.unwrap().unwrap();
            rye.entry.recipe.as_mut().unwrap().lines[0].item_id = "rye".into();
            rye.version += 1;
            store.replace(&rye, 1).await.unwrap();
        })
        .await;
    let plan = start().await;
    let (computed, lines) = captured(background.compute(&world, &plan)).await;
    computed.unwrap();
    assert_eq!(
        (
            telling(&lines, "PlansFailed").len(),
            telling(&lines, "PlansComputed").len()
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn the_streams_age_is_that_of_the_oldest_change_of_a_batch() {
    let world = World::new().await;
    let background = Background::of(&world);
    let order = world.order(&world.customer(json!({})).await, json!({})).await;
    let key = world.entity(EntityKind::Order, id(&order)).key();
    let now = world.clock.now().timestamp_millis();
    let record = |sequence: &str, at: Option<i64>| {
        let mut record = json!({
            "awsRegion": "eu-west-1", "eventID": sequence, "eventName": "MODIFY",
            "dynamodb": {
                "Keys": {"pk": {"S": key.pk}, "sk": {"S": key.sk}}, "SequenceNumber": sequence, "SizeBytes": 1,
            },
        });
        if let Some(at) = at {
            record["dynamodb"]["ApproximateCreationDateTime"] = (at / 1_000).into();
        }
        record
    };
    let run = async |records: Vec<Value>| {
        let event = serde_json::from_value(json!({"Records": records})).unwrap();
        let (_, lines) = captured(run_stream(&background.worker, "request-1", event, relay::handle)).await;
        telling(&lines, "StreamAge")
    };
    let told = run(vec![
        record("1", Some(now - 30_000)),
        record("2", Some(now - 90_000)),
        record("3", None),
    ])
    .await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["StreamAge"], &told[0]["Function"]),
        (&json!(90_000), &json!("test"))
    );
    let metrics = &told[0]["_aws"]["CloudWatchMetrics"][0]["Metrics"];
    assert_eq!(*metrics, json!([{"Name": "StreamAge", "Unit": "Milliseconds"}]));
    // A clock that is ahead makes no negative age, and a batch without any instant tells nothing.
    assert_eq!(run(vec![record("4", Some(now + 5_000))]).await[0]["StreamAge"], 0);
    assert!(run(vec![record("5", None)]).await.is_empty());
}
