//! From the catalog and orders over the planning queue to a plan, its shortages and their alerts.

mod bakery;
mod life;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use self::bakery::{Calendar, catalog, decimal, orders, recount};
use crate::support::{Deployed, Inbox};

/// Some members of a requirement.
fn pick(requirement: &Value, names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| ((*name).to_owned(), requirement[name].clone()))
        .collect()
}

#[tokio::test]
async fn orders_become_a_plan_that_says_what_to_buy_from_whom_and_by_when() {
    // D60, D62, D63, D64, D65, D66, D67, D69, D40
    let stack = Deployed::new();
    let calendar = Calendar::today();
    let mut shortages = Inbox::alerts(stack.tenant, &["dashboard"]).await;
    let imported = stack
        .post("/catalog/import", &catalog(&calendar))
        .await
        .expect(200);
    let results = imported["results"].as_array().unwrap();
    assert_eq!(results.len(), 8);
    assert!(
        results.iter().all(|result| result["status"] == "created"),
        "{results:#?}"
    );
    let counted = orders(&stack, &calendar).await;

    // An emergency plan: the daily one, which may be made at any moment, takes the place of regular drafts only.
    let body = json!({
        "plan_type": "emergency", "start_date": calendar.day(1), "horizon_days": 10, "use_forecast": false,
    });
    let started = stack.post_with_key("/procurement/plans", "plan-1", &body).await;
    let location = started.header("location").unwrap().to_owned();
    assert_eq!(started.header("idempotency-replayed"), None);
    let header = started.expect(202);
    assert_eq!(header["status"], "calculating");
    let path = format!("/procurement/plans/{}", header["id"].as_str().unwrap());
    let request = reqwest::Url::parse(&stack.url("/procurement/plans")).unwrap();
    assert_eq!(request.join(&location).unwrap().as_str(), stack.url(&path));
    let plan = stack
        .get_until(&path, |plan| plan["status"] != "calculating")
        .await;
    assert_eq!(plan["status"], "draft", "{plan:#}");

    let names = [
        "horizon_start_date",
        "horizon_end_date",
        "requirement_count",
        "estimated_cost",
        "supplier_count",
    ];
    assert_eq!(
        pick(&plan, &names),
        json!({
            "horizon_start_date": calendar.day(1), "horizon_end_date": calendar.day(10), "requirement_count": 3,
            "estimated_cost": "48.00", "supplier_count": 2,
        })
    );
    // 1 − (40/48)² − (8/48)²
    assert_eq!(plan["supplier_diversification"], "0.2778");
    assert_eq!(
        (&plan["warnings"], &plan["degraded_sources"]),
        (&json!([]), &json!([]))
    );
    let [flour, seeds, yeast] = &plan["requirements"].as_array().unwrap()[..] else {
        panic!("{plan:#}")
    };
    check_gross(&counted, flour, yeast, seeds);
    check_purchases(&calendar, flour, yeast, seeds);

    let again = stack.post_with_key("/procurement/plans", "plan-1", &body).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("location"), Some(location.as_str()));
    let again = again.expect(202);
    assert_eq!(
        (&again["id"], &again["plan_number"], &again["status"]),
        (&plan["id"], &plan["plan_number"], &json!("draft"))
    );
    let longer = json!({"plan_type": "emergency", "horizon_days": 20});
    stack
        .post_with_key("/procurement/plans", "plan-1", &longer)
        .await
        .expect_problem(422, "idempotency-key-reused");

    let of_shortages = |alert: &Value| alert["alert_type"] == "procurement_shortage";
    shortages
        .until(|notices| notices.iter().filter(|notice| of_shortages(&notice.body)).count() >= 2)
        .await;
    let list = stack
        .get("/alerts?alert_type=procurement_shortage")
        .await
        .expect(200);
    let mut raised: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| {
            format!(
                "{} {} {}",
                alert["entity"]["kind"], alert["entity"]["id"], alert["severity"]
            )
        })
        .collect();
    raised.sort_unstable();
    // Seeds are there in plenty.
    assert_eq!(
        raised,
        [
            r#""ingredient" "flour" "high""#,
            r#""ingredient" "yeast" "critical""#
        ]
    );
    shortages.close().await;
}

/// What is needed equals the recount, and the pegs say which order needs it.
fn check_gross(counted: &[String; 3], flour: &Value, yeast: &Value, seeds: &Value) {
    // D60
    let expected = recount(40 + 25, 200 + 333);
    for (requirement, expected) in [flour, yeast, seeds].into_iter().zip(expected) {
        assert_eq!(
            requirement["gross_requirement"],
            expected.to_string(),
            "{requirement:#}"
        );
        assert_eq!(requirement["order_demand"], expected.to_string());
        assert_eq!(requirement["forecast_demand"], "0.000");
        let pegs = requirement["pegging"].as_array().unwrap();
        let sum: Decimal = pegs
            .iter()
            .map(|peg| decimal(peg["quantity"].as_str().unwrap()))
            .sum();
        assert_eq!(sum, expected, "{pegs:#?}");
        assert!(pegs.iter().all(|peg| {
            counted
                .iter()
                .any(|path| path.ends_with(peg["order_id"].as_str().unwrap()))
        }));
    }
    assert_eq!(expected.map(|sum| sum.to_string()), ["51.396", "1.260", "1.365"]);
}

/// The figures worked out on paper, day by day: flour is needed on days 5 (39.168) and 7 (12.228), a day before the
/// dough's own need; it lacks 18.447 and then 5.675, and comes in bags of 25. Yeast lacks 0.912 and then 0.212, and comes
/// from 1 kg up in halves.
fn check_purchases(calendar: &Calendar, flour: &Value, yeast: &Value, seeds: &Value) {
    // D62, D63, D64, D65, D66, D67
    let names = [
        "safety_stock",
        "on_hand",
        "reserved",
        "available",
        "scheduled_receipts",
        "net_requirement",
        "order_quantity",
        "coverage_percentage",
        "supplier_id",
        "unit_cost",
        "estimated_cost",
        "required_date",
        "order_by_date",
        "expected_receipt_date",
        "exceptions",
    ];
    assert_eq!(
        pick(flour, &names),
        json!({
            "safety_stock": "10.279", "on_hand": "30.000", "reserved": "3.000", "available": "27.000",
            "scheduled_receipts": "4.000", "net_requirement": "30.675", "order_quantity": "50.000",
            // The mill is dearer, and preferred: it can deliver in time.
            "coverage_percentage": "60.32", "supplier_id": "mill", "unit_cost": "0.8000", "estimated_cost": "40.00",
            // Two days of lead time, and one of safety.
            "required_date": calendar.day(5), "order_by_date": calendar.day(2),
            "expected_receipt_date": calendar.day(5), "exceptions": [],
        })
    );
    assert_eq!(flour["backup_suppliers"][0]["supplier_id"], "trade");
    assert_eq!(
        pick(yeast, &names),
        json!({
            "safety_stock": "0.252", "on_hand": "0.300", "reserved": "0.000", "available": "0.300",
            "scheduled_receipts": "0.000", "net_requirement": "1.212", "order_quantity": "2.000",
            // 0.40 + 0.125 + 0.35 beats 0.20 + 0.25 + 0.35.
            "coverage_percentage": "23.81", "supplier_id": "trade", "unit_cost": "4.0000", "estimated_cost": "8.00",
            "required_date": calendar.day(5), "order_by_date": calendar.day(3),
            "expected_receipt_date": calendar.day(5), "exceptions": [],
        })
    );
    assert_eq!(
        (&yeast["supplier_score"], &yeast["supplier_name"]),
        (&json!("0.8750"), &json!("Bakers' Trade"))
    );
    let receipts = |requirement: &Value| -> Vec<(String, String)> {
        let days = requirement["schedule"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let receipts = days.filter(|day| day["planned_receipt"] != "0.000");
        receipts
            .map(|day| (text(&day["date"]), text(&day["planned_receipt"])))
            .collect()
    };
    assert_eq!(
        receipts(flour),
        [
            (calendar.day(5), "25.000".into()),
            (calendar.day(7), "25.000".into())
        ]
    );
    assert_eq!(
        receipts(yeast),
        [
            (calendar.day(5), "1.000".into()),
            (calendar.day(7), "1.000".into())
        ]
    );
    let names = [
        "net_requirement",
        "order_quantity",
        "coverage_percentage",
        "required_date",
        "order_by_date",
    ];
    assert_eq!(
        pick(seeds, &names),
        json!({
            "net_requirement": "0.000", "order_quantity": "0.000", "coverage_percentage": "100.00",
            "required_date": null, "order_by_date": null,
        })
    );
}
