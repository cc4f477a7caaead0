//! Bodies of requests on settings.

use serde_json::json;

use super::Body;
use crate::http::routes::{self, Route};

pub(super) fn of(route: &Route) -> Vec<Body> {
    match *route {
        routes::UPDATE_SETTINGS => vec![
            (
                "values",
                "Some values of its own, and one back to the default",
                json!({"auto_approve_orders": true, "planning_hour": 5, "max_order_value": "25000.00", "max_order_items": null}),
            ),
            (
                "pricing",
                "Cheaper in the middle of the week",
                json!({
                    "dynamic_pricing_enabled": true,
                    "pricing_rules": [{
                        "name": "Midweek", "weekdays": ["tue", "wed"], "min_quantity": "10", "adjust_percentage": "-5",
                    }],
                }),
            ),
        ],
        _ => Vec::new(),
    }
}
