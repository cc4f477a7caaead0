//! Forecasts in plans and beside demand.

use serde_json::{Value, json};

use super::{catalog, column, import, planned, sold, today};
use crate::support::World;

#[tokio::test]
async fn a_plan_buys_for_what_is_expected_and_names_the_method_with_its_error() {
    // D60, D61, D70
    let world = World::new().await;
    catalog(&world).await;
    import(&world, "rye", 12).await;
    let plan = planned(
        &world,
        json!({"horizon_days": 7, "parameters": {"safety_stock_percentage": 0}}),
    )
    .await;
    let [forecast] = plan["forecasts"].as_array().unwrap().as_slice() else {
        panic!("{:#}", plan["forecasts"])
    };
    let week: u32 = today().iter_days().take(7).map(sold).sum();
    assert_eq!(forecast["product_id"], "rye");
    assert_eq!(forecast["source"], "sales_history");
    // The pattern repeats itself, so the simplest method that knows weekdays makes no error.
    assert_eq!(forecast["method"], "weekday_average");
    assert_eq!(
        forecast["parameters"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["window"]
    );
    assert_eq!(forecast["bias"], "0.000");
    assert_eq!(forecast["observations"], 84);
    assert_eq!(forecast["quantity"], format!("{week}.000"));
    let days = forecast["days"].as_array().unwrap();
    assert_eq!(days.len(), 7);
    for (day, date) in days.iter().zip(today().iter_days()) {
        let quantity = format!("{}.000", sold(date));
        let expected = json!({"date": date, "quantity": quantity, "lower": quantity, "upper": quantity});
        assert_eq!(*day, expected);
    }
    let flour = &plan["requirements"][0];
    assert_eq!(
        flour["gross_requirement"],
        format!("{:.3}", f64::from(week) / 2.0)
    );
    assert_eq!(flour["forecast_demand"], flour["gross_requirement"]);
    assert_eq!(flour["order_demand"], "0.000");
    assert_eq!(plan["degraded_sources"], json!([]));
}

#[tokio::test]
async fn orders_consume_the_forecast_of_their_day() {
    // D61: 100 ordered over a forecast of 22 count as 100, 5 ordered of 24 as 24.
    let world = World::new().await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    let customer = world.customer(json!({})).await;
    for (date, quantity) in [("2026-12-08", "100"), ("2026-12-02", "5")] {
        let order = json!({
            "requested_delivery_at": format!("{date}T10:00:00Z"),
            "items": [{"product_id": "rye", "quantity": quantity}],
        });
        world.order(&customer, order).await;
    }
    let plan = planned(
        &world,
        json!({"horizon_days": 8, "parameters": {"safety_stock_percentage": 0}}),
    )
    .await;
    let flour = &plan["requirements"][0];
    let expected: u32 = today().iter_days().take(8).map(sold).sum();
    // Tuesday the 8th is over its forecast of 22, Wednesday the 2nd under its 24.
    let gross = f64::from(expected - 22 + 100) / 2.0;
    assert_eq!(flour["gross_requirement"], format!("{gross:.3}"));
    assert_eq!(flour["order_demand"], "52.500");
    let gross_of = |index: usize| flour["schedule"][index]["gross"].clone();
    assert_eq!((gross_of(1), gross_of(7)), (json!("12.000"), json!("50.000")));
}

/// What the demand endpoint says of the next days.
async fn demand(world: &World, query: &str) -> Value {
    let path = format!("/orders/demand-requirements?{query}");
    world.get(&path).await.expect(200)
}

#[tokio::test]
async fn demand_tells_the_forecast_apart_and_never_adds_it() {
    // D50, D70
    let world = World::new().await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    import(&world, "bun", 8).await;
    let customer = world.customer(json!({})).await;
    let order = json!({
        "requested_delivery_at": "2026-12-04T10:00:00Z",
        "items": [{"product_id": "rye", "quantity": "7"}],
    });
    world.order(&customer, order).await;
    let range = "start_date=2026-12-03&end_date=2026-12-05";
    let before = demand(&world, range).await;
    assert_eq!(before["products"][0]["forecast_quantity"], Value::Null);
    assert_eq!(column(&before["products"], "product_id"), ["rye"]);

    planned(&world, json!({})).await;
    let after = demand(&world, range).await;
    let expected: u32 = ["2026-12-03", "2026-12-04", "2026-12-05"]
        .iter()
        .map(|date| sold(date.parse().unwrap()))
        .sum();
    let forecast = json!(format!("{expected}.000"));
    assert_eq!(column(&after["products"], "product_id"), ["bun", "rye"]);
    let (bun, rye) = (&after["products"][0], &after["products"][1]);
    assert_eq!(
        (&rye["forecast_quantity"], &bun["forecast_quantity"]),
        (&forecast, &forecast)
    );
    assert_eq!(bun["total_quantity"], "0.000");
    assert_eq!(bun["earliest_delivery_at"], Value::Null);
    // All the rest is as it was.
    let mut same = rye.clone();
    same["forecast_quantity"] = Value::Null;
    assert_eq!(same, before["products"][0]);
    for figure in ["total_orders", "total_quantity", "total_value", "rush_orders"] {
        assert_eq!(after[figure], before[figure], "{figure}");
    }
}

#[tokio::test]
async fn a_range_that_the_forecast_does_not_cover_has_none() {
    // D50: nothing is silently too little.
    let world = World::new().await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    planned(&world, json!({})).await;
    let has_forecast = async |query: &str| {
        let answer = demand(&world, query).await;
        answer["products"].as_array().is_some_and(|rows| !rows.is_empty())
    };
    assert!(has_forecast("start_date=2026-12-01&end_date=2026-12-31").await);
    assert!(!has_forecast("start_date=2026-11-30&end_date=2026-12-05").await);
    assert!(!has_forecast("target_date=2027-02-01").await);
    // A week later it still covers a month; after that it is too old to be told.
    world.clock.advance(chrono::Duration::days(7));
    assert!(has_forecast("start_date=2026-12-08&end_date=2027-01-07").await);
    world.clock.advance(chrono::Duration::days(1));
    assert!(!has_forecast("target_date=2026-12-10").await);
}

#[tokio::test]
async fn a_plan_that_begins_in_two_years_is_forecast_too() {
    // D69, D70: also where what is kept for others does not reach as far.
    let world = World::new().await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    let plan = planned(&world, json!({"start_date": "2028-11-28", "horizon_days": 90})).await;
    let forecast = &plan["forecasts"][0];
    let days = forecast["days"].as_array().unwrap();
    assert_eq!((days.len(), &days[0]["date"]), (90, &json!("2028-11-28")));
    // A Tuesday.
    assert_eq!(days[0]["quantity"], "22.000");
    let simulated = world
        .post(
            "/procurement/plans/simulate",
            &json!({"start_date": "2028-11-28", "horizon_days": 90}),
        )
        .await
        .expect(200);
    assert_eq!(simulated["forecasts"], plan["forecasts"]);
    assert_eq!(simulated["difference"]["requirements"], json!([]));
}

#[tokio::test]
async fn a_plan_may_leave_forecasts_out() {
    // D69
    let world = World::new().await;
    catalog(&world).await;
    import(&world, "rye", 8).await;
    let plan = planned(&world, json!({"use_forecast": false})).await;
    assert_eq!(
        (&plan["forecasts"], &plan["requirements"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn statistical_safety_stock_follows_from_how_wrong_the_forecast_was() {
    // D62, D69
    let world = World::new().await;
    catalog(&world).await;
    // 10 and 30 in turn, so that no method knows the next day for certain.
    let rows: Vec<Value> = (1..=56_u64)
        .map(|back| {
            let date = today() - chrono::Days::new(back);
            json!({"product_id": "rye", "date": date, "quantity": if back * back % 5 == 1 { 30 } else { 10 }})
        })
        .collect();
    world
        .post("/catalog/sales-history", &json!({"rows": rows}))
        .await
        .expect(200);
    let buffer = async |parameters: Value| {
        let plan = planned(&world, json!({"horizon_days": 7, "parameters": parameters})).await;
        let flour = &plan["requirements"][0];
        assert_eq!(flour["safety_stock_method"], "statistical");
        let stock: f64 = flour["safety_stock"].as_str().unwrap().parse().unwrap();
        (plan["parameters"]["service_level"].clone(), stock)
    };
    let (default, at_95) = buffer(json!({"safety_stock_method": "statistical"})).await;
    let (named, at_99) = buffer(json!({"safety_stock_method": "statistical", "service_level": 0.99})).await;
    assert_eq!((default, named), (json!("95.00"), json!("99.00")));
    // z(0.99)/z(0.95) = 2.326348/1.644854, each rounded to a gram.
    assert!(at_95 > 1.0, "{at_95}");
    assert!(
        (at_99 / at_95 - 2.326_348 / 1.644_854).abs() < 0.002,
        "{at_99} / {at_95}"
    );
}
