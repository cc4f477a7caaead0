//! Bodies of requests on the catalog.

use serde_json::{Value, json};

use super::Body;
use crate::http::routes::{self, Route};

pub(super) fn of(route: &Route) -> Vec<Body> {
    match *route {
        routes::PUT_SUPPLIER => vec![("supplier", "A mill that rests on Sundays", supplier())],
        routes::PUT_INGREDIENT => vec![("ingredient", "Flour, in the house and on offer", ingredient())],
        routes::PUT_PRODUCT => vec![("product", "A loaf with its recipe", product())],
        routes::IMPORT_CATALOG => vec![(
            "bakery",
            "A supplier, what it sells, and what is baked of it",
            json!({
                "suppliers": [with_id("harbour-mill", supplier())],
                "ingredients": [with_id("strong-flour", ingredient())],
                "products": [with_id("sourdough", product())],
            }),
        )],
        routes::IMPORT_SALES_HISTORY => vec![(
            "two_days",
            "What was sold on two days",
            json!({"rows": [
                {"product_id": "sourdough", "date": "2026-11-13", "quantity": 41},
                {"product_id": "sourdough", "date": "2026-11-14", "quantity": 58},
            ]}),
        )],
        _ => Vec::new(),
    }
}

fn supplier() -> Value {
    json!({
        "name": "Harbour Mill",
        "reliability": "0.95",
        "working_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
        "holidays": ["2026-12-25"],
        "safety_lead_days": 1,
    })
}

fn ingredient() -> Value {
    json!({
        "name": "Strong white flour",
        "unit": "kg",
        "reserved": "5",
        "stock_lots": [{"lot_id": "L-2026-11", "quantity": "35", "expires_on": "2027-03-31"}],
        "open_receipts": [{"reference": "PO-17", "date": "2026-12-08", "quantity": "10"}],
        "shelf_life_days": 180,
        "allergens": ["gluten"],
        "ordering": {"method": "lot_for_lot"},
        "offers": [{
            "supplier_id": "harbour-mill", "unit_price": "0.82", "lead_time_days": 3,
            "minimum_order_quantity": "50", "pack_size": "25", "preferred": true,
        }],
    })
}

fn product() -> Value {
    json!({
        "name": "Sourdough loaf",
        "category": "bread",
        "unit": "piece",
        "price": "4.20",
        "unit_cost": "1.10",
        "allergens": ["gluten"],
        "recipe": {
            "yield_quantity": "10",
            "lead_days": 1,
            "lines": [{"item_id": "strong-flour", "quantity": "6.5", "waste_percentage": "2"}],
        },
    })
}

fn with_id(id: &str, mut entry: Value) -> Value {
    entry["id"] = id.into();
    entry
}
