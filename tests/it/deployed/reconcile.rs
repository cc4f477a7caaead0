//! What the stream or the relay has lost is found again by the walk of reconcile.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use orders_service::auth::TenantId;
use orders_service::store::keys;
use serde_json::json;
use uuid::Uuid;

use crate::support::deployed::{STACK_NAME, new_order};
use crate::support::{Deployed, Inbox, stack, world};

/// Runs a function as the scheduler does, and gives what it answered.
async fn invoke(stack: &Deployed, function: &str) -> String {
    let endpoint = stack::value("AWS_ENDPOINT_URL");
    let url = format!("{endpoint}/2015-03-31/functions/{STACK_NAME}-{function}/invocations");
    // The emulator takes this key for the account's root and does not check its signature.
    let authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, \
                         SignedHeaders=host, Signature=0";
    let answer = stack
        .raw(
            "POST",
            &url,
            &[("authorization", authorization)],
            Some(b"{}".to_vec()),
        )
        .await
        .unwrap();
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{body}");
    assert!(answer.headers.get("x-amz-function-error").is_none(), "{body}");
    body
}

#[tokio::test]
async fn an_order_whose_relay_position_is_lost_gets_its_events_again_and_nothing_else_changes() {
    // D42, D43
    let stack = Deployed::new();
    let mut events = Inbox::events(stack.tenant, &[]).await;
    let mut alerts = Inbox::alerts(stack.tenant, &[]).await;
    let customer = stack.customer().await;
    let order = stack
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect(201);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    stack
        .put(&format!("{path}/status"), &json!({"status": "confirmed"}))
        .await
        .expect(200);
    let of_order = |notices: &[crate::support::deployed_inbox::Notice]| {
        let of_order = notices
            .iter()
            .filter(|notice| notice.body["entity_id"] == order["id"]);
        of_order.map(|notice| notice.body.clone()).collect::<Vec<_>>()
    };
    events.until(|notices| of_order(notices).len() >= 2).await;
    alerts.until(|notices| !notices.is_empty()).await;
    // All of it is published and worked on: a run that finds nothing to do changes nothing.
    tokio::join!(
        events.linger(Duration::from_secs(3)),
        alerts.linger(Duration::from_secs(3))
    );
    let published = of_order(&events.notices);
    let order_before = stack.get(&path).await.expect(200);
    let alerts_before = stack.get("/alerts").await.expect(200);
    let customer_events = |inbox: &Inbox| {
        inbox
            .notices
            .iter()
            .filter(|notice| notice.body["entity_id"] == customer.as_str())
            .count()
    };
    let customer_events_before = customer_events(&events);
    assert_eq!(customer_events_before, 1, "customers have a history, too");
    invoke(&stack, "reconcile").await;
    tokio::join!(
        events.linger(Duration::from_secs(2)),
        alerts.linger(Duration::from_secs(2))
    );
    assert_eq!(
        of_order(&events.notices),
        published,
        "what is published is left alone"
    );

    let id = Uuid::parse_str(order["id"].as_str().unwrap()).unwrap();
    let position = keys::relay_position(TenantId(stack.tenant), &id.to_string());
    let removed = aws_sdk_dynamodb::Client::new(&world::aws())
        .delete_item()
        .table_name(stack::value("TABLE_NAME"))
        .key("pk", AttributeValue::S(position.pk))
        .key("sk", AttributeValue::S(position.sk))
        .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
        .send()
        .await
        .unwrap();
    assert_eq!(removed.attributes.unwrap()["to"], AttributeValue::N("2".into()));
    let alerts_sent = alerts.notices.len();
    invoke(&stack, "reconcile").await;
    events
        .until(|notices| of_order(notices).len() >= published.len() + 2)
        .await;
    tokio::join!(
        events.linger(Duration::from_secs(3)),
        alerts.linger(Duration::from_secs(3))
    );

    let all = of_order(&events.notices);
    let again = &all[published.len()..];
    assert_eq!(
        again[..2],
        published[..2],
        "the same events, to the field, in the same order"
    );
    // The schedule's own run may have found it at the same moment.
    assert!(again.iter().all(|event| published.contains(event)));
    assert_eq!(
        customer_events(&events),
        customer_events_before,
        "the customer's position was there"
    );
    assert_eq!(
        alerts.notices.len(),
        alerts_sent,
        "a cause counts once however often it is told"
    );
    assert_eq!(stack.get("/alerts").await.expect(200), alerts_before);
    assert_eq!(stack.get(&path).await.expect(200), order_before);
    tokio::join!(events.close(), alerts.close());
}
