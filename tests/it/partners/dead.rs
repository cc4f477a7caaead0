//! A dead inventory under load: orders are taken and statuses read, none waits for long, and none fails (§14, D91).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use orders_service::partners::client::TOTAL_TIMEOUT;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::World;
use crate::support::faults::Verdict;
use crate::support::orders::new_order;

const REQUESTS: usize = 500;
/// Requests at a time.
const AT_ONCE: usize = 4;
/// What a request may take beyond the time its partner has.
const SLACK: Duration = Duration::from_millis(50);

async fn partners(world: &World) -> (Value, Value) {
    let status = world.get("/orders/status").await.expect(200);
    (status["status"].clone(), status["partners"]["inventory"].clone())
}

#[tokio::test]
async fn a_dead_inventory_costs_five_requests_their_patience_and_none_its_answer() {
    // §14, D13, D91
    let server = MockServer::start().await;
    let silent = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    let silent = Mock::given(any())
        .respond_with(silent)
        .mount_as_scoped(&server)
        .await;
    let world = World::with(&[("INVENTORY_URL", server.uri().as_str())]).await;
    let customer = world.customer(json!({})).await;
    assert_eq!(
        partners(&world).await,
        (json!("ok"), json!({"configured": true, "breaker": "closed"}))
    );
    // Every fifth asks how the service is doing.
    let requests = (0..REQUESTS).map(|number| {
        let (world, customer) = (&world, &customer);
        async move {
            let started = Instant::now();
            if number % 5 == 4 {
                world.get("/orders/status").await.expect(200);
            } else {
                let order = world
                    .post("/orders", &new_order(customer, json!({})))
                    .await
                    .expect(201);
                assert_eq!(
                    (
                        &order["availability_checked"],
                        order["warnings"].as_array().unwrap().len()
                    ),
                    (&json!(false), 1)
                );
            }
            started.elapsed()
        }
    });
    let mut took: Vec<_> = stream::iter(requests).buffer_unordered(AT_ONCE).collect().await;
    took.sort_unstable();
    let (median, p99) = (took[REQUESTS / 2], took[REQUESTS * 99 / 100 - 1]);
    // What a request takes on this machine without waiting for anybody is not the partner's doing.
    let most = TOTAL_TIMEOUT + SLACK.max(median * 3);
    assert!(
        p99 <= most,
        "median {median:?}, p99 {p99:?}, worst {:?}",
        took[REQUESTS - 1]
    );
    // A call that was under way when the breaker opened is one more.
    let calls = silent.received_requests().await.len();
    assert!((5..5 + AT_ONCE).contains(&calls), "{calls}");
    let waited = took.iter().filter(|took| **took >= TOTAL_TIMEOUT).count();
    assert_eq!(waited, calls, "only who called has waited");
    assert_eq!(
        partners(&world).await,
        (json!("degraded"), json!({"configured": true, "breaker": "open"}))
    );
    // It returns, and the first order after the wait finds out.
    drop(silent);
    let stock = json!({"items": [{"product_id": "rye", "available": true}]});
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(stock))
        .mount(&server)
        .await;
    world.clock.advance(TimeDelta::seconds(10));
    assert_eq!(partners(&world).await.1["breaker"], "half_open");
    let order = world.order(&customer, json!({})).await;
    assert_eq!(
        (&order["availability_checked"], &order["warnings"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(
        partners(&world).await,
        (json!("ok"), json!({"configured": true, "breaker": "closed"}))
    );
    // Every order was taken, and none twice.
    let page = world.get("/orders?limit=100").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn the_status_tells_which_partners_are_there() {
    // D91
    let world = World::new().await;
    let answer = world
        .redeployed(&[("SALES_URL", "http://127.0.0.1:9")])
        .get("/orders/status")
        .await
        .expect(200);
    let sales = json!({"configured": true, "breaker": "closed"});
    let none = json!({"configured": false, "breaker": "closed"});
    assert_eq!(
        answer["partners"],
        json!({"inventory": none, "production": none, "sales": sales, "notification": none})
    );
}

#[tokio::test]
async fn a_table_that_is_down_degrades_the_status_and_fails_it_not() {
    // D91
    let down = Arc::new(AtomicBool::new(false));
    let state = down.clone();
    let world = World::new().await.judged(move |_| {
        if state.load(Ordering::SeqCst) {
            Verdict::Refuse
        } else {
            Verdict::Pass
        }
    });
    let told = async || {
        let answer = world.get("/orders/status").await.expect(200);
        (answer["status"].clone(), answer["table"].clone())
    };
    assert_eq!(told().await, (json!("ok"), json!("ok")));
    // The tenant's settings are known for a minute more.
    down.store(true, Ordering::SeqCst);
    assert_eq!(told().await, (json!("degraded"), json!("unavailable")));
    down.store(false, Ordering::SeqCst);
    assert_eq!(told().await, (json!("ok"), json!("ok")));
}
