//! §4: what is at stake in an alert.

use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::{about, placed};
use crate::support::background::id;
use crate::support::{Background, World};

/// Two kinds of bread of scarce flour, one of them with butter, and a drink of neither.
async fn catalog(world: &World) {
    let ingredient = |id: &str| {
        json!({
            "id": id, "name": id, "unit": "kg", "stock_lots": [{"lot_id": "L-1", "quantity": "1"}],
            "offers": [{"supplier_id": "mill", "unit_price": "0.85", "lead_time_days": 1}],
        })
    };
    let product = |id: &str, items: &[&str]| {
        let lines: Vec<_> = items
            .iter()
            .map(|item| json!({"item_id": item, "quantity": "1"}))
            .collect();
        json!({
            "id": id, "name": id, "unit": "piece", "price": "2.00",
            "recipe": {"yield_quantity": "1", "lines": lines},
        })
    };
    let catalog = json!({
        "suppliers": [{"id": "mill", "name": "Old Mill"}],
        "ingredients": [ingredient("flour"), ingredient("butter"), ingredient("apples")],
        "products": [product("rye", &["flour"]), product("brioche", &["flour", "butter"]), product("juice", &["apples"])],
    });
    let answer = world.post("/catalog/import", &catalog).await.expect(200);
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|row| row["status"] == "created"), "{answer:#}");
}

/// Places an order of lines `(product, quantity)` at 2.00 each; gives its id.
async fn ordered(world: &World, customer: &str, lines: &[(&str, &str)]) -> String {
    let line = |(product, quantity): &(&str, &str)| json!({"product_id": product, "quantity": quantity});
    let lines: Vec<_> = lines.iter().map(line).collect();
    id(&world.order(customer, json!({"items": lines})).await).to_owned()
}

/// Computes a plan and raises what it deserves.
async fn planned(world: &World, background: &Background) {
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    background.compute(world, id(&plan)).await.unwrap();
    background.settle(world.entity(EntityKind::Plan, id(&plan))).await;
}

async fn impact(world: &World, entity: &str) -> Value {
    let mut alerts = about(world, entity).await;
    assert_eq!(alerts.len(), 1, "{alerts:#?}");
    alerts.remove(0)["business_impact"].take()
}

#[tokio::test]
async fn a_shortage_puts_at_risk_what_the_orders_come_to_that_need_the_ingredient() {
    // §4, D40, D67
    let world = World::new().await;
    let background = Background::of(&world);
    catalog(&world).await;
    let first = world.customer(json!({"name": "First"})).await;
    let second = world.customer(json!({"name": "Second"})).await;
    let third = world.customer(json!({"name": "Third"})).await;
    // 40.00 with flour on two lines, 10.00 and 6.00 with butter too, 20.00 of juice; one that is no demand any more.
    ordered(&world, &first, &[("rye", "10"), ("rye", "4"), ("juice", "6")]).await;
    ordered(&world, &first, &[("brioche", "5")]).await;
    ordered(&world, &second, &[("brioche", "3")]).await;
    ordered(&world, &third, &[("juice", "10")]).await;
    let gone = ordered(&world, &third, &[("rye", "50")]).await;
    world.walk(&gone, &["cancelled"]).await;
    planned(&world, &background).await;
    let of = |revenue: &str, orders: u32, customers: u32| json!({"revenue_at_risk": revenue, "orders_affected": orders, "customers_affected": customers});
    assert_eq!(impact(&world, "flour").await, of("56.00", 3, 2));
    assert_eq!(impact(&world, "butter").await, of("16.00", 2, 2));
    assert_eq!(impact(&world, "apples").await, of("60.00", 2, 2));
    // The next plan tells how it is then.
    ordered(&world, &third, &[("brioche", "1")]).await;
    planned(&world, &background).await;
    assert_eq!(impact(&world, "flour").await, of("58.00", 4, 3));
    let alert = about(&world, "flour").await.remove(0);
    assert_eq!(
        (&alert["occurrences"], &alert["entity"]["kind"]),
        (&json!(2), &json!("ingredient"))
    );
    // Figures only: whose orders they are, the plan tells.
    for name in ["First", "Second", "Third", &first, &second, &third] {
        assert!(!alert.to_string().contains(name), "{alert:#}");
    }
}

#[tokio::test]
async fn an_order_puts_at_risk_what_it_comes_to_and_so_does_a_first_one() {
    // §4, D40
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let cake = json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": "6000.00"}]});
    let (order, _) = placed(&world, &background, &customer, cake).await;
    let expected = json!({"revenue_at_risk": "6000.00", "orders_affected": 1, "customers_affected": 1});
    assert_eq!(impact(&world, id(&order)).await, expected);
    assert_eq!(impact(&world, &customer).await, expected);
}
