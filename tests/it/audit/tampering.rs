//! Each kind of tampering, and what the verifier says of it.

use aws_sdk_dynamodb::types::AttributeValue;
use orders_domain::decimal::{Money, Quantity};
use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::store::audit::AuditRow;
use orders_service::store::keys;
use orders_service::store::orders::Order;
use orders_service::store::record::to_item;
use orders_service::usecases::audit::verify::Fault;
use serde_json::json;

use super::order_with_a_past;
use crate::support::background::id;
use crate::support::{Background, World};

/// An order of eight entries, all of them copied.
async fn copied(world: &World) -> (String, Entity) {
    let background = Background::of(world);
    let (order, entity) = order_with_a_past(world).await;
    background.relay(entity).await;
    assert_eq!(world.verdict(&order).await.faults, []);
    (order, entity)
}

async fn change_row(world: &World, entity: Entity, sequence: u64, change: impl FnOnce(&mut AuditRow)) {
    world
        .in_store(async |store| {
            let key = keys::audit_row(entity.tenant, entity.id, sequence);
            let mut row: AuditRow = store.get(&key).await.unwrap().unwrap();
            change(&mut row);
            store
                .overwrite(to_item(entity.tenant, &row).unwrap())
                .await
                .unwrap();
        })
        .await;
}

async fn drop_rows(world: &World, entity: Entity, sequences: &[u64]) {
    for sequence in sequences {
        let key = keys::audit_row(entity.tenant, entity.id, *sequence);
        world.delete_item(&key).await;
    }
}

/// What somebody does to an order past the API.
type Change = fn(&mut Order);

fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

#[tokio::test]
async fn a_row_that_was_edited_is_found_and_so_is_one_with_a_hash_of_its_own() {
    let world = World::new().await;
    let (order, entity) = copied(&world).await;
    change_row(&world, entity, 3, |row| {
        row.entry.after.balance_due = money("0.01")
    })
    .await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::AlteredRow(3)]);
    // Without the key no hash can be made that fits.
    change_row(&world, entity, 3, |row| row.hash = "A".repeat(43)).await;
    assert_eq!(
        world.verdict(&order).await.faults,
        [Fault::Hash(4), Fault::AlteredRow(3)]
    );
}

#[tokio::test]
async fn rows_of_another_order_do_not_fit_in() {
    let world = World::new().await;
    let ((order, entity), (_, other)) = (copied(&world).await, copied(&world).await);
    let key = keys::audit_row(other.tenant, other.id, 8);
    let foreign: AuditRow = world
        .in_store(async |store| store.get(&key).await.unwrap().unwrap())
        .await;
    change_row(&world, entity, 8, |row| {
        row.hash = foreign.hash;
        row.previous_hash = foreign.previous_hash;
        row.entry = foreign.entry;
    })
    .await;
    let faults = world.verdict(&order).await.faults;
    assert!(faults.contains(&Fault::AlteredRow(8)), "{faults:?}");
}

#[tokio::test]
async fn a_row_that_was_dropped_is_a_gap_and_a_dropped_tail_is_missed() {
    let world = World::new().await;
    let (order, entity) = copied(&world).await;
    drop_rows(&world, entity, &[4]).await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::Gap(4)]);
    let (order, entity) = copied(&world).await;
    drop_rows(&world, entity, &[7, 8]).await;
    assert_eq!(
        world.verdict(&order).await.faults,
        [Fault::RowMissing(7), Fault::RowMissing(8)]
    );
    // The position, too: then the entries look as if they had never been copied, but are too old for that.
    let (order, entity) = copied(&world).await;
    drop_rows(&world, entity, &(1..=8).collect::<Vec<_>>()).await;
    world.delete_item(&entity.position_key()).await;
    assert_eq!(world.verdict(&order).await.faults, []);
    world.clock.advance(chrono::Duration::minutes(61));
    let all: Vec<_> = (1..=8).map(Fault::RowMissing).collect();
    assert_eq!(world.verdict(&order).await.faults, all);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_an_altered_one() {
    let world = World::new().await;
    let (order, entity) = copied(&world).await;
    let key = keys::audit_row(entity.tenant, entity.id, 5);
    world
        .in_store(async |store| {
            let mut item = store.get_item(&key).await.unwrap().unwrap();
            item.insert("b".into(), AttributeValue::S("nothing".into()));
            store.overwrite(item).await.unwrap();
        })
        .await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::AlteredRow(5)]);
}

#[tokio::test]
async fn a_history_that_was_rewritten_is_found_wherever_it_stands() {
    let world = World::new().await;
    let (order, _) = copied(&world).await;
    world
        .change_order(&order, |order| {
            order.body.history[2].changed_by.user_id = "somebody else".into();
        })
        .await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::HistoryAltered(3)]);
    let (order, _) = copied(&world).await;
    world
        .change_order(&order, |order| {
            order.body.history.remove(4);
        })
        .await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::HistoryAltered(5)]);
    // The last entry and its figures taken back.
    let (order, _) = copied(&world).await;
    world
        .change_order(&order, |order| {
            order.body.history.pop();
            order.body.returned_amount = Money::ZERO;
            order.row.balance_due = order.body.history[6].after.balance_due;
        })
        .await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::HistoryAltered(8)]);
    // In a part beside the order.
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let long = world.order(&customer, json!({})).await;
    world.age(id(&long), 44).await;
    let entity = world.entity(EntityKind::Order, id(&long));
    background.relay(entity).await;
    assert_eq!(world.verdict(id(&long)).await.faults, []);
    let mut part = world.parts_of(id(&long)).await.remove(0);
    part.entries[1].after.total_amount = money("1.00");
    let item = to_item(entity.tenant, &part).unwrap();
    world
        .in_store(async |store| store.overwrite(item).await.unwrap())
        .await;
    assert_eq!(world.verdict(id(&long)).await.faults, [Fault::HistoryAltered(2)]);
}

#[tokio::test]
async fn a_figure_that_was_changed_past_the_api_is_named() {
    let world = World::new().await;
    let changes: [(&str, Change); 7] = [
        ("status", |order| {
            order.row.status = orders_domain::order_status::OrderStatus::Failed;
        }),
        ("total_amount", |order| order.row.total_amount = money("1.00")),
        ("balance_due", |order| order.row.balance_due = Money::ZERO),
        ("total_quantity", |order| {
            order.row.total_quantity = Quantity::parse("1").unwrap();
        }),
        ("delivery_date", |order| {
            order.row.delivery_date = "2026-12-24".parse().unwrap();
        }),
        ("returned_amount", |order| {
            order.body.returned_amount = Money::ZERO
        }),
        ("version", |order| order.version += 1),
    ];
    for (name, change) in changes {
        let (order, _) = copied(&world).await;
        world.change_order(&order, change).await;
        let faults = world.verdict(&order).await.faults;
        assert_eq!(faults, [Fault::FiguresAltered(vec![name])], "{name}");
    }
}

#[tokio::test]
async fn the_relay_leaves_a_forged_row_alone_tells_of_it_and_goes_on() {
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = copied(&world).await;
    change_row(&world, entity, 2, |row| {
        row.entry.user_id = "somebody else".into()
    })
    .await;
    let forged = world.audit_rows(&order).await;
    world.delete_item(&entity.position_key()).await;
    world.pay(&order, "1", "succeeded").await;
    background.relay(entity).await;
    assert_eq!(background.sequences().len(), 9);
    let rows = world.audit_rows(&order).await;
    assert_eq!((rows.len(), &rows[..8]), (9, &forged[..]));
    assert_eq!(world.verdict(&order).await.faults, [Fault::AlteredRow(2)]);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_says_so() {
    let world = World::new().await;
    let (order, entity) = copied(&world).await;
    world.spoil_item(&entity.key(), "b").await;
    assert_eq!(world.verdict(&order).await.faults, [Fault::Unreadable]);
}
