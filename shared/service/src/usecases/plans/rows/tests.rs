//! A plan survives its way through rows, and its header stays small.

use orders_domain::catalog::{Ingredient, Offer, Product, Recipe, RecipeLine, RecipeQuantity};
use orders_domain::decimal::{Percentage, Quantity};
use orders_domain::planning::{OrderLines, Peg, PlanInput, PlanParameters, plan};

use super::*;
use crate::http::dto::plans::RequirementView;
use crate::usecases::plans::get::RequirementWithPegs;

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
}

/// Two orders of rolls made of flour and butter, and an overdue one.
fn computed() -> Computed {
    let line = |item: &str| RecipeLine {
        item_id: item.into(),
        quantity: RecipeQuantity::parse("5").unwrap(),
        ..RecipeLine::default()
    };
    let recipe = Recipe {
        yield_quantity: Quantity::from_scaled(100_000),
        lead_days: 1,
        lines: vec![line("flour"), line("butter")],
    };
    let roll = Product {
        id: "roll".into(),
        unit: "piece".into(),
        recipe: Some(recipe),
        ..Product::default()
    };
    let ingredient = |id: &str| Ingredient {
        id: id.into(),
        name: id.into(),
        unit: "kg".into(),
        offers: vec![Offer {
            supplier_id: "mill".into(),
            ..Offer::default()
        }],
        ..Ingredient::default()
    };
    let mut input = PlanInput {
        start: date(1),
        horizon_days: 7,
        today: date(1),
        order_demand: OrderLines::default(),
        overdue_orders: (0..300).map(|number| format!("late-{number:03}")).collect(),
        forecast: Vec::new(),
        catalog: orders_domain::catalog::Catalog::default(),
        parameters: PlanParameters {
            safety_stock_percentage: Percentage::from_scaled(2_000),
            ..PlanParameters::default()
        },
        planned_receipts: Vec::new(),
        demand_deviation: Vec::new(),
        safety_stock_overrides: Default::default(),
    };
    input.catalog.products.insert("roll".into(), roll);
    for id in ["flour", "butter"] {
        input.catalog.ingredients.insert(id.into(), ingredient(id));
    }
    for (order, day, quantity) in [("o-1", 3, 200_000), ("o-2", 5, 50_000)] {
        let quantity = Quantity::from_scaled(quantity);
        input.order_demand.push(order, 1, "roll", date(day), quantity);
    }
    plan(&input).unwrap()
}

// §4, D60: the view shows every field that the domain writes, under its name, and the pegs come back as they were.
#[test]
fn a_requirement_comes_back_from_its_rows_as_the_domain_made_it() {
    let computed = computed();
    let at_stake = OrdersAtStake::default();
    let rows = Rows::new((Uuid::nil(), Uuid::max()), date(1), &computed, &at_stake, &[]);
    assert_eq!(rows.len(), 1 + 2);
    let lines = rows.order_lines(0).lines;
    for (number, made) in computed.requirements.iter().enumerate() {
        let row = rows.requirement(number).unwrap();
        assert!(row.requirement.get("pegging").is_none());
        assert_eq!((row.peg_count, row.pegged_orders), (2, 2));
        let pegs: Vec<Peg> = row
            .pegs
            .iter()
            .map(|peg| Peg {
                order_id: lines[peg.line as usize].order_id.clone(),
                line: lines[peg.line as usize].line,
                product_id: lines[peg.line as usize].product_id.clone(),
                quantity: peg.quantity,
                date: date(1) + chrono::Days::new(u64::from(peg.day)),
            })
            .collect();
        let found = RequirementWithPegs {
            requirement: row.requirement.clone(),
            progress: row.progress.clone(),
            pegs,
            peg_count: row.peg_count,
        };
        let shown = serde_json::to_value(RequirementView::of(found).unwrap()).unwrap();
        let made = serde_json::to_value(made).unwrap();
        for (name, value) in made.as_object().unwrap() {
            if name == "exceptions" {
                for (shown, made) in shown[name]
                    .as_array()
                    .unwrap()
                    .iter()
                    .zip(value.as_array().unwrap())
                {
                    made.as_object()
                        .unwrap()
                        .iter()
                        .for_each(|(name, value)| assert_eq!(&shown[name], value));
                }
                assert_eq!(
                    shown[name].as_array().map(Vec::len),
                    value.as_array().map(Vec::len)
                );
            } else {
                assert_eq!(&shown[name], value, "{name}");
            }
        }
    }
}

// D60: nothing is left out silently, and a header has room for it.
#[test]
fn a_warning_keeps_some_references_and_the_count_of_all() {
    let result = result(&computed(), Vec::new(), &BTreeSet::from(["sales".to_owned()])).unwrap();
    let overdue = result
        .warnings
        .iter()
        .find(|warning| warning.code == "overdue_orders")
        .unwrap();
    assert_eq!(
        (overdue.reference_count, overdue.references.len()),
        (300, MAX_REFERENCES)
    );
    assert!(overdue.message.contains("late-000"));
    assert_eq!(result.degraded_sources, ["sales"]);
}

#[test]
fn pegs_are_cut_fairly_and_only_when_there_are_too_many() {
    assert_eq!(fair_limit(&[3, 5], 8), 5);
    assert_eq!(fair_limit(&[], 8), 0);
    assert_eq!(fair_limit(&[100, 2, 100], 52), 25);
    assert_eq!(fair_limit(&[10, 10, 10], 2), 0);
}

// DESIGN §3: an item holds at most 400 KB.
#[test]
fn the_largest_rows_fit_their_items() {
    let tenant = crate::auth::TenantId(Uuid::nil());
    let line = PeggedLine {
        order_id: "o".repeat(36),
        line: 50,
        product_id: "p".repeat(64),
    };
    let lines = PlanOrderLines {
        plan: Uuid::nil(),
        run: Uuid::nil(),
        part: 0,
        lines: vec![line; LINES_PER_PART],
    };
    assert!(crate::store::record::size_bytes(&to_item(tenant, &lines).unwrap()) < 300 * 1024);
    let peg = PegAtRest {
        line: 25_000,
        quantity: Quantity::from_scaled(1_000_000_000),
        day: 89,
    };
    let row = PlanRequirement {
        plan: Uuid::nil(),
        run: Uuid::nil(),
        ingredient_id: "i".repeat(64),
        requirement: serde_json::Value::Null,
        pegs: vec![peg; MAX_PEGS_PER_ROW],
        peg_count: 1,
        pegged_orders: 1,
        pegged_customers: 1,
        pegged_revenue: Some(orders_domain::decimal::Money::ZERO),
        progress: RequirementProgress::default(),
    };
    assert!(crate::store::record::size_bytes(&to_item(tenant, &row).unwrap()) < 320 * 1024);
    let forecasts = PlanForecasts {
        plan: Uuid::nil(),
        run: Uuid::nil(),
        part: 0,
        products: vec![largest_forecast(90); FORECASTS_PER_PART],
    };
    assert!(crate::store::record::size_bytes(&to_item(tenant, &forecasts).unwrap()) < 380 * 1024);
}

/// A forecast of a product with the longest id, of millions a day.
fn largest_forecast(days: u64) -> KeptForecast {
    let quantity = Quantity::from_scaled(9_999_999_999);
    let day = |number: u64| orders_domain::forecasting::ForecastDay {
        date: date(1) + chrono::Days::new(number),
        quantity,
        lower: quantity,
        upper: quantity,
    };
    let forecast = serde_json::json!({
        "product_id": "p".repeat(64), "source": "sales_partner",
        "forecast": {
            "method": "holt_winters_multiplicative",
            "parameters": {"alpha": "0.1000", "beta": "0.1000", "gamma": "0.1000", "phi": "0.9000"},
            "mase": "10000.0000", "bias": "-9999999.999", "observations": 182,
            "standard_deviation": "9999999.999", "days": [],
        },
    });
    KeptForecast {
        forecast: serde_json::from_value(forecast).unwrap(),
        days: (0..days).map(day).collect(),
    }
}
