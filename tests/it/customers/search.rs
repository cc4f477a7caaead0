//! `GET /customers?q=` (§13): what names, codes and e-mails begin with, each customer once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use orders_service::auth::TenantId;
use orders_service::store::customers::Customer;
use orders_service::store::keys;
use orders_service::store::record::to_item;
use orders_service::words::CustomerType;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::World;

/// A customer as the tests know it: id, name, code, e-mail, type, whether it is active.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) code: String,
    pub(super) email: Option<String>,
    pub(super) kind: CustomerType,
    pub(super) active: bool,
}

/// Puts customers into the table as they would be stored, past the limits of the API's own speed.
pub(super) async fn store(world: &World, customers: &[Known]) {
    let template = world.customer(json!({"name": "\u{10ffff}"})).await;
    let tenant = TenantId(world.tenant);
    let key = keys::customer(tenant, template.parse().unwrap());
    world
        .in_store(async |store| {
            let template: Customer = store.get(&key).await.unwrap().unwrap();
            for some in customers.chunks(50) {
                join_all(some.iter().map(|known| {
                    let mut customer = template.clone();
                    customer.id = known.id;
                    customer.row.name.clone_from(&known.name);
                    customer.row.customer_code.clone_from(&known.code);
                    customer.row.email.clone_from(&known.email);
                    customer.row.customer_type = known.kind;
                    customer.row.is_active = known.active;
                    store.overwrite(to_item(tenant, &customer).unwrap())
                }))
                .await
                .into_iter()
                .for_each(|written| written.unwrap());
            }
        })
        .await;
    world.delete_item(&key).await;
}

/// The ids of a page, and the cursor of the next.
fn ids(page: &Value) -> (Vec<Uuid>, Option<String>) {
    let items = page["items"].as_array().unwrap().iter();
    let ids = items.map(|item| item["id"].as_str().unwrap().parse().unwrap());
    (ids.collect(), page["next_cursor"].as_str().map(str::to_owned))
}

/// Walks every page; gives all ids and how many pages there were.
pub(super) async fn walk(world: &World, query: &str) -> (Vec<Uuid>, usize) {
    let (mut all, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let next = cursor.map_or(String::new(), |cursor| format!("&cursor={cursor}"));
        let page = world.get(&format!("/customers?{query}{next}")).await.expect(200);
        let (found, next) = ids(&page);
        all.extend(found);
        pages += 1;
        cursor = next;
        if cursor.is_none() {
            return (all, pages);
        }
    }
}

pub(super) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The texts of a page's member, in order.
fn texts(page: &Value, member: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item[member].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn names_come_first_then_codes_then_emails_and_each_customer_once() {
    // §13
    let world = World::new().await;
    for (name, code, email) in [
        ("Zoe", "ROGGEN", "zoe@example.com"),
        ("Zora", "Z-1", "rogers@example.com"),
        ("Roger", "ROG", "roger@example.com"),
        ("rogan & Söhne", "R-2", "info@example.com"),
        ("Other", "O-1", "other@example.com"),
    ] {
        world
            .customer(json!({"name": name, "customer_code": code, "email": email}))
            .await;
    }
    let found = async |q: &str| {
        let page = world.get(&format!("/customers?q={q}")).await.expect(200);
        assert_eq!(page["next_cursor"], Value::Null);
        texts(&page, "name")
    };
    assert_eq!(found("ROG").await, ["rogan & Söhne", "Roger", "Zoe", "Zora"]);
    assert_eq!(
        found("%20rog%20").await,
        ["rogan & Söhne", "Roger", "Zoe", "Zora"]
    );
    assert_eq!(found("roger").await, ["Roger", "Zora"]);
    assert_eq!(found("rogan%20%26%20SO%CC%88H").await, ["rogan & Söhne"]);
    assert_eq!(found("z-1").await, ["Zora"]);
    assert_eq!(found("zo").await, ["Zoe", "Zora"]);
    assert!(found("oger").await.is_empty());
    // Not a pattern, and nothing of the key that stands behind the text.
    for q in ["%25", "*", "Roger%01", "Roger%23", "rog%01"] {
        assert!(found(q).await.is_empty(), "{q}");
    }
}

#[tokio::test]
async fn full_case_folding_finds_what_lower_case_does_not() {
    // §13, D30
    let world = World::new().await;
    world
        .customer(json!({"name": "Bäckerei Großmann", "email": "gross@straße.example"}))
        .await;
    for q in ["BÄCKEREI GROSSM", "ba\u{308}ckerei großm", "GROSS@STRASSE"] {
        let page = world
            .get(&format!("/customers?q={}", encoded(q)))
            .await
            .expect(200);
        assert_eq!(texts(&page, "name"), ["Bäckerei Großmann"], "{q}");
    }
    world
        .post(
            "/customers",
            &json!({"name": "Twin", "email": "GROSS@STRASSE.example"}),
        )
        .await
        .expect_problem(409, "customer-already-exists");
}

#[tokio::test]
async fn a_name_is_before_those_it_begins_and_the_longest_ones_can_be_stored() {
    // §13, D2
    let world = World::new().await;
    for name in ["Ann Bell", "ann", "Anna", "Ann"] {
        world.customer(json!({"name": name})).await;
    }
    let names = texts(&world.get("/customers?q=ann").await.expect(200), "name");
    let [first, second, rest @ ..] = names.as_slice() else {
        panic!("{names:?}")
    };
    assert_eq!([first.to_lowercase(), second.to_lowercase()], ["ann", "ann"]);
    assert_eq!(rest, ["Ann Bell", "Anna"]);
    let longest = "\u{1fb7}".repeat(200);
    world
        .customer(json!({"name": longest, "email": format!("{}@a.b", "\u{1f9c0}".repeat(250))}))
        .await;
    for q in [&longest[..300], &"\u{1f9c0}".repeat(100)] {
        let page = world
            .get(&format!("/customers?q={}", encoded(q)))
            .await
            .expect(200);
        assert_eq!(texts(&page, "name"), [longest.as_str()]);
    }
}

#[tokio::test]
async fn a_search_that_cannot_be_is_refused() {
    // §13
    let world = World::new().await;
    let long = "x".repeat(101);
    let queries = [
        "q=".to_owned(),
        "q=%20%20".to_owned(),
        format!("q={long}"),
        "q=a&q=b".into(),
    ];
    for query in queries {
        world
            .get(&format!("/customers?{query}"))
            .await
            .expect_problem(400, "invalid-query");
    }
    world
        .get(&format!("/customers?q={}", &long[1..]))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_search_and_filters() {
    // D8
    let world = World::new().await;
    for name in ["anna", "anne", "anno"] {
        world.customer(json!({"name": name})).await;
    }
    let page = world.get("/customers?q=ann&limit=1").await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    for other in [
        "q=an",
        "q=ann&is_active=true",
        "customer_type=business&q=ann",
        "limit=1",
    ] {
        world
            .get(&format!("/customers?{other}&cursor={cursor}"))
            .await
            .expect_problem(400, "invalid-cursor");
    }
    // The size of the page is free.
    let rest = world
        .get(&format!("/customers?q=ann&limit=2&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(texts(&rest, "name"), ["anne", "anno"]);
}

#[tokio::test]
async fn no_row_is_lost_or_doubled_while_others_are_inserted() {
    // D8
    let world = World::new().await;
    let known: Vec<_> = (0..60_u128)
        .map(|number| Known {
            id: Uuid::from_u128(number + 1),
            name: format!("{} {number:02}", if number % 3 == 0 { "bun" } else { "roll" }),
            code: format!("{}-{number:02}", if number % 3 == 1 { "BUN" } else { "ROLL" }),
            email: Some(format!(
                "{}{number}@example.com",
                if number % 3 == 2 { "bun" } else { "roll" }
            )),
            kind: CustomerType::Business,
            active: true,
        })
        .collect();
    store(&world, &known).await;
    let (mut all, mut cursor, mut round) = (Vec::new(), String::new(), 0);
    loop {
        let page = world
            .get(&format!("/customers?q=bun&limit=7{cursor}"))
            .await
            .expect(200);
        let (found, next) = ids(&page);
        all.extend(found);
        let Some(next) = next else { break };
        cursor = format!("&cursor={next}");
        // Before, in the middle of and behind what has been shown, in every index.
        for place in ["bun", "bun 30", "bun zz"] {
            let name = format!("{place} new {round}");
            let code = format!("{place}-{round}").replace(' ', "-");
            world.customer(json!({"name": name})).await;
            world.customer(json!({"name": "x", "customer_code": code})).await;
        }
        round += 1;
    }
    let unique: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!(unique.len(), all.len(), "a row was doubled");
    for customer in &known {
        assert!(unique.contains(&customer.id), "{customer:?} was lost");
    }
}

#[tokio::test]
async fn a_search_that_finds_everything_twice_stays_within_its_bounds() {
    // §13, D8: every name and every code begins alike, so that the second index shows nothing new.
    let world = World::new().await;
    let known: Vec<_> = (0..1_300_u128)
        .map(|number| Known {
            id: Uuid::from_u128(number + 1),
            name: format!("Customer {number:04}"),
            code: format!("CUST-{number:06}"),
            email: None,
            kind: CustomerType::Individual,
            active: true,
        })
        .collect();
    store(&world, &known).await;
    let (all, pages) = walk(&world, "q=cust&limit=100").await;
    assert_eq!(all, known.iter().map(|known| known.id).collect::<Vec<_>>());
    // 13 pages of names; then one of 5 queries over 200 codes each, which shows nothing, and one of the rest.
    assert_eq!(pages, 13 + 2);
}
