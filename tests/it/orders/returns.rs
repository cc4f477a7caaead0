//! Returned goods and what they are worth.

use orders_domain::decimal::Money;
use serde_json::{Value, json};

use super::items::{delivered, report, worked_example};
use crate::support::World;
use crate::support::background::id;

#[tokio::test]
async fn returned_goods_are_worth_their_share_with_tax_and_the_total_stays() {
    // D28b, D28, D31
    let world = World::new().await;
    let customer = world.customer(json!({"payment_terms": "net_30"})).await;
    let order = worked_example(&world, &customer).await;
    assert_eq!(order["total_amount"], "116.77");
    delivered(&world, &order).await;
    assert_eq!(world.credit_of(&customer).await.exposure.to_string(), "116.77");
    // (17.40 − 0.87) · 1.1 · 5/12 = 7.57625, then 6/12 = 9.0915: cumulative, rounded once.
    let back = report(&world, &order, 1, json!({"quantity_returned": "5"}))
        .await
        .expect(200);
    assert_eq!(back["returned_amount"], "7.58");
    let back = report(&world, &order, 1, json!({"quantity_returned": "6"}))
        .await
        .expect(200);
    let figures = |order: &Value| {
        ["total_amount", "returned_amount", "balance_due", "payment_status"]
            .map(|name| order[name].to_string())
    };
    assert_eq!(
        figures(&back),
        ["\"116.77\"", "\"9.09\"", "\"107.68\"", "\"pending\""]
    );
    assert_eq!(world.credit_of(&customer).await.exposure.to_string(), "107.68");
    // With what was paid, the returned goods settle the order: no payment event is needed.
    world.pay(id(&order), "107.67", "succeeded").await;
    let back = report(&world, &order, 3, json!({"quantity_returned": "0.001"}))
        .await
        .expect(200);
    assert_eq!(figures(&back), ["\"116.77\"", "\"9.10\"", "\"0.00\"", "\"paid\""]);
    assert_eq!(world.credit_of(&customer).await.exposure, Money::ZERO);
    // A mistake is taken back: the debt is there again, whatever the limit.
    let back = report(&world, &order, 1, json!({"quantity_returned": "0"}))
        .await
        .expect(200);
    assert_eq!(
        figures(&back),
        ["\"116.77\"", "\"0.01\"", "\"9.09\"", "\"partial\""]
    );
    assert_eq!(world.credit_of(&customer).await.exposure.to_string(), "9.09");
    let entry = world.history(id(&order), 50).await.pop().unwrap();
    assert_eq!(
        (
            &entry["event"],
            &entry["after"]["returned_amount"],
            &entry["context"]
        ),
        (
            &json!("note"),
            &json!("0.01"),
            &json!({"line": 1, "changed": {"quantity_returned": {"from": "6.000", "to": "0.000"}}})
        )
    );
}

#[tokio::test]
async fn a_full_return_leaves_the_fee_and_the_last_cent_of_rounding() {
    // D28b, D23: 18.18 + 70.26 + 21.07 of 116.77; the fee with its tax is 7.26.
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = worked_example(&world, &customer).await;
    delivered(&world, &order).await;
    for (line, quantity) in [(1, "12"), (2, "3"), (3, "2.5")] {
        report(&world, &order, line, json!({"quantity_returned": quantity}))
            .await
            .expect(200);
    }
    let now = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    assert_eq!(
        (&now["returned_amount"], &now["balance_due"]),
        (&json!("109.51"), &json!("7.26"))
    );
}
