//! From an order over the event to an alert on each subscribed channel.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::deployed::{new_order, text};
use crate::support::deployed_inbox::Notice;
use crate::support::{Deployed, Inbox};

/// Long enough for a message sent twice to come twice, on a busy machine too.
const A_WHILE: Duration = Duration::from_secs(4);

/// Type, subtype and severity.
fn kind(alert: &Value) -> (&str, Option<&str>, &str) {
    let word = |name: &str| alert[name].as_str();
    (
        word("alert_type").unwrap(),
        word("subtype"),
        word("severity").unwrap(),
    )
}

/// The channels of D41.
fn channels_of(severity: &str) -> BTreeSet<&'static str> {
    match severity {
        "critical" => BTreeSet::from(["whatsapp", "email", "sms", "dashboard"]),
        "high" => BTreeSet::from(["whatsapp", "email", "dashboard"]),
        "medium" => BTreeSet::from(["email", "dashboard"]),
        "low" => BTreeSet::from(["dashboard"]),
        other => panic!("{other} is no severity"),
    }
}

fn assert_well_addressed(notice: &Notice, tenant: &str) {
    for name in ["tenant_id", "alert_type", "severity", "channel"] {
        assert_eq!(
            notice.attributes.get(name).map(String::as_str),
            notice.body[name].as_str(),
            "{name}"
        );
    }
    assert_eq!(notice.attributes["tenant_id"], tenant);
    assert!(channels_of(notice.text("severity")).contains(notice.text("channel")));
}

#[tokio::test]
async fn one_order_raises_four_alerts_and_each_goes_out_once_on_each_of_its_channels() {
    // D40, D41, D42
    let stack = Deployed::new();
    let tenant = stack.tenant.to_string();
    let mut everything = Inbox::alerts(stack.tenant, &[]).await;
    let mut sms = Inbox::alerts(stack.tenant, &["sms"]).await;
    let mut dashboard = Inbox::alerts(stack.tenant, &["dashboard"]).await;
    let customer = stack.customer().await;
    let body = new_order(
        &customer,
        json!({
            "requested_delivery_at": text(Utc::now() + TimeDelta::hours(5)),
            "items": [{"product_id": "wedding-cake-slice", "quantity": "150", "unit_price": "40.00"}],
        }),
    );
    let order = stack.post("/orders", &body).await.expect(201);
    assert_eq!(
        (&order["total_amount"], &order["total_quantity"]),
        (&json!("6000.00"), &json!("150.000"))
    );

    everything.until(|notices| notices.len() >= 9).await;
    dashboard.until(|notices| notices.len() >= 4).await;
    sms.until(|notices| !notices.is_empty()).await;
    tokio::join!(
        everything.linger(A_WHILE),
        dashboard.linger(A_WHILE),
        sms.linger(A_WHILE)
    );

    let expected = [
        ("customer_issue", Some("new_customer"), "low"),
        ("high_value_order", None, "medium"),
        ("large_quantity_order", None, "medium"),
        // Five hours are less than a quarter of 24.
        ("rush_order", None, "critical"),
    ];
    let mut raised: Vec<_> = dashboard
        .notices
        .iter()
        .map(|notice| kind(&notice.body))
        .collect();
    raised.sort_unstable();
    assert_eq!(raised, expected);
    let on_sms: Vec<_> = sms.notices.iter().map(|notice| kind(&notice.body)).collect();
    assert_eq!(on_sms, [expected[3]]);

    let mut sent: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for notice in &everything.notices {
        assert_well_addressed(notice, &tenant);
        sent.entry(notice.text("alert_id"))
            .or_default()
            .push(notice.text("channel"));
    }
    assert_eq!(sent.len(), 4);
    for notice in &dashboard.notices {
        let mut channels = sent[notice.text("alert_id")].clone();
        channels.sort_unstable();
        let once: Vec<_> = channels_of(notice.text("severity")).into_iter().collect();
        assert_eq!(channels, once, "{:#}", notice.body);
    }
    let delivery_ids: BTreeSet<_> = everything
        .notices
        .iter()
        .map(|notice| notice.text("delivery_id"))
        .collect();
    assert_eq!(delivery_ids.len(), 9);
    let copy = everything
        .notices
        .iter()
        .find(|notice| notice.text("channel") == "sms")
        .unwrap();
    assert_eq!(copy.text("delivery_id"), sms.notices[0].text("delivery_id"));

    let all_sent = |list: &Value| {
        let alerts = list["items"].as_array().unwrap();
        let deliveries = alerts
            .iter()
            .flat_map(|alert| alert["deliveries"].as_array().unwrap());
        deliveries.filter(|delivery| delivery["status"] == "sent").count() == 9
    };
    let list = stack.get_until("/alerts", all_sent).await;
    assert_eq!(list["next_cursor"], Value::Null);
    let alerts = list["items"].as_array().unwrap();
    let mut listed: Vec<_> = alerts.iter().map(kind).collect();
    listed.sort_unstable();
    assert_eq!(listed, expected);
    for alert in alerts {
        assert_eq!(
            (&alert["status"], &alert["occurrences"]),
            (&json!("active"), &json!(1))
        );
        assert!(sent.contains_key(alert["id"].as_str().unwrap()));
        let entity = match alert["subtype"].as_str() {
            Some("new_customer") => json!({"kind": "customer", "id": customer}),
            _ => json!({"kind": "order", "id": order["id"]}),
        };
        assert_eq!(alert["entity"], entity);
    }
    tokio::join!(everything.close(), dashboard.close(), sms.close());
}

#[tokio::test]
async fn a_second_ordinary_order_raises_no_alert() {
    // D40
    let stack = Deployed::new();
    let mut dashboard = Inbox::alerts(stack.tenant, &["dashboard"]).await;
    let mut created = Inbox::events(stack.tenant, &["order.created"]).await;
    let customer = stack.customer().await;
    stack
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect(201);
    // The first order is the customer's first, whichever event is worked on first.
    dashboard.until(|notices| !notices.is_empty()).await;
    // 5 000.00 and 100 units are not exceeded.
    let at_the_limits = json!({"items": [{"product_id": "cake", "quantity": "100", "unit_price": "50.00"}]});
    stack
        .post("/orders", &new_order(&customer, at_the_limits))
        .await
        .expect(201);
    created.until(|notices| notices.len() >= 2).await;
    dashboard.linger(A_WHILE).await;
    let raised: Vec<_> = dashboard
        .notices
        .iter()
        .map(|notice| kind(&notice.body))
        .collect();
    assert_eq!(raised, [("customer_issue", Some("new_customer"), "low")]);
    tokio::join!(created.close(), dashboard.close());
}
