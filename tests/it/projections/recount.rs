//! The recount: what it finds, what it mends, and what it leaves alone.

use aws_sdk_dynamodb::types::AttributeValue;
use orders_service::store::keys::{self, Key};
use orders_service::store::record::Item;
use orders_service::usecases::projections::recount::{Recounted, recount};
use serde_json::json;

use super::{count, count_customer, snapshot};
use crate::orders::items::{delivered, worked_example};
use crate::support::background::id;
use crate::support::{Background, World};

pub(super) async fn run(world: &World) -> Recounted {
    let access = world.app.enter(world.background()).await.unwrap();
    recount(&Background::of(world).worker, &access).await.unwrap()
}

pub(super) fn nothing() -> Recounted {
    Recounted::default()
}

/// Two customers with five orders, of two months; nothing is counted.
pub(super) async fn bakery(world: &World) -> (Vec<String>, Vec<String>) {
    let bread = json!({"name": "Rye bread", "category": "bread", "unit": "piece", "price": "3.50"});
    world.put("/catalog/products/rye", &bread).await.expect(201);
    let customers = vec![
        world.customer(json!({"name": "Anna"})).await,
        world
            .customer(json!({"name": "Bert", "customer_type": "business"}))
            .await,
    ];
    let mut orders = Vec::new();
    let due = json!({"requested_delivery_at": "2027-01-04T09:00:00Z"});
    for customer in [&customers[0], &customers[0], &customers[1]] {
        let order = world.order(customer, due.clone()).await;
        orders.push(id(&order).to_owned());
    }
    let finished = worked_example(world, &customers[0]).await;
    delivered(world, &finished).await;
    orders.push(id(&finished).to_owned());
    world.walk(&orders[1], &["cancelled"]).await;
    world.clock.advance(chrono::Duration::days(31));
    orders.push(id(&world.order(&customers[1], due).await).to_owned());
    (customers, orders)
}

pub(super) async fn counted_bakery(world: &World) -> (Vec<String>, Vec<String>) {
    let background = Background::of(world);
    let (customers, orders) = bakery(world).await;
    for order in &orders {
        count(world, &background, order).await;
    }
    for customer in &customers {
        count_customer(world, &background, customer).await;
    }
    world.expect_projected().await;
    (customers, orders)
}

/// Changes an item behind everybody's back.
pub(super) async fn plant(world: &World, key: &Key, change: impl FnOnce(&mut Item)) {
    world
        .in_store(async |store| {
            let mut item = store.get_item(key).await.unwrap().unwrap();
            change(&mut item);
            store.overwrite(item).await.unwrap();
        })
        .await;
}

pub(super) fn set(item: &mut Item, name: &str, value: i64) {
    item.insert(name.into(), AttributeValue::N(value.to_string()));
}

fn set_in(item: &mut Item, map: &str, name: &str, value: i64) {
    let AttributeValue::M(map) = item.get_mut(map).unwrap() else {
        panic!("{map} is no map");
    };
    map.insert(name.into(), AttributeValue::N(value.to_string()));
}

pub(super) struct Keys {
    world: orders_service::auth::TenantId,
}

impl Keys {
    pub(super) fn rollup(&self, sort: &str) -> Key {
        Key {
            pk: keys::rollups(self.world),
            sk: sort.to_owned(),
        }
    }
    fn top(&self, kind: char, id: &str) -> Key {
        Key {
            pk: keys::top(self.world, kind, "2026-12-01".parse().unwrap()),
            sk: id.to_owned(),
        }
    }
    fn metrics(&self, customer: &str) -> Key {
        keys::customer_metrics(self.world, customer.parse().unwrap())
    }
    fn order_gate(&self, order: &str, placed: &str) -> Key {
        keys::order_gate(self.world, placed.parse().unwrap(), order.parse().unwrap())
    }
    fn customer_gate(&self, customer: &str) -> Key {
        keys::customer_gate(self.world, customer.parse().unwrap())
    }
}

pub(super) fn keys_of(world: &World) -> Keys {
    Keys {
        world: orders_service::auth::TenantId(world.tenant),
    }
}

#[tokio::test]
async fn a_clean_table_has_no_drift_and_stays_as_it_is() {
    // D90
    let world = World::new().await;
    assert_eq!(run(&world).await, nothing());
    counted_bakery(&world).await;
    let before = snapshot(&world).await;
    assert_eq!(run(&world).await, nothing());
    assert_eq!(snapshot(&world).await, before);
}

#[tokio::test]
async fn what_was_never_counted_or_is_behind_is_counted() {
    // D90, D33
    let world = World::new().await;
    let (customers, orders) = bakery(&world).await;
    assert_eq!(
        run(&world).await,
        Recounted {
            contributions: 7,
            ..nothing()
        }
    );
    world.expect_projected().await;
    assert_eq!(run(&world).await, nothing());
    // Two that moved on, untold.
    world.walk(&orders[0], &["confirmed", "in_production"]).await;
    let patch = json!({"is_active": false});
    world
        .call("PATCH", &format!("/customers/{}", customers[1]), Some(&patch))
        .await
        .expect(200);
    assert_eq!(
        run(&world).await,
        Recounted {
            contributions: 2,
            ..nothing()
        }
    );
    world.expect_projected().await;
    // The events come after all.
    let background = Background::of(&world);
    count(&world, &background, &orders[0]).await;
    count_customer(&world, &background, &customers[1]).await;
    world.expect_projected().await;
}

type Change = Box<dyn Fn(&mut Item)>;

#[tokio::test]
async fn drift_of_every_kind_is_found_and_mended() {
    // D90, D33
    let world = World::new().await;
    let (customers, _) = counted_bakery(&world).await;
    let keys = keys_of(&world);
    let rollup = |sort: &str| keys.rollup(sort);
    let planted: Vec<(Key, Change)> = vec![
        (rollup("c#2026-12-01"), Box::new(|item| set(item, "v", 1))),
        (rollup("c#2027-01-01"), Box::new(|item| set(item, "x", 1))),
        (rollup("c#2026-12"), Box::new(|item| set(item, "ot", 0))),
        (rollup("o#2027-01-04"), Box::new(|item| set(item, "n", 9))),
        (rollup("t"), Box::new(|item| set(item, "c2", 0))),
        (keys.metrics(&customers[0]), Box::new(|item| set(item, "s", 1))),
        (keys.metrics(&customers[1]), Box::new(|item| set(item, "fa", 1))),
        (keys.top('P', "rye"), Box::new(|item| set_in(item, "r", "v", 5))),
        (
            keys.top('P', "cake"),
            Box::new(|item| {
                item.insert("g1s".into(), AttributeValue::S("999999999999999#cake".into()));
            }),
        ),
        (
            keys.top('C', &customers[0]),
            Box::new(|item| set_in(item, "r", "o", 7)),
        ),
    ];
    let clean = world.projected().await;
    for (key, change) in &planted {
        plant(&world, key, change).await;
        assert_eq!(
            run(&world).await,
            Recounted {
                drift: 1,
                ..nothing()
            },
            "{key:?}"
        );
        assert_eq!(world.expect_projected().await, clean);
    }
    // All at once.
    for (key, change) in &planted {
        plant(&world, key, change).await;
    }
    assert_eq!(
        run(&world).await,
        Recounted {
            drift: planted.len(),
            ..nothing()
        }
    );
    assert_eq!(world.expect_projected().await, clean);
    assert_eq!(run(&world).await, nothing());
}

#[tokio::test]
async fn rows_that_are_gone_or_should_not_be_are_mended_too() {
    // D90, D33
    let world = World::new().await;
    let (customers, _) = counted_bakery(&world).await;
    let keys = keys_of(&world);
    let gone = [
        keys.rollup("c#2026-12-01"),
        keys.rollup("c#2026-12"),
        keys.rollup("o#2027-01-04"),
        keys.metrics(&customers[0]),
        keys.top('P', "rye"),
        keys.top('C', &customers[1]),
    ];
    for key in &gone {
        world.delete_item(key).await;
    }
    // A day of nothing that says something.
    let ghost = keys.rollup("o#2030-01-01");
    world
        .in_store(async |store| {
            let mut item = store.get_item(&keys.rollup("t")).await.unwrap().unwrap();
            item.insert("sk".into(), AttributeValue::S(ghost.sk.clone()));
            set(&mut item, "n", 3);
            store.overwrite(item).await.unwrap();
        })
        .await;
    assert_eq!(
        run(&world).await,
        Recounted {
            drift: gone.len() + 1,
            ..nothing()
        }
    );
    world.expect_projected().await;
    // They have their names again.
    let named = |key: Key| {
        let world = &world;
        async move {
            let item = world
                .in_store(async |store| store.get_item(&key).await.unwrap().unwrap())
                .await;
            item["r"].as_m().unwrap()["n"].as_s().unwrap().clone()
        }
    };
    assert_eq!(named(keys.top('P', "rye")).await, "Rye bread");
    assert_eq!(named(keys.top('C', &customers[1])).await, "Bert");
    assert_eq!(run(&world).await, nothing());
}

#[tokio::test]
async fn a_contribution_that_is_wrong_although_its_sequence_is_right_is_counted_anew() {
    // D90
    let world = World::new().await;
    let (customers, orders) = counted_bakery(&world).await;
    let keys = keys_of(&world);
    plant(&world, &keys.order_gate(&orders[0], "2026-12-01"), |item| {
        set_in(item, "b", "v", 1)
    })
    .await;
    let found = run(&world).await;
    assert_eq!((found.contributions, found.inconclusive), (1, 0));
    // The rows held what was right; they followed the wrong gate, and back.
    assert!(found.drift > 0, "{found:?}");
    world.expect_projected().await;
    plant(&world, &keys.customer_gate(&customers[0]), |item| {
        let AttributeValue::M(counted) = item.get_mut("b").unwrap() else {
            panic!()
        };
        counted.remove("a");
    })
    .await;
    assert_eq!(run(&world).await.contributions, 1);
    world.expect_projected().await;
    assert_eq!(run(&world).await, nothing());
}
