//! Reading and showing catalog entries.

use std::collections::BTreeSet;

use orders_domain::catalog::{Ingredient, OrderingMethod, Product, Ratio, Supplier};
use serde_json::Value;
use utoipa::PartialSchema;

use super::*;
use crate::auth::Actor;
use crate::http::fields::read_body;
use crate::http::json::Json;

fn read<T: ReadEntry>(body: &str) -> Result<T, Vec<String>> {
    read_body::<Body<T>>(&Json::parse(body.as_bytes()).unwrap())
        .map(|body| body.0)
        .map_err(|problem| {
            problem
                .errors
                .iter()
                .map(|e| format!("{} {}", e.pointer, e.code.as_str()))
                .collect()
        })
}

#[test]
fn what_is_left_out_takes_the_published_defaults() {
    // SPEC §9
    let supplier: Supplier = read(r#"{"name":" Mill "}"#).unwrap();
    assert_eq!(
        supplier,
        Supplier {
            name: "Mill".into(),
            ..Supplier::default()
        }
    );
    let offers = r#"[{"supplier_id":"mill","unit_price":"0.9"}]"#;
    let flour: Ingredient = read(&format!(r#"{{"name":"Flour","unit":"kg","offers":{offers}}}"#)).unwrap();
    assert_eq!(
        (flour.reserved.scaled(), flour.ordering.method),
        (0, OrderingMethod::LotForLot)
    );
    let offer = &flour.offers[0];
    assert_eq!(
        (offer.pack_size.scaled(), offer.minimum_order_quantity.scaled()),
        (1_000, 0)
    );
    let roll: Product = read(
        r#"{"name":"Roll","unit":"piece","recipe":{"yield_quantity":100,
            "lines":[{"item_id":"yeast","quantity":"0.000250"}]}}"#,
    )
    .unwrap();
    let recipe = roll.recipe.unwrap();
    assert_eq!((recipe.lead_days, recipe.lines[0].quantity.scaled()), (0, 250));
    assert!(recipe.lines[0].waste_percentage.is_zero());
}

#[test]
fn every_fault_of_an_ingredient_is_named() {
    // SPEC §9, D2, D3, D5
    let faults = read::<Ingredient>(
        r#"{"id":"flour","unit":"","reserved":"-1","stock_lots":[{"lot_id":"a","quantity":"1"},
            {"lot_id":"a","quantity":"2","expires_on":"2026-02-30"}],
            "open_receipts":[{"reference":"r","date":"soon","quantity":"0"}],"shelf_life_days":-1,
            "ordering":{"method":"guess","periods":91},"version":3,
            "offers":[{"supplier_id":"m ill","unit_price":"0.12345","pack_size":"0","preferred":"yes"}]}"#,
    )
    .unwrap_err();
    assert_eq!(
        faults,
        [
            "/name required",
            "/unit invalid-text",
            "/reserved invalid-decimal",
            "/stock_lots/1/expires_on invalid-date",
            "/open_receipts/0/date invalid-date",
            "/open_receipts/0/quantity invalid-decimal",
            "/shelf_life_days invalid-value",
            "/ordering/method invalid-value",
            "/ordering/periods invalid-value",
            "/offers/0/supplier_id invalid-value",
            "/offers/0/unit_price invalid-decimal",
            "/offers/0/pack_size invalid-decimal",
            "/offers/0/preferred invalid-type",
            "/id unknown-field",
            "/version unknown-field"
        ]
    );
}

#[test]
fn lots_stand_once_and_the_method_fixed_needs_its_quantity() {
    // SPEC §9
    let lots = r#"[{"lot_id":"a","quantity":"1"},{"lot_id":"a","quantity":"2"}]"#;
    let faults = read::<Ingredient>(&format!(
        r#"{{"name":"Flour","unit":"kg","stock_lots":{lots},"ordering":{{"method":"fixed"}}}}"#
    ));
    assert_eq!(
        faults.unwrap_err(),
        [
            "/stock_lots/1/lot_id invalid-value",
            "/ordering/fixed_quantity required"
        ]
    );
}

#[test]
fn lists_are_bounded() {
    // SPEC §9
    let many = |element: &str, count: usize| vec![element; count].join(",");
    let line = r#"{"item_id":"flour","quantity":"1"}"#;
    let recipe = |count| {
        let lines = many(line, count);
        format!(r#"{{"name":"R","unit":"p","recipe":{{"yield_quantity":"1","lines":[{lines}]}}}}"#)
    };
    assert!(read::<Product>(&recipe(100)).is_ok());
    assert_eq!(
        read::<Product>(&recipe(101)).unwrap_err(),
        ["/recipe/lines too-long"]
    );
    assert_eq!(
        read::<Product>(&recipe(0)).unwrap_err(),
        ["/recipe/lines required"]
    );
    let holidays = many("\"2026-12-25\"", 401);
    let supplier =
        format!(r#"{{"name":"M","holidays":[{holidays}],"reliability":"1.1","working_days":["so"]}}"#);
    assert_eq!(
        read::<Supplier>(&supplier).unwrap_err(),
        [
            "/reliability invalid-decimal",
            "/working_days/0 invalid-value",
            "/holidays too-long"
        ]
    );
    assert_eq!(
        read::<Supplier>(r#"{"name":"M","reliability":0.95}"#)
            .unwrap()
            .reliability,
        Ratio::from_scaled(9_500)
    );
}

fn shown<T: CatalogKind>(entry: T) -> Value {
    let actor = Actor {
        user_id: "u".into(),
        name: None,
        role: "member".into(),
    };
    let stored = CatalogEntry {
        version: 2,
        write_id: Uuid::nil(),
        created_at: chrono::DateTime::UNIX_EPOCH,
        created_by: actor.clone(),
        updated_at: chrono::DateTime::UNIX_EPOCH,
        updated_by: actor,
        entry,
    };
    serde_json::to_value(EntryView::of(TenantId(Uuid::nil()), &stored)).unwrap()
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn published<T: PartialSchema>() -> BTreeSet<String> {
    names(&serde_json::to_value(T::schema()).unwrap()["properties"])
}

#[test]
fn the_published_shapes_name_exactly_the_fields_that_are_shown() {
    // DESIGN §7: no drift
    let supplier = shown(Supplier {
        id: "mill".into(),
        ..Supplier::default()
    });
    assert_eq!(names(&supplier), published::<schemas::Supplier>());
    assert_eq!(
        (&supplier["version"], &supplier["reliability"]),
        (&2.into(), &"1.0000".into())
    );
    let mut flour: Ingredient = read(
        r#"{"name":"Flour","unit":"kg","stock_lots":[{"lot_id":"a","quantity":"1"}],
            "open_receipts":[{"reference":"r","date":"2026-12-01","quantity":"1"}],
            "offers":[{"supplier_id":"mill","unit_price":"0.9"}]}"#,
    )
    .unwrap();
    flour.set_id("flour".into());
    let flour = shown(flour);
    assert_eq!(names(&flour), published::<schemas::Ingredient>());
    assert_eq!(names(&flour["stock_lots"][0]), published::<schemas::StockLot>());
    assert_eq!(
        names(&flour["open_receipts"][0]),
        published::<schemas::OpenReceipt>()
    );
    assert_eq!(names(&flour["ordering"]), published::<schemas::Ordering>());
    assert_eq!(names(&flour["offers"][0]), published::<schemas::Offer>());
    let roll: Product = read(
        r#"{"name":"Roll","unit":"piece","recipe":{"yield_quantity":"1","lines":[{"item_id":"x","quantity":"1"}]}}"#,
    )
    .unwrap();
    let roll = shown(roll);
    assert_eq!(names(&roll), published::<schemas::Product>());
    assert_eq!(names(&roll["recipe"]), published::<schemas::Recipe>());
    assert_eq!(
        names(&roll["recipe"]["lines"][0]),
        published::<schemas::RecipeLine>()
    );
}
