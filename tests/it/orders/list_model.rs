//! `GET /orders` against a model: twenty thousand lists, each read to its end while orders arrive, hold exactly what a
//! plain filter over all orders says.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use orders_service::auth::TenantId;
use orders_service::ports::Clock as _;
use orders_service::store::orders::Order;
use orders_service::store::record::to_item;
use serde_json::json;
use uuid::Uuid;

use crate::support::World;
use crate::support::memory_table::MemoryTable;
use crate::support::random::Random;
use crate::support::world::start_of_tests;

const STATUSES: [&str; 9] = [
    "pending",
    "confirmed",
    "on_hold",
    "in_production",
    "ready",
    "out_for_delivery",
    "delivered",
    "failed",
    "cancelled",
];
const CHANNELS: [&str; 4] = ["direct", "retail", "wholesale", "online"];

/// What the model knows of an order.
#[derive(Debug, Clone)]
struct Known {
    id: Uuid,
    number: String,
    customer: Uuid,
    status: &'static str,
    channel: &'static str,
    created_at: DateTime<Utc>,
    delivery_at: DateTime<Utc>,
}

impl Known {
    fn delivery_date(&self) -> NaiveDate {
        self.delivery_at.date_naive()
    }
}

/// The table and its orders as the model sees them.
struct Bakery {
    world: World,
    table: MemoryTable,
    random: Random,
    customers: Vec<Uuid>,
    orders: Vec<Known>,
    made: u64,
}

impl Bakery {
    fn new(seed: u64) -> Self {
        let table = MemoryTable::new(seed);
        let mut bakery = Self {
            world: World::in_memory(&table),
            table,
            random: Random::new(seed),
            customers: (0..5).map(|_| Uuid::new_v4()).collect(),
            orders: Vec::new(),
            made: 0,
        };
        for _ in 0..60 {
            let order = bakery.any_order();
            bakery.put(&order, bakery.world.tenant);
            bakery.orders.push(order);
            // A neighbour with the same customers and times: nothing of it may ever be seen.
            let foreign = bakery.any_order();
            bakery.put(&foreign, Uuid::from_u128(1));
        }
        bakery
    }

    /// Times come from few values, so that many orders share one and the id decides.
    fn any_order(&mut self) -> Known {
        self.made += 1;
        let random = &mut self.random;
        let minutes = |count: u64| TimeDelta::minutes(i64::try_from(count).unwrap());
        Known {
            id: Uuid::from_u128((u128::from(random.next()) << 64) | u128::from(random.next())),
            number: format!("ORD-20261201-{:04}", self.made),
            customer: *random.one_of(&self.customers),
            status: random.word(&STATUSES),
            channel: random.word(&CHANNELS),
            created_at: start_of_tests() - minutes(random.below(40) * 97),
            delivery_at: start_of_tests() + minutes(random.below(30) * 487),
        }
    }

    fn item(order: &Known, tenant: Uuid) -> HashMap<String, aws_sdk_dynamodb::types::AttributeValue> {
        let actor = json!({"u": "u", "r": "member"});
        let record: Order = serde_json::from_value(json!({
            "id": order.id, "ver": 1, "wid": order.id,
            "r": {
                "on": order.number, "c": order.customer, "cn": "Café", "s": order.status, "ps": "pending",
                "t": "standard", "p": "normal", "ch": order.channel, "dm": "pickup",
                "ca": order.created_at.timestamp_millis(), "rd": order.delivery_at.timestamp_millis(),
                "dd": order.delivery_date(), "ic": 1, "tq": "1.000", "ta": "1.00", "bd": "1.00",
            },
            "b": {
                "pm": "cash", "pt": "immediate", "pd": order.delivery_date(), "so": "api", "we": 3, "l": [], "g": "1.00",
                "ld": "0.00", "st": "1.00", "di": "0.00", "tx": "0.00", "tb": [], "df": "0.00", "dt": "0.00",
                "ra": "0.00", "ap": "0.00", "cu": "EUR", "cv": true, "av": false, "by": actor, "ua": 1, "ub": actor,
                "h": [],
            },
        }))
        .unwrap();
        to_item(TenantId(tenant), &record).unwrap()
    }

    fn put(&self, order: &Known, tenant: Uuid) {
        self.table.insert(&Self::item(order, tenant));
    }

    /// A list to ask for: its query string, what it takes and whether it goes by delivery.
    fn any_list(&mut self) -> Asked {
        let mut asked = Asked::default();
        let random = &mut self.random;
        if random.one_in(3) {
            let wanted: Vec<&str> = (0..=random.below(3)).map(|_| *random.one_of(&STATUSES)).collect();
            // Repeated or as a comma list: both are the same filter.
            let joined = if random.one_in(2) {
                wanted.join(",")
            } else {
                wanted.join("&status=")
            };
            asked.take(format!("status={joined}"), move |order| {
                wanted.contains(&order.status)
            });
        }
        if random.one_in(4) {
            let customer = *random.one_of(&self.customers);
            asked.take(format!("customer_id={customer}"), move |order| {
                order.customer == customer
            });
        }
        if random.one_in(4) {
            let channel = *random.one_of(&CHANNELS);
            asked.take(format!("sales_channel={channel}"), move |order| {
                order.channel == channel
            });
        }
        if random.one_in(20) {
            let number = random.one_of(&self.orders).number.clone();
            asked.take(format!("order_number={number}"), move |order| {
                order.number == number
            });
        }
        let pivot = random.one_of(&self.orders).clone();
        if random.one_in(4) {
            let from = pivot.created_at;
            asked.take(format!("created_from={}", stamp(from)), move |order| {
                order.created_at >= from
            });
        }
        if random.one_in(4) {
            let to = random.one_of(&self.orders).created_at;
            asked.take(format!("created_to={}", stamp(to)), move |order| {
                order.created_at <= to
            });
        }
        if random.one_in(4) {
            let from = pivot.delivery_date();
            asked.by_delivery = true;
            asked.take(format!("delivery_from={from}"), move |order| {
                order.delivery_date() >= from
            });
        }
        if random.one_in(4) {
            let to = random.one_of(&self.orders).delivery_date();
            asked.by_delivery = true;
            asked.take(format!("delivery_to={to}"), move |order| {
                order.delivery_date() <= to
            });
        }
        match random.below(4) {
            0 => {
                asked.by_delivery = true;
                asked.query.push("sort=delivery_at".into());
            }
            1 => {
                asked.by_delivery = false;
                asked.query.push("sort=-created_at".into());
            }
            _ => {}
        }
        asked.limit = if random.one_in(12) {
            1 + random.below(9)
        } else {
            10 + random.below(91)
        };
        asked
    }

    /// Reads a list to its end while orders arrive, and holds it against the model.
    async fn check(&mut self, asked: &Asked) {
        let before: Vec<Known> = self
            .orders
            .iter()
            .filter(|order| asked.takes(order))
            .cloned()
            .collect();
        let (mut arrived, mut seen, mut cursor) = (Vec::new(), Vec::new(), None::<String>);
        loop {
            let mut query = asked.query.join("&");
            query.push_str(&format!("&limit={}", asked.limit));
            if let Some(cursor) = &cursor {
                query.push_str(&format!("&cursor={cursor}"));
            }
            let path = format!("/orders?{}", query.trim_start_matches('&'));
            let page = self.world.get(&path).await.expect(200);
            let rows = page["items"].as_array().unwrap();
            assert!(u64::try_from(rows.len()).unwrap() <= asked.limit, "{path}");
            seen.extend(
                rows.iter()
                    .map(|row| row["id"].as_str().unwrap().parse::<Uuid>().unwrap()),
            );
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = Some(next.to_owned());
            if self.random.one_in(2) {
                let order = self.any_order();
                self.put(&order, self.world.tenant);
                arrived.push(order);
            }
        }
        let all: HashMap<Uuid, &Known> = before
            .iter()
            .chain(&arrived)
            .map(|order| (order.id, order))
            .collect();
        let distinct: BTreeSet<_> = seen.iter().copied().collect();
        assert_eq!(distinct.len(), seen.len(), "doubled: {asked:?}");
        let listed: Vec<&Known> = seen
            .iter()
            .map(|id| {
                *all.get(id)
                    .unwrap_or_else(|| panic!("foreign or not asked for: {id} {asked:?}"))
            })
            .collect();
        for order in &listed {
            assert!(asked.takes(order), "not asked for: {order:?} {asked:?}");
        }
        for order in &before {
            assert!(distinct.contains(&order.id), "missing: {order:?} {asked:?}");
        }
        let mut sorted = listed.clone();
        if asked.by_delivery {
            sorted.sort_by_key(|order| (order.delivery_date(), order.delivery_at, order.id));
        } else {
            sorted.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.id)));
        }
        let ids = |orders: &[&Known]| orders.iter().map(|order| order.id).collect::<Vec<_>>();
        assert_eq!(ids(&listed), ids(&sorted), "out of order: {asked:?}");
        for order in arrived {
            self.table.remove(&Self::item(&order, self.world.tenant));
        }
    }
}

type Condition = Box<dyn Fn(&Known) -> bool + Send>;

#[derive(Default)]
struct Asked {
    query: Vec<String>,
    conditions: Vec<Condition>,
    by_delivery: bool,
    limit: u64,
}

impl Asked {
    fn take(&mut self, query: String, condition: impl Fn(&Known) -> bool + Send + 'static) {
        self.query.push(query);
        self.conditions.push(Box::new(condition));
    }

    fn takes(&self, order: &Known) -> bool {
        self.conditions.iter().all(|condition| condition(order))
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "?{}&limit={}", self.query.join("&"), self.limit)
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

// D8, §13: eight runs of 2 500, as many side by side as there are cores.
#[rstest::rstest]
#[case(0x0F1A_7B12)]
#[case(0x0F0C_ACC1)]
#[case(0x0C1A_BA77)]
#[case(0x0BA6_0E77)]
#[case(0x0B2E_7CE1)]
#[case(0x05C0_0E50)]
#[case(0x00B2_10C4)]
#[case(0x0D0A_6815)]
#[tokio::test]
async fn twenty_thousand_lists_hold_what_a_plain_filter_says(#[case] seed: u64) {
    let mut bakery = Bakery::new(seed);
    for _ in 0..2_500 {
        let asked = bakery.any_list();
        bakery.check(&asked).await;
    }
}

#[tokio::test]
async fn a_slow_table_gives_short_pages_in_time_and_loses_nothing() {
    // D8; DESIGN §3: at most 1.5 s
    let mut bakery = Bakery::new(1);
    let (order, tenant) = (bakery.any_order(), bakery.world.tenant);
    for number in 0..900 {
        let order = Known {
            id: Uuid::from_u128(number),
            channel: "retail",
            delivery_at: order.delivery_at,
            ..order.clone()
        };
        bakery.put(&order, tenant);
    }
    let wanted = Known {
        id: Uuid::from_u128(u128::MAX),
        channel: "online",
        delivery_at: start_of_tests() + TimeDelta::days(400),
        ..order
    };
    bakery.put(&wanted, tenant);
    bakery
        .table
        .slow(bakery.world.clock.clone(), TimeDelta::milliseconds(700));
    let (mut pages, mut found, mut cursor) = (0, Vec::new(), String::new());
    loop {
        let begun = bakery.world.clock.now();
        let path = format!("/orders?delivery_from=2027-12-01&sort=-created_at&sales_channel=online{cursor}");
        let page = bakery.world.get(&path).await.expect(200);
        assert!(
            bakery.world.clock.now() - begun <= TimeDelta::milliseconds(2_100),
            "three answers at most"
        );
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].clone()),
        );
        pages += 1;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, [json!(wanted.id)]);
    assert!(pages >= 2, "{pages}");
}
