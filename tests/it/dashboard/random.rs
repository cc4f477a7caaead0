//! The dashboard and the business model equal a recount over the raw orders, whatever happened, in whatever order, and
//! wherever the tenant's midnight is (D90, D80, D4).

use chrono::{Days, TimeDelta};
use rstest::rstest;

use super::bakery::{Bakery, THRESHOLDS};
use super::expect_dashboard;
use super::local_time::{AUCKLAND, BERLIN, KOLKATA, NEW_YORK, Place};
use crate::business_model;

/// Rounds in each place. One is an operation, or an order that moves several steps: four places make well over 1 000.
const ROUNDS: usize = 165;

/// What is done in each place at the least.
const OPERATIONS: usize = 250;

#[rstest]
#[case::berlin(BERLIN, 1)]
#[case::new_york(NEW_YORK, 2)]
#[case::auckland(AUCKLAND, 3)]
#[case::kolkata(KOLKATA, 4)]
#[tokio::test]
async fn everything_shown_equals_a_recount_at_any_moment(#[case] place: Place, #[case] seed: u64) {
    // D90, D80, D33, D4
    let mut bakery = Bakery::open(place, seed).await;
    for _ in 0..3 {
        bakery.new_customer().await;
    }
    let mut landmarks = place.landmarks();
    landmarks.retain(|at| *at > bakery.now());
    let every = ROUNDS / (landmarks.len() + 1);
    landmarks.reverse();
    let mut compared = 0;
    for round in 1..=ROUNDS {
        match bakery.random.below(100) {
            0..26 => bakery.new_order().await,
            26..64 => bakery.move_order().await,
            64..72 => bakery.amend_order().await,
            72..80 => bakery.pay().await,
            80..88 => bakery.give_back().await,
            88..91 => bakery.new_customer().await,
            91..94 => bakery.switch_customer().await,
            94..96 => bakery.erase_customer().await,
            _ => bakery.move_alert().await,
        }
        // To a second before a landmark; the steps after it are short.
        let next = landmarks.last().copied();
        match next.filter(|_| round % every == 0) {
            Some(at) => {
                landmarks.pop();
                let before = at - TimeDelta::seconds(1);
                bakery
                    .world
                    .clock
                    .advance((before - bakery.now()).max(TimeDelta::zero()));
                bakery.new_order().await;
                bakery.world.clock.advance(TimeDelta::seconds(1));
                bakery.new_order().await;
            }
            None => step(&mut bakery),
        }
        if bakery.random.one_in(20) || round == ROUNDS {
            compare(&mut bakery).await;
            compared += 1;
        }
    }
    assert!(landmarks.is_empty() && compared >= 6, "{compared}");
    bakery.world.expect_projected().await;
    let operations: usize = bakery.done.values().sum();
    assert!(operations >= OPERATIONS, "{operations}");
    // Nothing of it is there for show.
    let all = [
        "order created",
        "moved on",
        "cancelled",
        "failed",
        "held",
        "delivered late",
        "delivered in time",
        "amended",
        "paid",
        "given back",
        "customer created",
        "customer switched",
        "alert moved",
    ];
    let missing: Vec<_> = all
        .iter()
        .filter(|what| !bakery.done.contains_key(*what))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {:?}", bakery.done);
}

/// Time passes: minutes or hours, now and then to the very end or beginning of a day, or some days.
fn step(bakery: &mut Bakery) {
    let midnight = bakery.place.midnight(bakery.today() + Days::new(1));
    let now = bakery.now();
    let random = &mut bakery.random;
    let by = match random.below(20) {
        0..8 => TimeDelta::seconds(random.between(0, 900)),
        8..16 => TimeDelta::minutes(random.between(1, 240)),
        16 => midnight - now - TimeDelta::milliseconds(1),
        17 => midnight - now,
        18 => TimeDelta::days(1),
        _ => TimeDelta::days(random.between(2, 9)),
    };
    bakery.world.clock.advance(by);
}

/// Once the queues are empty, what is shown is what is there.
async fn compare(bakery: &mut Bakery) {
    bakery.drain().await;
    let (now, today) = (bakery.now(), bakery.today());
    let recount = bakery.world.recounted().await;
    let answer = expect_dashboard(
        &bakery.world,
        now,
        today,
        &recount,
        &bakery.products,
        &bakery.customers,
    )
    .await;
    // New customers by what was asked for, not by what is stored.
    let month = crate::support::recount::month_of(today);
    let since = bakery.customers_since.iter().filter(|first| **first == month);
    assert_eq!(answer["customers"]["new_this_month"], since.count());
    assert_eq!(answer["customers"]["total"], bakery.customers.len());
    let (individual, central, large) = THRESHOLDS;
    let mut model = bakery.world.get(business_model::PATH).await.expect(200);
    model.as_object_mut().unwrap().remove("as_of");
    let oracle = business_model::oracle(&recount, today, individual, central, large);
    assert_eq!(model, oracle);
}
