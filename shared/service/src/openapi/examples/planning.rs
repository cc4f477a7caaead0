//! Bodies of requests on procurement and alerts.

use serde_json::json;

use super::Body;
use crate::http::routes::{self, Route};

pub(super) fn of(route: &Route) -> Vec<Body> {
    match *route {
        routes::START_PLAN => vec![
            ("defaults", "As the settings say", json!({})),
            (
                "emergency",
                "For the next week, with a larger buffer",
                json!({
                    "plan_type": "emergency",
                    "horizon_days": 7,
                    "parameters": {"safety_stock_percentage": "30", "lead_time_days": 2},
                    "use_forecast": false,
                }),
            ),
        ],
        routes::SIMULATE_PLAN => vec![(
            "large_order",
            "A large order, little flour and no mill",
            json!({
                "extra_demand": [{"product_id": "sourdough", "date": "2026-12-04", "quantity": 400}],
                "overrides": {"strong-flour": {
                    "on_hand": "10",
                    "lead_time_days": 4,
                    "safety_stock_quantity": "25",
                    "unavailable_suppliers": ["harbour-mill"],
                }},
                "use_forecast": false,
            }),
        )],
        routes::UPDATE_PLAN_STATUS => vec![
            (
                "submit",
                "It may be decided on",
                json!({"status": "pending_approval", "note": "Flour is 4 % dearer than last week."}),
            ),
            ("approve", "It is bought", json!({"status": "approved"})),
            (
                "send_back",
                "It is to be worked on again",
                json!({"status": "draft", "note": "Half the butter will do."}),
            ),
        ],
        routes::UPDATE_REQUIREMENT => vec![
            (
                "edit",
                "Before approval: buy another quantity",
                json!({"order_quantity": "75", "note": "Two pallets fit."}),
            ),
            (
                "ordered",
                "After approval: it is ordered, at another price",
                json!({"status": "ordered", "ordered_quantity": "75", "unit_cost": "0.84"}),
            ),
            (
                "received",
                "Part of it has come",
                json!({"received_quantity": "50"}),
            ),
        ],
        routes::UPDATE_ALERT_STATUS => vec![
            (
                "acknowledge",
                "Somebody looks after it",
                json!({"status": "acknowledged"}),
            ),
            (
                "resolve",
                "It is settled",
                json!({"status": "resolved", "note": "The mill delivers tomorrow."}),
            ),
        ],
        _ => Vec::new(),
    }
}
