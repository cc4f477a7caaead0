//! Bodies of requests on customers.

use serde_json::json;

use super::Body;
use crate::http::routes::{self, Route};

pub(super) fn of(route: &Route) -> Vec<Body> {
    match *route {
        routes::CREATE_CUSTOMER => vec![
            (
                "business",
                "A café that is delivered to and pays within 30 days",
                json!({
                    "customer_code": "CAFE-1",
                    "name": "Café Noir",
                    "business_name": "Café Noir Ltd",
                    "customer_type": "business",
                    "email": "orders@cafe-noir.example",
                    "phone": "+44 117 496 0000",
                    "address": {
                        "line1": "12 Harbour Street", "city": "Bristol", "postal_code": "BS1 4DJ", "country": "GB",
                    },
                    "tax_id": "GB123456789",
                    "segment": "wholesale",
                    "preferred_delivery_method": "delivery",
                    "payment_terms": "net_30",
                    "credit_limit": "2500.00",
                    "discount_percentage": "2.5",
                    "allergens": ["sesame"],
                }),
            ),
            (
                "individual",
                "Somebody who comes in",
                json!({"name": "Ada Lovelace"}),
            ),
        ],
        routes::UPDATE_CUSTOMER => vec![
            (
                "contact",
                "Another phone number, and no special requirements any more",
                json!({"phone": "+44 117 496 0001", "special_requirements": null}),
            ),
            (
                "terms",
                "Other terms, which need an admin",
                json!({"payment_terms": "net_15", "credit_limit": "1500.00"}),
            ),
        ],
        _ => Vec::new(),
    }
}
