//! `GET /orders/business-model` (D80), and where its word stands.

use chrono::{Days, Duration, NaiveDate};
use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::meter::Meter;
use crate::support::orders::new_order;
use crate::support::recount::Recount;
use crate::support::{Background, World};

pub(crate) const PATH: &str = "/orders/business-model";

/// The whole answer without its age, from the days of a recount, in exact fractions: every factor over one denominator.
pub(crate) fn oracle(
    recount: &Recount,
    today: NaiveDate,
    individual: i64,
    central: i64,
    large: i64,
) -> Value {
    let longest = today - Days::new(29);
    let first = recount.placed.keys().next().copied().unwrap_or(today);
    let start = first.max(longest);
    let days = (today - start).num_days() + 1;
    let (mut orders, mut units, mut business, mut wholesale) = (0_i64, 0_i64, 0_i64, 0_i64);
    for (_, day) in recount.placed.range(start..=today) {
        orders += day.modelled;
        units += day.units.scaled();
        business += day.business;
        wholesale += day.wholesale;
    }
    let whole = |number: i64| i128::from(number);
    // Numerators over `days · span`, `orders · large`, `orders` and `orders`.
    let (n, span) = (whole(orders), whole(central - individual));
    let per_day = (
        (n - whole(individual) * whole(days)).clamp(0, span * whole(days)),
        span * whole(days),
    );
    let per_order = (
        whole(units).min(n * whole(large) * 1_000),
        n * whole(large) * 1_000,
    );
    let shares = [per_day, per_order, (whole(business), n), (whole(wholesale), n)];
    let weights = [35, 25, 25, 15];
    let common: i128 = shares.iter().map(|(_, below)| (*below).max(1)).product();
    let sum: i128 = shares
        .iter()
        .zip(weights)
        .map(|((above, below), weight)| weight * above * (common / (*below).max(1)))
        .sum();
    let (score, enough) = (four_digits(sum, common * 100), orders >= 5);
    let is_central = enough && 2 * sum >= common * 100;
    let confidence = if enough { score.max(10_000 - score) } else { 0 };
    let raw = [
        Some((n, whole(days))),
        (n > 0).then_some((whole(units), n * 1_000)),
        (n > 0).then_some((whole(business), n)),
        (n > 0).then_some((whole(wholesale), n)),
    ];
    let names = [
        "orders_per_day",
        "units_per_order",
        "business_share",
        "wholesale_share",
    ];
    let factors: Vec<_> = (0..4)
        .map(|at| {
            json!({
                "name": names[at],
                "raw": raw[at].map(|(above, below)| text(four_digits(above, below))),
                "value": text(four_digits(shares[at].0, shares[at].1.max(1))),
                "weight": text(weights[at] * 100),
            })
        })
        .collect();
    json!({
        "business_model": if is_central { "central_bakery" } else { "individual_bakery" },
        "score": text(score), "confidence": text(confidence),
        "insufficient_data": !enough, "detection_enabled": true,
        "window": {
            "start_date": start, "end_date": today, "days": days, "orders": orders,
            "units": format!("{}.{:03}", units / 1_000, units % 1_000),
        },
        "factors": factors,
        "thresholds": {
            "individual_bakery_order_threshold": individual, "central_bakery_order_threshold": central,
            "large_quantity_order_threshold": format!("{large}.000"),
        },
    })
}

/// Ten-thousandths, rounded half away from zero; nothing here is below it.
fn four_digits(above: i128, below: i128) -> i128 {
    (above * 20_000 + below) / (2 * below)
}

fn text(ten_thousandths: i128) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

async fn shown(world: &World) -> Value {
    world.get(PATH).await.expect(200)
}

/// Places an order and has it counted.
async fn counted(world: &World, background: &Background, customer: &str, more: Value) -> Value {
    let order = world.order(customer, more).await;
    background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    order
}

/// What makes a central bakery by two orders: large ones, of a business, on the wholesale channel.
fn wholesale() -> Value {
    json!({
        "sales_channel": "wholesale",
        "items": [{"product_id": "rye", "quantity": "100", "unit_price": "1.50"}],
    })
}

#[tokio::test]
async fn a_tenant_without_orders_is_an_individual_bakery_of_which_nothing_is_known() {
    // D80
    let world = World::new().await;
    insta::assert_json_snapshot!("empty", shown(&world).await);
}

#[tokio::test]
async fn every_factor_is_shown_with_its_raw_figure() {
    // D80: two days, eight orders of which one is cancelled and one on hold; six count
    let world = World::new().await;
    let background = Background::of(&world);
    let person = world.customer(json!({})).await;
    let shop = world.customer(json!({"customer_type": "business"})).await;
    let kitchen = world.customer(json!({"customer_type": "central_bakery"})).await;
    counted(&world, &background, &person, json!({})).await;
    let cancelled = counted(&world, &background, &shop, wholesale()).await;
    let held = counted(&world, &background, &shop, wholesale()).await;
    world.walk(id(&cancelled), &["cancelled"]).await;
    world.walk(id(&held), &["on_hold"]).await;
    for order in [&cancelled, &held] {
        background
            .settle(world.entity(EntityKind::Order, id(order)))
            .await;
    }
    world.clock.advance(Duration::days(1));
    for customer in [&person, &shop, &shop, &kitchen, &kitchen] {
        let more = if *customer == kitchen {
            wholesale()
        } else {
            json!({})
        };
        counted(&world, &background, customer, more).await;
    }
    let answer = shown(&world).await;
    insta::assert_json_snapshot!("small_bakery", answer);
    // The oracle of the randomised test says the same.
    let mut without_age = answer;
    without_age.as_object_mut().unwrap().remove("as_of");
    let recount = world.recounted().await;
    let expected = oracle(&recount, "2026-12-02".parse().unwrap(), 5, 20, 100);
    assert_eq!(without_age, expected);
}

#[tokio::test]
async fn the_window_is_thirty_days_or_begins_with_the_first_order() {
    // D80
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let window = |answer: Value| {
        let window = &answer["window"];
        (
            window["start_date"].as_str().unwrap().to_owned(),
            window["days"].as_i64().unwrap(),
            window["orders"].as_i64().unwrap(),
        )
    };
    let later = json!({"requested_delivery_at": "2027-02-01T09:00:00Z"});
    counted(&world, &background, &customer, later.clone()).await;
    assert_eq!(window(shown(&world).await), ("2026-12-01".into(), 1, 1));
    world.clock.advance(Duration::days(28));
    counted(&world, &background, &customer, later).await;
    assert_eq!(window(shown(&world).await), ("2026-12-01".into(), 29, 2));
    world.clock.advance(Duration::days(1));
    assert_eq!(window(shown(&world).await), ("2026-12-01".into(), 30, 2));
    // The first order leaves the window, and the window still has thirty days.
    world.clock.advance(Duration::days(1));
    assert_eq!(window(shown(&world).await), ("2026-12-02".into(), 30, 1));
    world.clock.advance(Duration::days(365));
    assert_eq!(window(shown(&world).await).1, 30);
}

/// The word on a new order, on demand, and on a new plan.
async fn words(world: &World, customer: &str) -> [Value; 3] {
    let order = world
        .order(customer, json!({"requested_delivery_at": "2027-01-04T09:00:00Z"}))
        .await;
    let demand = world
        .get("/orders/demand-requirements?target_date=2027-01-04")
        .await
        .expect(200);
    let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
    [order, demand, plan].map(|answer| answer["business_model"].clone())
}

/// A tenant that five orders make a central bakery.
async fn central(world: &World) -> String {
    let background = Background::of(world);
    let shop = world
        .customer(json!({"customer_type": "business", "payment_terms": "net_30"}))
        .await;
    for _ in 0..5 {
        counted(world, &background, &shop, wholesale()).await;
    }
    assert_eq!(shown(world).await["business_model"], "central_bakery");
    shop
}

#[tokio::test]
async fn orders_demand_and_plans_carry_the_word_unless_detection_is_off() {
    // D80
    let world = World::new().await;
    let fresh = world.redeployed(&[("SETTINGS_CACHE_SECONDS", "0")]);
    let shop = central(&world).await;
    let all = |word: Value| [word.clone(), word.clone(), word];
    assert_eq!(words(&fresh, &shop).await, all(json!("central_bakery")));
    let off = world.redeployed(&[("ENABLE_BUSINESS_MODEL_DETECTION", "false")]);
    assert_eq!(words(&off, &shop).await, all(Value::Null));
    // The endpoint shows the factors all the same, and says that nothing is concluded.
    let answer = shown(&off).await;
    assert_eq!(
        (&answer["business_model"], &answer["detection_enabled"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(answer["factors"], shown(&world).await["factors"]);
    let dashboard = off.get("/orders/dashboard-summary").await.expect(200);
    assert_eq!(
        (
            &dashboard["business_model"]["business_model"],
            &dashboard["business_model"]["detection_enabled"]
        ),
        (&Value::Null, &json!(false))
    );
}

#[tokio::test]
async fn a_process_remembers_the_word_for_as_long_as_settings() {
    // D80, D13
    let world = World::new().await;
    let customer = world.customer(json!({"payment_terms": "net_30"})).await;
    let word = async |world: &World| world.order(&customer, json!({})).await["business_model"].clone();
    assert_eq!(word(&world).await, "individual_bakery");
    central(&world).await;
    world.clock.advance(Duration::milliseconds(59_999));
    assert_eq!(word(&world).await, "individual_bakery");
    // One that remembers nothing knows at once, and so does one that has just started.
    assert_eq!(
        word(&world.redeployed(&[("SETTINGS_CACHE_SECONDS", "0")])).await,
        "central_bakery"
    );
    assert_eq!(word(&world.redeployed(&[])).await, "central_bakery");
    world.clock.advance(Duration::milliseconds(1));
    assert_eq!(word(&world).await, "central_bakery");
    // A neighbour's word is its own.
    let neighbour = world.neighbour();
    let other = neighbour.customer(json!({})).await;
    assert_eq!(
        neighbour.order(&other, json!({})).await["business_model"],
        "individual_bakery"
    );
}

#[tokio::test]
async fn what_is_remembered_costs_no_order_anything() {
    // D80, DESIGN §9: two queries with the first order of a minute, none with the others
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let mut costs = Vec::new();
    for seconds in [0, 30, 29, 2] {
        world.clock.advance(Duration::seconds(seconds));
        // The settings are read again at the same time as the word; that read is not looked at here.
        world.get("/orders?limit=1").await.expect(200);
        meter.take();
        world.post("/orders", &body).await.expect(201);
        costs.push(meter.take());
    }
    let reads: Vec<_> = costs.iter().map(|cost| cost.half_reads).collect();
    assert_eq!(reads[1], reads[2], "{costs:?}");
    assert_eq!((reads[0], reads[3]), (reads[1] + 2, reads[1] + 2), "{costs:?}");
    assert!(
        costs.iter().all(|cost| cost.writes == costs[0].writes),
        "{costs:?}"
    );
}
