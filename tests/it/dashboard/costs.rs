//! What the dashboard and the business model cost to read in a busy month, by DynamoDB's rules (`support/meter.rs`).

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{Duration, NaiveDate};
use orders_domain::order_status::OrderStatus;
use orders_service::auth::TenantId;
use orders_service::store::keys;
use orders_service::store::record::Item;
use serde_json::json;
use uuid::Uuid;

use super::PATH;
use crate::business_model;
use crate::support::World;
use crate::support::meter::Meter;

/// A figure of a bakery that is larger than any: in an item it takes six bytes.
const LARGE: i64 = 9_999_999_999;

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn whole(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A row of the rollups that has every figure it may have.
fn rollup(tenant: TenantId, sort: &str, names: &[&str]) -> Item {
    let mut item = Item::from([
        ("pk".to_owned(), text(&keys::rollups(tenant))),
        ("sk".to_owned(), text(sort)),
        ("k".to_owned(), text("RU")),
        ("ch".to_owned(), whole(LARGE)),
    ]);
    item.extend(names.iter().map(|name| ((*name).to_owned(), whole(LARGE))));
    item
}

/// A row of a top list.
fn top(tenant: TenantId, kind: char, id: &str, name: &str, revenue: i64) -> Item {
    let partition = keys::top(tenant, kind, "2026-12-01".parse().unwrap());
    let shown = [
        ("v", whole(revenue)),
        ("o", whole(99_999)),
        ("q", whole(LARGE)),
        ("n", text(name)),
    ];
    Item::from([
        ("pk".to_owned(), text(&partition)),
        ("sk".to_owned(), text(id)),
        ("k".to_owned(), text("RT")),
        ("sv".to_owned(), whole(1)),
        ("ver".to_owned(), whole(99_999)),
        (
            "r".to_owned(),
            AttributeValue::M(shown.map(|(name, value)| (name.to_owned(), value)).into()),
        ),
        ("g1p".to_owned(), text(&partition)),
        ("g1s".to_owned(), text(&format!("{revenue:015}#{id}"))),
    ])
}

/// December of a busy bakery, on its last day: something was placed on each of 31 days and of the month before, and is due
/// on each of the next 30; forty products and customers stand in line for the tops.
async fn busy_month(world: &World) {
    let tenant = TenantId(world.tenant);
    let statuses = OrderStatus::ALL.map(OrderStatus::as_str);
    let totals = [&statuses[..], &["bd", "cu", "ca", "c1", "c2"]].concat();
    let mut items = vec![
        rollup(tenant, "c#2026-12", &["nc", "dl", "ot", "dx", "df"]),
        rollup(tenant, "c#2026-11", &["nc", "dl", "ot", "dx", "df"]),
        rollup(tenant, keys::ALERT_COUNTS, &["low", "medium", "high", "critical"]),
    ];
    let mut standing = rollup(tenant, keys::TOTALS, &totals);
    standing.insert("ao".into(), whole(1_796_000_000_000));
    standing.insert("la".into(), whole(60_000));
    items.push(standing);
    let november: NaiveDate = "2026-11-01".parse().unwrap();
    for date in november.iter_days().take(61) {
        let names = ["p", "o", "v", "x", "n", "q", "b", "w"];
        items.push(rollup(tenant, &format!("c#{date}"), &names));
    }
    let due: NaiveDate = "2026-12-31".parse().unwrap();
    for date in due.iter_days().take(31) {
        items.push(rollup(tenant, &format!("o#{date}"), &["n"]));
    }
    for rank in 0..40 {
        let product = format!("{rank:02}-sourdough-rye-1000g-sliced");
        items.push(top(
            tenant,
            'P',
            &product,
            "Sourdough with rye, 1 000 g, sliced",
            LARGE + rank,
        ));
        let customer = Uuid::new_v4().to_string();
        items.push(top(
            tenant,
            'C',
            &customer,
            "Café Noir am Markt GmbH & Co. KG",
            LARGE + rank,
        ));
    }
    world
        .in_store(async |store| {
            for item in items {
                store.overwrite(item).await.unwrap();
            }
        })
        .await;
    for _ in 0..3 {
        world.post("/procurement/plans", &json!({})).await.expect(202);
    }
}

#[tokio::test]
async fn a_busy_month_is_read_within_its_budgets() {
    // DESIGN §9: the dashboard ≤ 6 read units; the business model ≤ 2
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    busy_month(&world).await;
    world.clock.advance(Duration::days(30));
    for (path, most_half_units) in [(PATH, 12), (business_model::PATH, 4)] {
        // The process is warm: settings are read once a minute.
        world.get(path).await.expect(200);
        meter.take();
        let answer = world.get(path).await.expect(200);
        let cost = meter.take();
        assert!(
            cost.half_reads <= most_half_units && cost.half_reads > 1 && cost.writes == 0,
            "{path}: {cost:?}"
        );
        // All at once.
        assert_eq!(cost.round_trips, 1, "{path}");
        if path == PATH {
            for (list, length) in [("top_products", 10), ("top_customers", 10), ("series", 30)] {
                assert_eq!(answer[list].as_array().unwrap().len(), length, "{list}");
            }
            assert_eq!(answer["orders"]["month"], 31 * LARGE);
            assert_eq!(answer["due_today"], LARGE);
            assert!(!answer["latest_plan"].is_null());
        } else {
            assert_eq!(answer["window"]["orders"], 30 * LARGE);
        }
    }
}
