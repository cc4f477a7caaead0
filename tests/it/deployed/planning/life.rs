//! The life of a plan over HTTP, each step by its own function with its own role: forecasts, a what-if, approval, what to
//! order, what has come.

use chrono::{Days, Utc};
use serde_json::{Value, json};

use super::bakery::{Calendar, catalog};
use crate::support::Deployed;
use crate::support::deployed::new_order;

/// Four weeks of sales of rolls: a hundred a day.
fn sales() -> Value {
    let today = Utc::now().date_naive();
    let row = |back: u64| {
        let date = today.checked_sub_days(Days::new(back)).unwrap();
        json!({"product_id": "roll", "date": date, "quantity": 100})
    };
    // From the day before yesterday back: in the tenant's time zone today may have begun a moment ago.
    json!({"rows": (2..30).map(row).collect::<Vec<_>>()})
}

async fn csv(stack: &Deployed, path: &str) -> (Option<String>, String) {
    let authorization = format!("Bearer {}", stack.token(stack.tenant, "viewer"));
    let headers = [("authorization", authorization.as_str()), ("accept", "text/csv")];
    let answer = stack.raw("GET", &stack.url(path), &headers, None).await.unwrap();
    assert_eq!(answer.status, 200);
    let media_type = answer
        .headers
        .get("content-type")
        .map(|value| value.to_str().unwrap().to_owned());
    (media_type, String::from_utf8(answer.body).unwrap())
}

#[tokio::test]
async fn a_plan_is_simulated_decided_on_ordered_and_received() {
    // D50, D60, D69, D70, D12
    let stack = Deployed::new();
    let calendar = Calendar::today();
    stack
        .post("/catalog/import", &catalog(&calendar))
        .await
        .expect(200);
    stack.post("/catalog/sales-history", &sales()).await.expect(200);
    let customer = stack.customer().await;
    let order = json!({
        "requested_delivery_at": format!("{}T12:00:00Z", calendar.day(6)),
        "items": [{"product_id": "loaf", "quantity": "40"}],
    });
    stack
        .post("/orders", &new_order(&customer, order))
        .await
        .expect(201);

    // Emergency: the daily plan, which may be made at any moment, takes the place of regular drafts only.
    let body = json!({"plan_type": "emergency", "start_date": calendar.day(1), "horizon_days": 7});
    let started = stack.post("/procurement/plans", &body).await.expect(202);
    let path = format!("/procurement/plans/{}", started["id"].as_str().unwrap());
    let plan = stack
        .get_until(&path, |plan| plan["status"] != "calculating")
        .await;
    assert_eq!(plan["status"], "draft", "{plan:#}");
    let roll = &plan["forecasts"][0];
    assert_eq!(
        (&roll["product_id"], &roll["source"]),
        (&json!("roll"), &json!("sales_history"))
    );
    assert_eq!(roll["quantity"], "700.000");
    let sentence = plan["requirements"][0]["explanation"]["sentence"]
        .as_str()
        .unwrap();
    assert!(sentence.contains("Strong white flour"), "{sentence}");

    // What production sees.
    let demand = format!(
        "/orders/demand-requirements?start_date={0}&end_date={0}",
        calendar.day(6)
    );
    let demand = stack.get(&demand).await.expect(200);
    let of = |id: &str| {
        let rows = demand["products"].as_array().unwrap();
        rows.iter()
            .find(|row| row["product_id"] == id)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        (&of("loaf")["total_quantity"], &of("loaf")["forecast_quantity"]),
        (&json!("40.000"), &Value::Null)
    );
    assert_eq!(
        (&of("roll")["total_quantity"], &of("roll")["forecast_quantity"]),
        (&json!("0.000"), &json!("100.000"))
    );

    // What if the mill is out.
    let supposed = json!({
        "plan_type": "emergency", "start_date": calendar.day(1), "horizon_days": 7,
        "overrides": {"flour": {"unavailable_suppliers": ["mill"]}},
    });
    let simulated = stack
        .post("/procurement/plans/simulate", &supposed)
        .await
        .expect(200);
    assert_eq!(
        simulated["difference"]["plan_id"], plan["id"],
        "{:#}",
        simulated["difference"]
    );
    let changed = &simulated["difference"]["requirements"][0];
    assert_eq!(
        (
            &changed["before"]["supplier_id"],
            &changed["after"]["supplier_id"]
        ),
        (&json!("mill"), &json!("trade"))
    );

    // Decided on.
    let status = format!("{path}/status");
    for word in ["pending_approval", "approved"] {
        let moved = stack
            .put(&status, &json!({"status": word, "note": "as discussed"}))
            .await
            .expect(200);
        assert_eq!(moved["status"], word);
    }
    let listed = stack.get("/procurement/plans?status=approved").await.expect(200);
    assert_eq!(listed["items"][0]["id"], plan["id"]);

    // Ordered.
    let proposal = stack.get(&format!("{path}/purchase-proposal")).await.expect(200);
    let suppliers: Vec<_> = proposal["suppliers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["supplier_id"].clone())
        .collect();
    assert!(suppliers.contains(&json!("mill")), "{proposal:#}");
    let (media_type, text) = csv(&stack, &format!("{path}/purchase-proposal")).await;
    assert_eq!(media_type.as_deref(), Some("text/csv; charset=utf-8"));
    assert!(
        text.contains("\r\n") && text.contains("Strong white flour"),
        "{text}"
    );

    // On its way: a later plan counts it and buys no flour again.
    let flour = format!("{path}/requirements/flour");
    let ordered = stack
        .put(&flour, &json!({"status": "ordered", "unit_cost": "0.90"}))
        .await
        .expect(200);
    assert_eq!(ordered["ordered_quantity"], ordered["order_quantity"]);
    let next = json!({"plan_type": "seasonal", "start_date": calendar.day(1), "horizon_days": 7});
    let started = stack.post("/procurement/plans", &next).await.expect(202);
    let next = format!("/procurement/plans/{}", started["id"].as_str().unwrap());
    let next = stack
        .get_until(&next, |plan| plan["status"] != "calculating")
        .await;
    assert_eq!(next["status"], "draft", "{next:#}");
    let again = &next["requirements"][0];
    assert_eq!(
        (&again["ingredient_id"], &again["order_quantity"]),
        (&json!("flour"), &json!("0.000")),
        "{again:#}"
    );

    // Received.
    let received = stack
        .put(&flour, &json!({"status": "received"}))
        .await
        .expect(200);
    assert_eq!(
        (&received["status"], &received["received_quantity"]),
        (&json!("received"), &received["order_quantity"])
    );
    let after = stack.get(&path).await.expect(200);
    assert_eq!(
        after["performance"]["on_time_rate"], "100.00",
        "{:#}",
        after["performance"]
    );
}
