//! `GET /customers/{customer_id}/export`

use lambda_http::Body;
use orders_service::http::{handlers, serve};
use serde_json::{Value, json};

use super::planted::erase;
use crate::support::World;
use crate::support::background::id;
use crate::support::orders::merge;

struct Page {
    headers: http::HeaderMap,
    bytes: usize,
    lines: Vec<Value>,
}

impl Page {
    fn next_cursor(&self) -> Option<&str> {
        let end = self.lines.last().unwrap();
        assert_eq!(end["type"], "end");
        end["next_cursor"].as_str()
    }

    fn of_type(&self, kind: &str) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["type"] == kind).collect()
    }
}

async fn export(world: &World, customer: &str, query: &str) -> Page {
    let url = format!(
        "/api/v1/tenants/{}/customers/{customer}/export{query}",
        world.tenant
    );
    let request = http::Request::builder()
        .uri(url)
        .header("authorization", format!("Bearer {}", world.token("admin")));
    let response = serve(&world.app, &handlers::all(), request.body(Body::Empty).unwrap()).await;
    assert_eq!(response.status(), 200);
    let (parts, body) = response.into_parts();
    let text = std::str::from_utf8(&body).unwrap();
    assert!(text.ends_with('\n'));
    Page {
        headers: parts.headers,
        bytes: text.len(),
        lines: text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    }
}

#[tokio::test]
async fn everything_is_given_out_oldest_first() {
    // D34
    let world = World::new().await;
    let customer = world.customer(json!({"email": "noir@example.com"})).await;
    let stranger = world.customer(json!({"name": "Stranger"})).await;
    let mut orders = Vec::new();
    for n in 0..3 {
        let more = json!({"special_instructions": format!("note {n}")});
        orders.push(world.order(&customer, more).await);
        world.clock.advance(chrono::Duration::minutes(1));
    }
    world.order(&stranger, json!({})).await;
    let reason = json!({"status": "cancelled", "reason": "Changed their mind", "note": "By phone"});
    world
        .put(&format!("/orders/{}/status", id(&orders[1])), &reason)
        .await
        .expect(200);
    let page = export(&world, &customer, "").await;
    let header = |name: &str| page.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(header("content-type"), "application/x-ndjson");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(
        header("content-disposition"),
        format!("attachment; filename=\"customer-{customer}.ndjson\"")
    );
    let with_type = |mut value: Value, kind: &str| {
        merge(&mut value, json!({"type": kind}));
        value
    };
    let customer_line = with_type(
        world.get(&format!("/customers/{customer}")).await.expect(200),
        "customer",
    );
    assert_eq!(page.lines[0], customer_line);
    let mut expected = Vec::new();
    for order in &orders {
        let order = world.get(&format!("/orders/{}", id(order))).await.expect(200);
        expected.push(with_type(order, "order"));
    }
    assert_eq!(page.of_type("order"), expected.iter().collect::<Vec<_>>());
    // Each order is followed by its history.
    let kinds: Vec<_> = page
        .lines
        .iter()
        .map(|line| line["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "customer", "order", "history", "order", "history", "history", "order", "history", "end"
        ]
    );
    assert_eq!(
        page.lines[5],
        json!({
            "type": "history", "order_id": id(&orders[1]), "sequence": 2, "version": 2, "event": "status_changed",
            "from_status": "pending", "to_status": "cancelled", "reason": "Changed their mind", "note": "By phone",
            "context": {}, "notify_customer": true, "changed_at": "2026-12-01T08:03:00Z",
            "changed_by": {"user_id": "admin-1", "name": "Test Person", "role": "admin"},
            "after": {
                "status": "cancelled", "total_amount": "7.00", "balance_due": "7.00", "total_quantity": "2.000",
                "delivery_date": "2026-12-04",
            },
        })
    );
    assert_eq!(page.next_cursor(), None);
    for role in ["viewer", "member", "service"] {
        world
            .call_as(role, "GET", &format!("/customers/{customer}/export"), None, &[])
            .await
            .expect_problem(403, "permission-denied");
    }
}

#[tokio::test]
async fn a_page_ends_before_4_megabytes_and_the_next_goes_on() {
    // D34, D8
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let line = json!({
        "product_id": "rye", "quantity": "1", "unit_price": "1", "customization": "x".repeat(500),
        "special_instructions": "y".repeat(500),
    });
    let items = vec![line; 50];
    let mut orders = Vec::new();
    for _ in 0..60 {
        let order = world
            .order(&customer, json!({"items": items, "payment_method": "cash"}))
            .await;
        orders.push(order["id"].clone());
        world.clock.advance(chrono::Duration::seconds(1));
    }
    let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, None);
    loop {
        let query = cursor
            .map(|cursor| format!("?cursor={cursor}"))
            .unwrap_or_default();
        let page = export(&world, &customer, &query).await;
        pages += 1;
        assert!(page.bytes <= 4_000_200, "{}", page.bytes);
        assert_eq!(page.of_type("customer").len(), usize::from(pages == 1));
        assert_eq!(page.of_type("order").len(), page.of_type("history").len());
        seen.extend(page.of_type("order").iter().map(|order| order["id"].clone()));
        match page.next_cursor() {
            None => break,
            Some(next) => {
                assert!(page.bytes > 3_800_000, "{}", page.bytes);
                cursor = Some(next.to_owned());
            }
        }
    }
    assert_eq!(seen, orders);
    assert!(pages > 1, "{pages}");
    let path = format!("/customers/{customer}/export?cursor=nonsense");
    world.get(&path).await.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn an_erased_customer_gives_out_what_is_left() {
    // D34
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.walk(id(&order), &["cancelled"]).await;
    erase(&world, &customer).await.expect(200);
    let page = export(&world, &customer, "").await;
    assert_eq!(
        (&page.lines[0]["type"], &page.lines[0]["name"]),
        (&json!("customer"), &json!(""))
    );
    assert_eq!(page.of_type("order")[0]["customer_name"], "");
    assert_eq!(
        page.of_type("history").last().unwrap()["context"],
        json!({"personal_data": "erased"})
    );
    world
        .get(&format!("/customers/{}/export", uuid::Uuid::new_v4()))
        .await
        .expect_problem(404, "not-found");
}
