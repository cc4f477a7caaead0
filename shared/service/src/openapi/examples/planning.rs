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
