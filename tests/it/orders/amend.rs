//! `PATCH /orders/{order_id}`: what an amendment makes of an order.

use serde_json::{Value, json};

use crate::support::{Answer, World};

pub(super) async fn amend(world: &World, order: &Value, patch: &Value) -> Answer {
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    world.call("PATCH", &path, Some(patch)).await
}

/// The context of the newest history entry.
async fn changed(world: &World, order: &Value) -> Value {
    let stored = world.stored_order(order["id"].as_str().unwrap()).await;
    let entry = stored.body.history.last().unwrap().clone();
    assert_eq!(entry.event.as_str(), "amended");
    assert_eq!((entry.sequence, entry.version), (stored.version, stored.version));
    assert_eq!(entry.after, stored.after_change());
    entry.context.unwrap()["changed"].clone()
}

pub(super) fn line(id: &str, quantity: &str, price: &str) -> Value {
    json!({"product_id": id, "quantity": quantity, "unit_price": price})
}

/// The worked example of §5, without customer.
pub(super) fn worked_example() -> Value {
    json!({
        "delivery_method": "delivery",
        "delivery_address": {"line1": "1 High Street", "city": "Edinburgh", "postal_code": "EH1 1AA", "country": "GB"},
        "items": [
            {"product_id": "roll", "quantity": "12", "unit_price": "1.45", "tax_rate": "10", "unit_cost": "0.50"},
            {"product_id": "cake", "quantity": "3", "unit_price": "24.90", "tax_rate": "10", "discount_percentage": "10"},
            {"product_id": "flour", "quantity": "2.5", "unit_price": "7.333", "tax_rate": "21"},
        ],
        "discount_percentage": "5", "delivery_fee": "6.00", "delivery_fee_tax_rate": "21",
    })
}

#[tokio::test]
async fn an_amended_order_has_the_figures_of_one_ordered_like_that() {
    // D27, D20-D24
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let before = world.order(&customer, json!({"discount_amount": "1"})).await;
    let expected = world.order(&customer, worked_example()).await;
    let answer = amend(&world, &before, &worked_example()).await;
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let amended = answer.expect(200);
    assert_eq!(amended["total_amount"], "116.77");
    for (name, value) in amended.as_object().unwrap() {
        let own = ["id", "version", "order_number"].contains(&name.as_str());
        assert_eq!(
            *value == expected[name],
            !own,
            "{name}: {value} {}",
            expected[name]
        );
    }
    let path = format!("/orders/{}", before["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.expect(200), amended);
}

#[tokio::test]
async fn what_is_not_sent_stays_and_the_history_tells_what_changed() {
    // D27
    let world = World::new().await;
    let product = |price: &str| json!({"name": "Rye loaf", "unit": "piece", "price": price});
    world
        .put("/catalog/products/rye", &product("4"))
        .await
        .expect(201);
    let customer = world
        .customer(json!({"address": {"line1": "2 Low Road", "city": "Leith", "postal_code": "EH6", "country": "GB"}}))
        .await;
    let before = world
        .order(
            &customer,
            json!({"items": [{"product_id": "rye", "quantity": "10"}], "discount_percentage": "10"}),
        )
        .await;
    world
        .put("/catalog/products/rye", &product("5"))
        .await
        .expect(200);
    world.clock.advance(chrono::Duration::minutes(5));
    let patch = json!({
        "delivery_method": "delivery", "delivery_fee": "3", "requested_delivery_at": "2026-12-05T10:00:00Z",
        "special_instructions": "Ring twice", "communication": {"language": "fr"},
    });
    let after = amend(&world, &before, &patch).await.expect(200);
    let address = json!({
        "line1": "2 Low Road", "line2": null, "city": "Leith", "state": null, "postal_code": "EH6", "country": "GB",
    });
    let mut expected = before.clone();
    crate::support::orders::merge(
        &mut expected,
        json!({
            "version": 2, "delivery_method": "delivery", "delivery_address": address, "delivery_fee": "3.00",
            "requested_delivery_at": "2026-12-05T10:00:00Z", "delivery_window_end": "2026-12-07T10:00:00Z",
            "delivery_date": "2026-12-05", "payment_due_date": "2026-12-05", "special_instructions": "Ring twice",
            "communication": {"channels": [], "language": "fr"}, "total_amount": "39.00", "balance_due": "39.00",
            "tax_breakdown": [{"rate": "0.00", "base": "39.00", "tax": "0.00"}],
            "updated_at": "2026-12-01T08:05:00Z",
        }),
    );
    assert_eq!(after, expected);
    assert_eq!(
        changed(&world, &before).await,
        json!({
            "delivery_method": {"from": "pickup", "to": "delivery"},
            "delivery_address": {"from": null, "to": address},
            "requested_delivery_at": {"from": "2026-12-04T09:00:00Z", "to": "2026-12-05T10:00:00Z"},
            "delivery_window_end": {"from": "2026-12-06T09:00:00Z", "to": "2026-12-07T10:00:00Z"},
            "delivery_fee": {"from": "0.00", "to": "3.00"},
            "special_instructions": {"from": null, "to": "Ring twice"},
            "communication": {"from": null, "to": {"channels": [], "language": "fr"}},
        })
    );
}

#[tokio::test]
async fn null_takes_the_default_of_a_new_order() {
    // D27
    let world = World::new().await;
    let address = |line: &str| json!({"line1": line, "city": "Leith", "postal_code": "EH6", "country": "GB"});
    let customer = world.customer(json!({"address": address("2 Low Road")})).await;
    let before = world
        .order(
            &customer,
            json!({
                "delivery_method": "delivery", "delivery_address": address("1 High Street"), "delivery_fee": "5",
                "delivery_fee_tax_rate": "20", "delivery_window_end": "2026-12-04T10:00:00Z",
                "special_instructions": "a", "internal_notes": "b", "communication": {"channels": ["sms"]},
                "discount_amount": "1",
            }),
        )
        .await;
    let nothing = json!({
        "delivery_address": null, "delivery_fee": null, "delivery_fee_tax_rate": null, "delivery_window_end": null,
        "special_instructions": null, "internal_notes": null, "communication": null, "discount_amount": null,
    });
    let after = amend(&world, &before, &nothing).await.expect(200);
    let plain = world
        .order(&customer, json!({"delivery_method": "delivery"}))
        .await;
    for name in nothing
        .as_object()
        .unwrap()
        .keys()
        .chain([&"total_amount".to_owned()])
    {
        assert_eq!(after[name], plain[name], "{name}");
        assert_ne!(after[name], before[name], "{name}");
    }
}

#[tokio::test]
async fn a_merge_patch_goes_into_the_address_and_the_communication() {
    // D27, RFC 7396
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let before = world
        .order(
            &customer,
            json!({
                "delivery_method": "delivery", "communication": {"channels": ["sms"], "language": "de"},
                "delivery_address": {"line1": "1 High Street", "line2": "Flat 3", "city": "Leith", "postal_code": "EH6", "country": "GB"},
            }),
        )
        .await;
    let patch = json!({
        "delivery_address": {"line2": null, "state": "Lothian"}, "communication": {"language": null},
    });
    let after = amend(&world, &before, &patch).await.expect(200);
    assert_eq!(
        after["delivery_address"],
        json!({"line1": "1 High Street", "line2": null, "city": "Leith", "state": "Lothian", "postal_code": "EH6", "country": "GB"})
    );
    assert_eq!(
        after["communication"],
        json!({"channels": ["sms"], "language": null})
    );
    // A pickup needs no address, and the next delivery starts from none.
    let pickup = amend(&world, &before, &json!({"delivery_method": "pickup"}))
        .await
        .expect(200);
    assert_eq!(pickup["delivery_address"], Value::Null);
    let bare = amend(&world, &before, &json!({"delivery_method": "delivery"}))
        .await
        .expect(200);
    assert_eq!(
        (&bare["delivery_address"], &bare["warnings"]),
        (
            &Value::Null,
            &json!(["No delivery address is known for this delivery."])
        )
    );
    let problem = amend(
        &world,
        &before,
        &json!({"delivery_address": {"line1": "1 High Street"}}),
    )
    .await
    .expect_problem(422, "validation-failed");
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].clone())
        .collect();
    assert_eq!(
        pointers,
        [
            "/delivery_address/city",
            "/delivery_address/postal_code",
            "/delivery_address/country"
        ]
    );
    let whole = json!({"line1": "1 High Street", "city": "Leith", "postal_code": "EH6", "country": "GB"});
    let known = amend(&world, &before, &json!({"delivery_address": whole}))
        .await
        .expect(200);
    assert_eq!(known["warnings"], json!([]));
}

#[tokio::test]
async fn lines_that_are_sent_replace_all_and_the_history_follows_each() {
    // D27, D25b, D28b
    let world = World::new().await;
    let product = json!({"name": "Rye loaf", "unit": "piece", "price": "4", "allergens": ["gluten"]});
    world.put("/catalog/products/rye", &product).await.expect(201);
    let customer = world.customer(json!({"allergens": ["Gluten"]})).await;
    let before = world
        .order(
            &customer,
            json!({"items": [line("roll", "5", "1"), line("cake", "2", "20"), line("bun", "1", "2")]}),
        )
        .await;
    let id = before["id"].as_str().unwrap();
    world
        .change_order(id, |order| {
            let report = json!({"s": "scheduled", "q": "1.000"});
            order.body.lines[1].production = Some(serde_json::from_value(report).unwrap());
            let check = json!({"r": "Moist", "s": "passed", "n": "Good", "a": 0});
            order.body.lines[1].quality = Some(serde_json::from_value(check).unwrap());
        })
        .await;
    let patch = json!({"items": [
        {"product_id": "rye", "quantity": "3"},
        {"product_id": "cake", "quantity": "4", "unit_price": "20", "customization": "Blue"},
        {"product_id": "roll", "quantity": "5", "unit_price": "1"},
    ]});
    let after = amend(&world, &before, &patch).await.expect(200);
    assert_eq!(
        (
            &after["item_count"],
            &after["total_quantity"],
            &after["total_amount"]
        ),
        (&json!(3), &json!("12.000"), &json!("97.00"))
    );
    assert_eq!(
        (
            &after["items"][0]["price_source"],
            &after["items"][0]["product_name"],
            &after["items"][0]["unit_price"]
        ),
        (&json!("catalog"), &json!("Rye loaf"), &json!("4.0000"))
    );
    // The cake is still the one that was begun and checked; that a requirement is no longer sent takes it away.
    let cake = &after["items"][1];
    assert_eq!(
        cake["production"],
        json!({"status": "scheduled", "quantity_produced": "1.000"})
    );
    assert_eq!(
        (
            &cake["quality"]["status"],
            &cake["quality"]["notes"],
            &cake["quality"]["requirements"]
        ),
        (&json!("passed"), &json!("Good"), &Value::Null)
    );
    assert_eq!(
        changed(&world, &before).await,
        json!({"items": [
            {"line": 1, "change": "added", "product_id": "rye", "quantity": {"from": null, "to": "3.000"}, "unit_price": {"from": null, "to": "4.0000"}},
            {"line": 2, "change": "changed", "product_id": "cake", "quantity": {"from": "2.000", "to": "4.000"}, "customization": {"from": null, "to": "Blue"}, "quality_requirements": {"from": "Moist", "to": null}},
            {"line": 3, "change": "changed", "product_id": "roll", "previous_line": 1},
            {"line": 3, "change": "removed", "product_id": "bun", "quantity": {"from": "1.000", "to": null}, "unit_price": {"from": "2.0000", "to": null}},
        ]})
    );
    let stored = world.stored_order(id).await;
    assert_eq!(stored.body.allergens_in_common, ["gluten"]);
    let vector = stored.demand.unwrap();
    assert_eq!(
        vector
            .iter()
            .map(|line| line.product_id.as_str())
            .collect::<Vec<_>>(),
        ["rye", "cake", "roll"]
    );
    let demand = world
        .get("/orders/demand-requirements?target_date=2026-12-04")
        .await
        .expect(200);
    assert_eq!(
        (&demand["total_orders"], &demand["total_quantity"]),
        (&json!(1), &json!("12.000"))
    );
}

#[tokio::test]
async fn the_orders_discount_stays_unless_it_is_sent() {
    // D27, D20
    let world = World::new().await;
    // The standing discount is for orders that name none; an amendment does not bring it back.
    let customer = world.customer(json!({"discount_percentage": "30"})).await;
    let items = |quantity: &str| json!({"items": [line("rye", quantity, "10")]});
    let order = world
        .order(
            &customer,
            json!({"items": [line("rye", "10", "10")], "discount_percentage": "5"}),
        )
        .await;
    for (patch, percentage, amount, total) in [
        (items("20"), json!("5.00"), "10.00", "190.00"),
        (
            json!({"discount_percentage": "10"}),
            json!("10.00"),
            "20.00",
            "180.00",
        ),
        (
            json!({"discount_amount": "12.34"}),
            Value::Null,
            "12.34",
            "187.66",
        ),
        (items("10"), Value::Null, "12.34", "87.66"),
        (json!({"discount_amount": null}), Value::Null, "0.00", "100.00"),
        (
            json!({"discount_percentage": "50"}),
            json!("50.00"),
            "50.00",
            "50.00",
        ),
        (
            json!({"discount_percentage": null}),
            Value::Null,
            "0.00",
            "100.00",
        ),
    ] {
        let after = amend(&world, &order, &patch).await.expect(200);
        assert_eq!(
            (
                &after["discount_percentage"],
                &after["discount_amount"],
                &after["total_amount"]
            ),
            (&percentage, &json!(amount), &json!(total)),
            "{patch}"
        );
    }
    assert_eq!(
        changed(&world, &order).await,
        json!({"discount_percentage": {"from": "50.00", "to": null}})
    );
}
