//! The rows of the top tens.

use orders_service::store::keys::{self, Index};
use orders_service::store::record::{number, text};
use orders_service::store::{Query, TenantStore};
use serde_json::json;

use super::{amend, count};
use crate::support::background::id;
use crate::support::{Background, World};

/// Revenue in cents, orders, quantity and name of the rows of December in the index, by revenue.
async fn tops(world: &World, kind: char) -> Vec<(String, i64, i64, i64, Option<String>)> {
    let read = async |store: TenantStore<'_>| {
        let partition = keys::top(store.tenant(), kind, "2026-12-09".parse().unwrap());
        let query = Query {
            forward: false,
            ..Query::all(Index::Gs1, partition)
        };
        store.query_all(query).await.unwrap()
    };
    let rows = world.in_store(read).await;
    let row = |item: &orders_service::store::record::Item| {
        let shown = item["r"].as_m().unwrap();
        let whole = |name| number(shown, name).unwrap();
        let id = text(item, "sk").unwrap().to_owned();
        (
            id,
            whole("v"),
            whole("o"),
            whole("q"),
            text(shown, "n").map(str::to_owned),
        )
    };
    rows.iter().map(row).collect()
}

#[tokio::test]
async fn products_and_customers_stand_by_revenue_under_their_own_names() {
    // D90, D34: a name in a line may be anything, the catalog's is the bakery's
    let world = World::new().await;
    let background = Background::of(&world);
    let bread = json!({"name": "Rye bread", "category": "bread", "unit": "piece", "price": "3.50"});
    world.put("/catalog/products/rye", &bread).await.expect(201);
    let (anna, bert) = (
        world.customer(json!({"name": "Anna"})).await,
        world.customer(json!({"name": "Bert"})).await,
    );
    let line = |product: &str, quantity: &str, price: &str| json!({"product_id": product, "product_name": "Cake for Anna", "quantity": quantity, "unit_price": price});
    // Two lines of one product are one order; what is given away is sold all the same.
    let lines = json!([
        line("rye", "2", "3.50"),
        line("rye", "1", "3"),
        line("wish", "1", "100"),
        line("gift", "4", "0")
    ]);
    let first = world.order(&anna, json!({"items": lines})).await;
    let second = world
        .order(&bert, json!({"items": [line("rye", "100", "2")]}))
        .await;
    for order in [&first, &second] {
        count(&world, &background, id(order)).await;
    }
    let named = |id: &str, v, o, q, name: Option<&str>| (id.to_owned(), v, o, q, name.map(str::to_owned));
    assert_eq!(
        tops(&world, 'P').await,
        [
            named("rye", 21_000, 2, 103_000, Some("Rye bread")),
            named("wish", 10_000, 1, 1_000, None),
            named("gift", 0, 1, 4_000, None),
        ]
    );
    assert_eq!(
        tops(&world, 'C').await,
        [
            named(&bert, 20_000, 1, 100_000, Some("Bert")),
            named(&anna, 11_000, 1, 8_000, Some("Anna"))
        ]
    );
    // An amendment lets one go and brings another; a cancelled order leaves nothing.
    amend(&world, id(&first), json!({"items": [line("roll", "1", "1")]})).await;
    world.walk(id(&second), &["cancelled"]).await;
    for order in [&first, &second] {
        count(&world, &background, id(order)).await;
    }
    assert_eq!(tops(&world, 'P').await, [named("roll", 100, 1, 1_000, None)]);
    assert_eq!(
        tops(&world, 'C').await,
        [named(&anna, 100, 1, 1_000, Some("Anna"))]
    );
    world.expect_projected().await;
    // It comes back under its name.
    amend(&world, id(&first), json!({"items": [line("rye", "1", "1")]})).await;
    count(&world, &background, id(&first)).await;
    assert_eq!(
        tops(&world, 'P').await,
        [named("rye", 100, 1, 1_000, Some("Rye bread"))]
    );
}

#[tokio::test]
async fn fifty_products_for_fifty_others_are_counted_in_steps() {
    // D27, D90
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let lines = |from: usize| {
        let lines = (from..from + 50)
            .map(|n| json!({"product_id": format!("p{n:03}"), "quantity": "1", "unit_price": "2"}));
        json!({"items": lines.collect::<Vec<_>>()})
    };
    let order = world.order(&customer, lines(0)).await;
    count(&world, &background, id(&order)).await;
    assert_eq!(world.expect_projected().await.products.len(), 50);
    amend(&world, id(&order), lines(50)).await;
    count(&world, &background, id(&order)).await;
    let amended = world.expect_projected().await;
    assert_eq!(amended.products.len(), 50);
    assert!(amended.products.keys().all(|(_, id)| id.as_str() >= "p050"));
}

#[tokio::test]
async fn steps_that_were_cut_short_are_walked_to_their_end() {
    // D27, D90
    for applied in [false, true] {
        for death in 1..=2 {
            let world = World::new().await;
            let background = Background::of(&world);
            let customer = world.customer(json!({})).await;
            let lines = |from: usize| {
                let lines = (from..from + 50)
                    .map(|n| json!({"product_id": format!("p{n:03}"), "quantity": "1", "unit_price": "2"}));
                json!({"items": lines.collect::<Vec<_>>()})
            };
            let order = world.order(&customer, lines(0)).await;
            count(&world, &background, id(&order)).await;
            amend(&world, id(&order), lines(50)).await;
            let entity = world.entity(orders_service::messaging::entity::EntityKind::Order, id(&order));
            let event = background.relay(entity).await.pop().unwrap();
            let mortal = world.dying_at(death, applied);
            assert!(Background::of(&mortal.world).project(&event).await.is_err());
            assert!(mortal.is_dead());
            // In between, every row is the sum of what is counted.
            background.project(&event).await.unwrap();
            world.expect_projected().await;
        }
    }
}
