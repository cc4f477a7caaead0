//! The published vectors that lie beside the repository, where they are there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::fixture::{Bakery, date, lot, offer, only, open_receipt, product, quantity};
use crate::decimal::{Percentage, Quantity};
use crate::planning::lot_sizing::{LotSizingPeriod, wagner_whitin};
use crate::planning::netting::Position;
use crate::planning::quantile::standard_normal_quantile;
use crate::planning::{ExceptionCode, Requirement, ScheduleDay};

/// One group of vectors; `None`, said on stderr, when they are not there.
fn vectors(group: &str) -> Option<Value> {
    let folder = std::env::var_os("ORDERS_DATA_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("planning_vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no vectors in planning_vectors.json (set ORDERS_DATA_DIR)");
        return None;
    };
    let mut all: Value = serde_json::from_str(&text).unwrap();
    Some(all[group].take())
}

fn whole_numbers(values: &Value) -> Vec<i64> {
    let values = values.as_array().unwrap();
    values.iter().map(|value| value.as_i64().unwrap()).collect()
}

fn units(amount: i64) -> Quantity {
    Quantity::from_scaled(amount * 1_000)
}

// D64: Wagner and Whitin's cost, orders and the cost of every shorter horizon.
#[test]
fn the_exact_optimum_agrees_with_the_vectors() {
    for vector in vectors("wagner_whitin")
        .iter()
        .flat_map(|rows| rows.as_array().unwrap())
    {
        let setup_costs = whole_numbers(&vector["setup"]);
        let periods: Vec<LotSizingPeriod> = whole_numbers(&vector["demand"])
            .into_iter()
            .zip(setup_costs)
            .map(|(demand, setup_cost)| LotSizingPeriod {
                demand: units(demand),
                setup_cost: i128::from(setup_cost) * 1_000,
            })
            .collect();
        let holding = i128::from(vector["holding"].as_i64().unwrap());
        let optimum = wagner_whitin(&periods, holding, usize::MAX).unwrap();
        let whole = |cost: &i128| i64::try_from(cost / 1_000).unwrap();
        let prefix_costs: Vec<i64> = optimum.prefix_costs.iter().map(whole).collect();
        assert_eq!(prefix_costs, whole_numbers(&vector["prefix"]));
        assert_eq!(prefix_costs.last().copied(), vector["cost"].as_i64());
        let orders: Vec<Quantity> = whole_numbers(&vector["orders"]).into_iter().map(units).collect();
        assert_eq!(optimum.quantities, orders);
    }
}

// D63–D65: whole plans with net requirements, receipts, balances, releases and what is past due.
#[test]
fn records_agree_with_the_vectors() {
    for vector in vectors("mrp").iter().flat_map(|rows| rows.as_array().unwrap()) {
        let day = |number: usize| (date("2026-12-01") + chrono::Days::new(number as u64)).to_string();
        let whole = |name: &str| vector[name].as_i64().unwrap();
        let gross = whole_numbers(&vector["gr"]);
        let mut bakery = Bakery::new("2026-12-01", gross.len() as u16)
            .safety_stock_override("flour", &whole("ss").to_string())
            .ingredient("flour", |flour| {
                flour.stock_lots = vec![lot("L1", &whole("on_hand").to_string(), None)];
                let receipts = whole_numbers(&vector["sr"]).into_iter().enumerate();
                flour.open_receipts = receipts
                    .filter(|(_, amount)| *amount > 0)
                    .map(|(number, amount)| {
                        open_receipt(&format!("PO-{number}"), &day(number), &amount.to_string())
                    })
                    .collect();
                let mut terms = offer("mill", "1", whole("lt") as u32);
                terms.minimum_order_quantity = units(whole("moq"));
                terms.pack_size = units(whole("mult"));
                flour.offers = vec![terms];
            });
        for (number, amount) in gross.iter().enumerate().filter(|(_, amount)| **amount > 0) {
            bakery = bakery.order(
                &format!("o{number}"),
                1,
                "flour",
                &day(number),
                &amount.to_string(),
            );
        }
        let flour = bakery.requirement("flour");
        let column = |figure: fn(&ScheduleDay) -> Quantity| -> Vec<i64> {
            flour
                .schedule
                .iter()
                .map(|day| figure(day).scaled() / 1_000)
                .collect()
        };
        assert_eq!(column(|day| day.net), whole_numbers(&vector["net"]));
        assert_eq!(
            column(|day| day.planned_receipt),
            whole_numbers(&vector["receipts"])
        );
        assert_eq!(column(|day| day.projected), whole_numbers(&vector["pab"]));
        assert_eq!(
            column(|day| day.planned_release),
            whole_numbers(&vector["release"])
        );
        assert_eq!(
            only(&flour, ExceptionCode::PastDue).quantity,
            Some(units(whole("past_due")))
        );
    }
}

// D60–D67: the worked figures of a single day.
#[test]
fn net_requirements_agree_with_the_vectors() {
    for vector in vectors("net_requirement")
        .iter()
        .flat_map(|rows| rows.as_array().unwrap())
    {
        let text = |name: &str| vector[name].as_i64().unwrap().to_string();
        let flour: Requirement = Bakery::new("2026-12-05", 14)
            .safety_stock(&text("ss_pct"))
            .ingredient("flour", |flour| {
                flour.stock_lots = vec![lot("L1", &text("on_hand"), None)];
                flour.reserved = quantity(&text("reserved"));
                flour.open_receipts = vec![open_receipt("PO-1", "2026-12-08", &text("receipts"))];
                let mut terms = offer("mill", "1", 3);
                terms.minimum_order_quantity = quantity(&text("moq"));
                terms.pack_size = quantity(&text("pack"));
                flour.offers = vec![terms];
            })
            .product(product("loaf", "1", &[("flour", "1")]))
            .order("o1", 1, "loaf", "2026-12-10", &text("gross"))
            .requirement("flour");
        let figures = [flour.safety_stock, flour.net_requirement, flour.order_quantity];
        assert_eq!(
            figures,
            [text("ss"), text("net"), text("order")].map(|figure| quantity(&figure))
        );
        assert_eq!(
            flour.coverage_percentage,
            Percentage::parse(&text("coverage")).unwrap()
        );
    }
}

// D60, D63: the multi-level example of Heizer and Render, netted level by level: net requirements of a level, ahead by
// its lead time, are the gross requirements of the next.
#[test]
fn several_levels_agree_with_the_vectors() {
    let Some(vector) = vectors("bom_awesome") else {
        return;
    };
    const PERIODS: usize = 8;
    // By period, from 1.
    let by_period = |rows: &Value| {
        let mut periods = vec![Quantity::ZERO; PERIODS];
        for (period, amount) in rows.as_object().into_iter().flatten() {
            periods[period.parse::<usize>().unwrap() - 1] = units(amount.as_i64().unwrap());
        }
        periods
    };
    let mut gross: BTreeMap<String, Vec<Quantity>> = BTreeMap::new();
    gross.insert("A".to_owned(), by_period(&vector["demand"]["A"]));
    // In order of low-level code.
    for item in ["A", "B", "C", "F", "E", "D", "G"] {
        let position = Position {
            gross: &gross[item],
            receipts: &[],
            available: units(vector["on_hand"][item].as_i64().unwrap()),
            safety_stock: Quantity::ZERO,
        };
        let net = position.net_requirements(None).unwrap();
        assert_eq!(net, by_period(&vector["net"][item]), "net requirement of {item}");
        let lead_time = vector["lt"][item].as_u64().unwrap() as usize;
        let mut release = net[lead_time..].to_vec();
        release.resize(PERIODS, Quantity::ZERO);
        assert_eq!(release, by_period(&vector["release"][item]), "release of {item}");
        for (part, amount) in vector["bom"][item].as_object().into_iter().flatten() {
            let days = gross
                .entry(part.clone())
                .or_insert_with(|| vec![Quantity::ZERO; PERIODS]);
            for (day, released) in days.iter_mut().zip(&release) {
                *day = Quantity::from_scaled(day.scaled() + released.scaled() * amount.as_i64().unwrap());
            }
        }
    }
}

// D62
#[test]
fn quantiles_agree_with_the_vectors() {
    for (level, z) in vectors("z").iter().flat_map(|rows| rows.as_object().unwrap()) {
        // A share of 1 in percent; six decimals in millionths.
        let service_level = Percentage::from_scaled(Percentage::parse(level).unwrap().scaled() * 100);
        let millionths: i128 = format!("{:.6}", z.as_f64().unwrap())
            .replace('.', "")
            .parse()
            .unwrap();
        assert_eq!(standard_normal_quantile(service_level), Ok(millionths), "{level}");
    }
}
