//! `GET /procurement/plans/{plan_id}/purchase-proposal`

use lambda_http::Body;
use orders_service::http::{handlers, serve};
use serde_json::{Value, json};

use super::{change, drafted, fields, moved, started, worked_catalog, worked_orders};
use crate::support::background::masked;
use crate::support::{Background, World};

fn path(id: &str) -> String {
    format!("/procurement/plans/{id}/purchase-proposal")
}

async fn proposed(world: &World, id: &str) -> Value {
    world.get(&path(id)).await.expect(200)
}

/// The answer to an `Accept`: media type, other headers, text.
async fn accepted(world: &World, id: &str, accept: &[&str]) -> (u16, http::HeaderMap, String) {
    let url = format!("/api/v1/tenants/{}{}", world.tenant, path(id));
    let mut request = http::Request::builder()
        .uri(url)
        .header("authorization", format!("Bearer {}", world.token("viewer")));
    for value in accept {
        request = request.header("accept", *value);
    }
    let response = serve(&world.app, &handlers::all(), request.body(Body::Empty).unwrap()).await;
    let (parts, body) = response.into_parts();
    (
        parts.status.as_u16(),
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn what_to_order_is_grouped_by_supplier() {
    // D69, D65, D66
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let proposal = proposed(&world, &id).await;
    insta::assert_json_snapshot!("proposal", masked(&proposal, &[(&id, "[plan]")]));
    // What is not bought, and what is cancelled, is not in it.
    change(&world, &id, "salt", json!({"order_quantity": "0"}))
        .await
        .expect(200);
    moved(&world, &id, &["pending_approval", "approved"]).await;
    change(&world, &id, "butter", json!({"status": "cancelled"}))
        .await
        .expect(200);
    let rest = proposed(&world, &id).await;
    assert_eq!(
        fields(&rest, ["status", "total_cost", "without_supplier"]),
        [json!("approved"), json!("85.00"), json!([])]
    );
    assert_eq!(rest["suppliers"].as_array().unwrap().len(), 1);
    // At the price that was agreed.
    change(
        &world,
        &id,
        "flour",
        json!({"unit_cost": "0.80", "status": "ordered"}),
    )
    .await
    .expect(200);
    let line = proposed(&world, &id).await["suppliers"][0]["lines"][0].clone();
    assert_eq!(
        fields(&line, ["unit_cost", "cost", "status"]),
        ["0.8000", "80.00", "ordered"]
    );
    moved(&world, &id, &["cancelled"]).await;
    let ordered = proposed(&world, &id).await;
    assert_eq!(ordered["suppliers"][0]["lines"][0]["ingredient_id"], "flour");
}

#[tokio::test]
async fn an_edited_quantity_wins_over_the_schedule() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    let edited = json!({"order_quantity": "130", "order_by_date": "2026-12-03", "expected_receipt_date": "2026-12-08"});
    change(&world, &id, "flour", edited).await.expect(200);
    let line = proposed(&world, &id).await["suppliers"][1]["lines"][0].clone();
    assert_eq!(
        fields(&line, ["quantity", "cost", "deliveries"]),
        [
            json!("130.000"),
            json!("110.50"),
            json!([{"order_by_date": "2026-12-03", "delivery_date": "2026-12-08", "quantity": "130.000"}])
        ]
    );
    // Once its day has passed and nobody has ordered it, it is past due.
    let is_past_due = async || proposed(&world, &id).await["suppliers"][1]["lines"][0]["is_past_due"].clone();
    world.clock.advance(chrono::Duration::days(2));
    assert_eq!(is_past_due().await, false);
    world.clock.advance(chrono::Duration::days(1));
    assert_eq!(is_past_due().await, true);
    moved(&world, &id, &["pending_approval", "approved"]).await;
    change(&world, &id, "flour", json!({"status": "ordered"}))
        .await
        .expect(200);
    assert_eq!(is_past_due().await, false);
}

#[tokio::test]
async fn a_late_order_is_told_and_delivered_in_parts_as_planned() {
    // D63, D65
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    worked_orders(&world).await;
    // The safety stock is missing from the first day.
    let body = json!({"parameters": {"safety_stock_percentage": "60"}, "use_forecast": false});
    let id = started(&world, body).await;
    background.compute(&world, &id).await.unwrap();
    let line = proposed(&world, &id).await["suppliers"][0]["lines"][0].clone();
    assert_eq!(line["is_past_due"], true);
    let deliveries = line["deliveries"].as_array().unwrap();
    assert!(deliveries.len() > 1, "{deliveries:#?}");
    let parse = |value: &Value| {
        orders_domain::decimal::Quantity::parse(value.as_str().unwrap())
            .unwrap()
            .scaled()
    };
    let sum: i64 = deliveries
        .iter()
        .map(|delivery| parse(&delivery["quantity"]))
        .sum();
    assert_eq!(sum, parse(&line["quantity"]));
}

#[tokio::test]
async fn a_plan_without_requirements_proposes_nothing() {
    // D69
    let world = World::new().await;
    let id = started(&world, json!({})).await;
    world
        .get(&path(&id))
        .await
        .expect_problem(409, "plan-not-computed");
    moved(&world, &id, &["cancelled"]).await;
    world
        .get(&path(&id))
        .await
        .expect_problem(409, "plan-not-computed");
    world
        .neighbour()
        .get(&path(&id))
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_table_comes_for_whoever_asks_for_one() {
    // §13, RFC 4180
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    change(
        &world,
        &id,
        "salt",
        json!({"note": "=HYPERLINK(\"http://evil\",\"@here\")"}),
    )
    .await
    .expect(200);
    change(&world, &id, "flour", json!({"note": "two,\"three\""}))
        .await
        .expect(200);
    let (status, headers, text) = accepted(&world, &id, &["text/csv"]).await;
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(status, 200);
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"PLAN-20261201-001.csv\""
    );
    assert_eq!((header("vary"), header("cache-control")), ("accept", "no-store"));
    insta::assert_snapshot!("table", text.replace("\r\n", "⏎\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    // Nothing from the catalog or a note begins like a formula.
    for text_cell in ["'=Dairy", "'+ ice", "\"'=HYPERLINK("] {
        assert!(text.contains(&format!(",{text_cell}")), "{text_cell}");
    }
}

#[tokio::test]
async fn the_media_type_is_the_callers_choice() {
    // RFC 9110
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    for (accept, media_type) in [
        (&[][..], "application/json"),
        (&["*/*"], "application/json"),
        (&["application/json"], "application/json"),
        (
            &["text/csv;q=0.4, application/json;q=0.3"],
            "text/csv; charset=utf-8",
        ),
        (&["text/html", "text/csv"], "text/csv; charset=utf-8"),
        (&["application/json;q=0, */*"], "text/csv; charset=utf-8"),
    ] {
        let (status, headers, _) = accepted(&world, &id, accept).await;
        assert_eq!(
            (status, &headers["content-type"]),
            (200, &http::HeaderValue::from_static(media_type)),
            "{accept:?}"
        );
        assert_eq!(headers["vary"], "accept");
    }
    for accept in [
        &["text/html"][..],
        &["text/csv;q=0"],
        &["image/png, application/xml"],
    ] {
        let (status, headers, body) = accepted(&world, &id, accept).await;
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (406, &json!("not-acceptable")),
            "{accept:?}"
        );
        assert_eq!(headers["content-type"], "application/problem+json");
    }
}
