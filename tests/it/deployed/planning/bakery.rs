//! A small bakery, its orders, and what they need, worked out apart from the service.

use chrono::{Days, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::support::Deployed;
use crate::support::deployed::new_order;

/// The test's own calendar: days from today, so that it holds on every day, and across midnight.
pub(super) struct Calendar(NaiveDate);

impl Calendar {
    pub(super) fn today() -> Self {
        Self(Utc::now().date_naive())
    }

    /// The date so many days from today.
    pub(super) fn day(&self, from_today: u64) -> String {
        self.0
            .checked_add_days(Days::new(from_today))
            .unwrap()
            .to_string()
    }
}

/// Two products of one dough, three ingredients, two suppliers.
pub(super) fn catalog(calendar: &Calendar) -> Value {
    json!({
        "suppliers": [
            {"id": "mill", "name": "Harbour Mill", "safety_lead_days": 1},
            {"id": "trade", "name": "Bakers' Trade"},
        ],
        "ingredients": [
            {
                "id": "flour", "name": "Strong white flour", "unit": "kg", "reserved": "3",
                "stock_lots": [
                    {"lot_id": "f-1", "quantity": "22", "expires_on": null},
                    {"lot_id": "f-2", "quantity": "8", "expires_on": calendar.day(40)},
                ],
                "open_receipts": [{"reference": "po-1", "date": calendar.day(5), "quantity": "4"}],
                "offers": [
                    {"supplier_id": "trade", "unit_price": "0.70", "lead_time_days": 2},
                    {"supplier_id": "mill", "unit_price": "0.80", "lead_time_days": 2, "pack_size": "25",
                     "minimum_order_quantity": "25", "preferred": true},
                ],
            },
            {
                "id": "yeast", "name": "Fresh yeast", "unit": "kg",
                "stock_lots": [{"lot_id": "y-1", "quantity": "0.3", "expires_on": null}],
                "offers": [
                    {"supplier_id": "mill", "unit_price": "8.00", "lead_time_days": 1},
                    {"supplier_id": "trade", "unit_price": "4.00", "lead_time_days": 2, "pack_size": "0.5",
                     "minimum_order_quantity": "1"},
                ],
            },
            {
                "id": "seeds", "name": "Sunflower seeds", "unit": "kg",
                "stock_lots": [{"lot_id": "s-1", "quantity": "50", "expires_on": null}],
                "offers": [{"supplier_id": "trade", "unit_price": "2.10", "lead_time_days": 3}],
            },
        ],
        "products": [
            {"id": "loaf", "name": "Seeded loaf", "unit": "piece", "price": "4.20", "recipe": {
                "yield_quantity": "20", "lines": [
                    {"item_id": "dough", "quantity": "16"},
                    {"item_id": "seeds", "quantity": "0.4", "waste_percentage": "5"},
                ]}},
            {"id": "roll", "name": "Roll", "unit": "piece", "price": "0.60", "recipe": {
                "yield_quantity": "100", "lines": [{"item_id": "dough", "quantity": "6"}]}},
            {"id": "dough", "name": "Wheat dough", "unit": "kg", "recipe": {
                "yield_quantity": "10", "lead_days": 1, "lines": [
                    {"item_id": "flour", "quantity": "6", "waste_percentage": "2"},
                    {"item_id": "yeast", "quantity": "0.15"},
                ]}},
        ],
    })
}

/// A decimal from its text.
pub(super) fn decimal(value: &str) -> Decimal {
    value.parse().unwrap()
}

/// Gross requirements of flour, yeast and seeds for so many loaves and rolls, as one would work them out on paper.
pub(super) fn recount(loaves: u32, rolls: u32) -> [Decimal; 3] {
    let (loaves, rolls) = (Decimal::from(loaves), Decimal::from(rolls));
    let dough = loaves * decimal("0.8") + rolls * decimal("0.06");
    let flour = dough * decimal("0.6") * decimal("1.02");
    let yeast = dough * decimal("0.015");
    let seeds = loaves * decimal("0.02") * decimal("1.05");
    [flour, yeast, seeds].map(|sum| {
        let mut rounded = sum.round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(3);
        rounded
    })
}

async fn order(stack: &Deployed, customer: &str, date: &str, items: &[(&str, &str)]) -> String {
    // Prices come from the catalog (D25b).
    let items: Vec<_> = items
        .iter()
        .map(|(id, quantity)| json!({"product_id": id, "quantity": quantity}))
        .collect();
    let body = json!({"requested_delivery_at": format!("{date}T12:00:00Z"), "items": items});
    let order = stack
        .post("/orders", &new_order(customer, body))
        .await
        .expect(201);
    assert_eq!(order["delivery_date"], date);
    format!("/orders/{}", order["id"].as_str().unwrap())
}

/// The orders of the recount, one that is confirmed, and two that do not count.
pub(super) async fn orders(stack: &Deployed, calendar: &Calendar) -> [String; 3] {
    let customer = stack.customer().await;
    let counted = [
        order(
            stack,
            &customer,
            &calendar.day(6),
            &[("loaf", "40"), ("roll", "200")],
        )
        .await,
        order(stack, &customer, &calendar.day(6), &[("loaf", "25")]).await,
        order(stack, &customer, &calendar.day(8), &[("roll", "333")]).await,
    ];
    let confirm = json!({"status": "confirmed"});
    stack
        .put(&format!("{}/status", counted[2]), &confirm)
        .await
        .expect(200);
    let cancelled = order(stack, &customer, &calendar.day(7), &[("loaf", "1000")]).await;
    stack
        .put(&format!("{cancelled}/status"), &json!({"status": "cancelled"}))
        .await
        .expect(200);
    order(stack, &customer, &calendar.day(60), &[("loaf", "1000")]).await;
    counted
}
