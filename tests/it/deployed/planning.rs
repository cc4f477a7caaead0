//! From the catalog and orders over the planning queue to a plan, its shortages and their alerts.

use chrono::{Days, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::support::deployed::new_order;
use crate::support::{Deployed, Inbox};

/// The test's own calendar: days from today, so that it holds on every day, and across midnight.
struct Calendar(NaiveDate);

impl Calendar {
    fn day(&self, from_today: u64) -> String {
        self.0
            .checked_add_days(Days::new(from_today))
            .unwrap()
            .to_string()
    }
}

/// Two products of one dough, three ingredients, two suppliers.
fn catalog(calendar: &Calendar) -> Value {
    json!({
        "suppliers": [
            {"id": "mill", "name": "Harbour Mill", "safety_lead_days": 1},
            {"id": "trade", "name": "Bakers' Trade"},
        ],
        "ingredients": [
            {
                "id": "flour", "name": "Strong white flour", "unit": "kg", "reserved": "3",
                "stock_lots": [
                    {"lot_id": "f-1", "quantity": "22", "expires_on": null},
                    {"lot_id": "f-2", "quantity": "8", "expires_on": calendar.day(40)},
                ],
                "open_receipts": [{"reference": "po-1", "date": calendar.day(5), "quantity": "4"}],
                "offers": [
                    {"supplier_id": "trade", "unit_price": "0.70", "lead_time_days": 2},
                    {"supplier_id": "mill", "unit_price": "0.80", "lead_time_days": 2, "pack_size": "25",
                     "minimum_order_quantity": "25", "preferred": true},
                ],
            },
            {
                "id": "yeast", "name": "Fresh yeast", "unit": "kg",
                "stock_lots": [{"lot_id": "y-1", "quantity": "0.3", "expires_on": null}],
                "offers": [
                    {"supplier_id": "mill", "unit_price": "8.00", "lead_time_days": 1},
                    {"supplier_id": "trade", "unit_price": "4.00", "lead_time_days": 2, "pack_size": "0.5",
                     "minimum_order_quantity": "1"},
                ],
            },
            {
                "id": "seeds", "name": "Sunflower seeds", "unit": "kg",
                "stock_lots": [{"lot_id": "s-1", "quantity": "50", "expires_on": null}],
                "offers": [{"supplier_id": "trade", "unit_price": "2.10", "lead_time_days": 3}],
            },
        ],
        "products": [
            {"id": "loaf", "name": "Seeded loaf", "unit": "piece", "price": "4.20", "recipe": {
                "yield_quantity": "20", "lines": [
                    {"item_id": "dough", "quantity": "16"},
                    {"item_id": "seeds", "quantity": "0.4", "waste_percentage": "5"},
                ]}},
            {"id": "roll", "name": "Roll", "unit": "piece", "price": "0.60", "recipe": {
                "yield_quantity": "100", "lines": [{"item_id": "dough", "quantity": "6"}]}},
            {"id": "dough", "name": "Wheat dough", "unit": "kg", "recipe": {
                "yield_quantity": "10", "lead_days": 1, "lines": [
                    {"item_id": "flour", "quantity": "6", "waste_percentage": "2"},
                    {"item_id": "yeast", "quantity": "0.15"},
                ]}},
        ],
    })
}

fn decimal(value: &str) -> Decimal {
    value.parse().unwrap()
}

/// Gross requirements of flour, yeast and seeds for so many loaves and rolls, as one would work them out on paper.
fn recount(loaves: u32, rolls: u32) -> [Decimal; 3] {
    let (loaves, rolls) = (Decimal::from(loaves), Decimal::from(rolls));
    let dough = loaves * decimal("0.8") + rolls * decimal("0.06");
    let flour = dough * decimal("0.6") * decimal("1.02");
    let yeast = dough * decimal("0.015");
    let seeds = loaves * decimal("0.02") * decimal("1.05");
    [flour, yeast, seeds].map(|sum| {
        let mut rounded = sum.round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(3);
        rounded
    })
}

async fn order(stack: &Deployed, customer: &str, date: &str, items: &[(&str, &str)]) -> String {
    // Prices come from the catalog (D25b).
    let items: Vec<_> = items
        .iter()
        .map(|(id, quantity)| json!({"product_id": id, "quantity": quantity}))
        .collect();
    let body = json!({"requested_delivery_at": format!("{date}T12:00:00Z"), "items": items});
    let order = stack
        .post("/orders", &new_order(customer, body))
        .await
        .expect(201);
    assert_eq!(order["delivery_date"], date);
    format!("/orders/{}", order["id"].as_str().unwrap())
}

/// The orders of the recount, one that is confirmed, and two that do not count.
async fn orders(stack: &Deployed, calendar: &Calendar) -> [String; 3] {
    let customer = stack.customer().await;
    let counted = [
        order(
            stack,
            &customer,
            &calendar.day(6),
            &[("loaf", "40"), ("roll", "200")],
        )
        .await,
        order(stack, &customer, &calendar.day(6), &[("loaf", "25")]).await,
        order(stack, &customer, &calendar.day(8), &[("roll", "333")]).await,
    ];
    let confirm = json!({"status": "confirmed"});
    stack
        .put(&format!("{}/status", counted[2]), &confirm)
        .await
        .expect(200);
    let cancelled = order(stack, &customer, &calendar.day(7), &[("loaf", "1000")]).await;
    stack
        .put(&format!("{cancelled}/status"), &json!({"status": "cancelled"}))
        .await
        .expect(200);
    order(stack, &customer, &calendar.day(60), &[("loaf", "1000")]).await;
    counted
}

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
    let calendar = Calendar(Utc::now().date_naive());
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
