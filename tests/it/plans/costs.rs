//! What requests on plans cost, by DynamoDB's rules from the bytes that travel (`support/meter.rs`): the figures of
//! `docs/data-model.md`. Requirements are of two weeks, with a few pegs.

use serde_json::json;

use super::{asked, change, drafted, moved, started};
use crate::support::meter::Meter;
use crate::support::{Background, World};

#[tokio::test]
async fn what_is_done_with_a_plan_costs_what_is_written_down() {
    // DESIGN §9
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    meter.take();
    change(&world, &id, "flour", json!({"order_quantity": "120"}))
        .await
        .expect(200);
    let edit = meter.take();
    change(&world, &id, "flour", json!({"note": "Two pallets."}))
        .await
        .expect(200);
    let note = meter.take();
    asked(&world, &id, "pending_approval").await.expect(200);
    let submit = meter.take();
    moved(&world, &id, &["approved"]).await;
    meter.take();
    change(&world, &id, "flour", json!({"received_quantity": "60"}))
        .await
        .expect(200);
    let report = meter.take();
    world
        .get(&format!("/procurement/plans/{id}/purchase-proposal"))
        .await
        .expect(200);
    let proposal = meter.take();
    eprintln!("edit {edit:?}\nnote {note:?}\nsubmit {submit:?}\nreport {report:?}\nproposal {proposal:?}");
    // A transaction counts twice: the header and the requirement; the index is written once.
    assert!(edit.writes <= 14 && report.writes <= 14, "{edit:?} {report:?}");
    assert!(submit.writes <= 4, "{submit:?}");
    // Header and row, all rows for the totals, the order lines of the pegs.
    assert!(
        edit.half_reads <= 12 && report.half_reads <= 8,
        "{edit:?} {report:?}"
    );
    assert!(
        note.half_reads < edit.half_reads,
        "what costs the same is not added up"
    );
    assert!(proposal.half_reads <= 8, "{proposal:?}");
}

#[tokio::test]
async fn a_page_of_fifty_plans_is_one_query() {
    // DESIGN §9
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    for _ in 0..60 {
        started(&world, json!({})).await;
    }
    meter.take();
    let page = world.get("/procurement/plans").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 50);
    let cost = meter.take();
    eprintln!("page {cost:?}");
    assert!(cost.half_reads <= 5 && cost.round_trips == 1, "{cost:?}");
}
