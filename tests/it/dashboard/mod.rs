//! `GET /orders/dashboard-summary` (D90) and what it costs.

mod answers;
mod bakery;
mod costs;
mod local_time;
mod random;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::decimal::Money;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::recount::{Dashboard, Placed, Recount};

const PATH: &str = "/orders/dashboard-summary";

/// Rows of a top list.
const TOP_ROWS: usize = 10;

/// The dashboard as the recount has it, in the form of the answer, without the tops, alerts, plan, business model and age.
fn figures(found: &Dashboard) -> Value {
    let periods = |figure: fn(&Placed) -> Value| {
        json!({
            "today": figure(&found.today), "week": figure(&found.week), "month": figure(&found.month),
        })
    };
    let two_digits = |figure: Option<rust_decimal::Decimal>| figure.map(|figure| format!("{figure:.2}"));
    let series: Vec<_> = found
        .series
        .iter()
        .map(|(date, day)| json!({"date": date, "orders": day.orders, "revenue": day.revenue.to_string()}))
        .collect();
    json!({
        "orders": periods(|placed| json!(placed.orders)),
        "revenue": periods(|placed| json!(placed.revenue.to_string())),
        "average_order_value": two_digits(found.average_order_value),
        "status_counts": found.status_counts,
        "customers": {
            "total": found.customers, "active": found.active_customers,
            "new_this_month": found.new_customers, "repeat_rate": two_digits(found.repeat_rate),
        },
        "fulfilment_rate": two_digits(found.fulfilment_rate),
        "on_time_rate": two_digits(found.on_time_rate),
        "cancellation_rate": two_digits(found.cancellation_rate),
        "due_today": found.due_today, "overdue": found.overdue, "on_hold": found.on_hold,
        "outstanding_balance": found.outstanding_balance.to_string(),
        "series": series,
    })
}

/// Holds a list of tops against all there are: as many as there should be, by revenue, each with its own figures. Rows of
/// the same revenue may stand in any order, and any of them may be the one that is cut off.
fn expect_tops(shown: &Value, id: &str, all: &BTreeMap<String, (Money, Value)>) {
    let shown = shown.as_array().unwrap();
    let mut revenues: Vec<_> = all.values().map(|(revenue, _)| *revenue).collect();
    revenues.retain(|revenue| *revenue > Money::ZERO);
    revenues.sort_by_key(|revenue| std::cmp::Reverse(*revenue));
    revenues.truncate(TOP_ROWS);
    let expected: Vec<_> = revenues.iter().map(ToString::to_string).collect();
    let found: Vec<_> = shown.iter().map(|row| row["revenue"].as_str().unwrap()).collect();
    assert_eq!(found, expected);
    let mut ids: Vec<_> = shown.iter().map(|row| row[id].as_str().unwrap()).collect();
    for (row, id) in shown.iter().zip(&ids) {
        assert_eq!(row, &all[*id].1);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), shown.len());
}

/// Open alerts by severity, as the list tells them.
async fn open_alerts(world: &World) -> BTreeMap<&'static str, i64> {
    let mut counts: BTreeMap<_, _> = ["low", "medium", "high", "critical"]
        .map(|severity| (severity, 0))
        .into();
    for alert in alerts(world, "&status=active,acknowledged").await {
        *counts.get_mut(alert["severity"].as_str().unwrap()).unwrap() += 1;
    }
    counts
}

/// Every alert of a list.
async fn alerts(world: &World, filters: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world
            .get(&format!("/alerts?limit=100{filters}{cursor}"))
            .await
            .expect(200);
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// Holds the dashboard against a recount of everything; `products` and `customers` are the names there are. Gives the
/// answer.
async fn expect_dashboard(
    world: &World,
    now: DateTime<Utc>,
    today: NaiveDate,
    recount: &Recount,
    products: &BTreeMap<String, String>,
    customers: &BTreeMap<String, String>,
) -> Value {
    let expected = recount.dashboard(today);
    let answer = world.get(PATH).await.expect(200);
    let mut rest = answer.clone();
    let mut take = |name: &str| rest.as_object_mut().unwrap().remove(name).unwrap();
    let tops = expected.top_products.iter().map(|(id, top)| {
        let row = json!({
            "product_id": id, "product_name": products.get(id), "revenue": top.revenue.to_string(),
            "quantity": top.quantity.to_string(), "orders": top.orders,
        });
        (id.clone(), (top.revenue, row))
    });
    expect_tops(&take("top_products"), "product_id", &tops.collect());
    let tops = expected.top_customers.iter().map(|(id, top)| {
        let row = json!({
            "customer_id": id, "customer_name": customers.get(&id.to_string()),
            "revenue": top.revenue.to_string(), "orders": top.orders,
        });
        (id.to_string(), (top.revenue, row))
    });
    expect_tops(&take("top_customers"), "customer_id", &tops.collect());
    assert_eq!(take("alerts"), json!(open_alerts(world).await));
    assert!(take("latest_plan").is_null());
    let model = take("business_model");
    let whole = world.get("/orders/business-model").await.expect(200);
    for (name, value) in model.as_object().unwrap() {
        assert_eq!(value, &whole[name], "{name}");
    }
    let as_of = take("as_of");
    assert_eq!(as_of, whole["as_of"]);
    let as_of: Option<DateTime<Utc>> = serde_json::from_value(as_of).unwrap();
    let lag = take("lag_seconds").as_i64();
    assert!(as_of.is_none_or(|at| at <= now) && lag.is_none_or(|lag| lag >= 0));
    assert_eq!(as_of.is_some(), lag.is_some());
    assert_eq!(rest, figures(&expected));
    answer
}
