//! Bodies of requests on orders.

use serde_json::json;

use super::{Body, CUSTOMER};
use crate::http::routes::{self, Route};

pub(super) fn of(route: &Route) -> Vec<Body> {
    match *route {
        routes::CREATE_ORDER => vec![
            (
                "delivery",
                "Delivered, with prices and discounts of its own",
                json!({
                    "customer_id": CUSTOMER,
                    "sales_channel": "wholesale",
                    "delivery_method": "delivery",
                    "delivery_address": {
                        "line1": "12 Harbour Street", "city": "Bristol", "postal_code": "BS1 4DJ", "country": "GB",
                    },
                    "requested_delivery_at": "2026-12-04T06:30:00Z",
                    "delivery_window_end": "2026-12-04T08:00:00Z",
                    "items": [
                        {"product_id": "croissant", "quantity": "12", "unit_price": "1.45", "tax_rate": "10"},
                        {
                            "product_id": "celebration-cake", "product_name": "Celebration cake", "quantity": "3",
                            "unit_price": "24.90", "discount_percentage": "10", "tax_rate": "10",
                            "customization": "Happy birthday, Ada",
                        },
                        {"product_id": "rye-by-weight", "unit": "kg", "quantity": "2.5", "unit_price": "7.333", "tax_rate": "21"},
                    ],
                    "discount_percentage": "5",
                    "delivery_fee": "6.00",
                    "delivery_fee_tax_rate": "21",
                    "special_instructions": "Ring twice.",
                }),
            ),
            (
                "pickup",
                "Collected, at the catalog's price",
                json!({
                    "customer_id": CUSTOMER,
                    "delivery_method": "pickup",
                    "requested_delivery_at": "2026-12-04T09:00:00Z",
                    "items": [{"product_id": "sourdough", "quantity": 4}],
                }),
            ),
        ],
        routes::AMEND_ORDER => vec![
            (
                "later",
                "Wanted at another time",
                json!({"requested_delivery_at": "2026-12-05T06:30:00Z", "special_instructions": "Back door, please."}),
            ),
            (
                "lines",
                "Other lines, without a discount",
                json!({
                    "items": [{"product_id": "croissant", "quantity": "20", "unit_price": "1.40", "tax_rate": "10"}],
                    "discount_percentage": null,
                }),
            ),
        ],
        routes::UPDATE_ORDER_STATUS => vec![
            ("confirm", "The order is agreed", json!({"status": "confirmed"})),
            (
                "cancel",
                "The order is called off, quietly",
                json!({"status": "cancelled", "reason": "The party was called off.", "notify_customer": false}),
            ),
        ],
        routes::RECORD_PAYMENT => vec![
            (
                "succeeded",
                "Part of the balance was paid",
                json!({"amount": "50.00", "method": "bank_transfer", "reference": "INV-1001", "status": "succeeded"}),
            ),
            (
                "failed",
                "The card was refused",
                json!({"amount": "116.77", "method": "card", "status": "failed"}),
            ),
        ],
        routes::UPDATE_ORDER_ITEM => vec![(
            "baked",
            "The line is made and checked",
            json!({
                "production": {"status": "completed", "quantity_produced": "12"},
                "quality": {"status": "passed", "notes": "Even colour."},
            }),
        )],
        _ => Vec::new(),
    }
}
