//! `PATCH /orders/{order_id}`: an order's figures depend on what it is, not on how it came to be so.

use serde_json::{Value, json};

use super::amend::amend;
use crate::support::World;
use crate::support::orders::merge;

/// Orders made from a seed, so that a failure can be made again.
struct Seeded(u64);

impl Seeded {
    /// A number from 0 to `bound` − 1.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn cents(&mut self, bound: u64) -> String {
        let cents = self.below(bound);
        format!("{}.{:02}", cents / 100, cents % 100)
    }

    fn discount(&mut self, body: &mut Value) {
        let (name, value) = match self.below(3) {
            0 => return,
            1 => ("discount_percentage", self.cents(2_000)),
            _ => ("discount_amount", self.cents(40)),
        };
        merge(body, json!({name: value}));
    }

    fn line(&mut self) -> Value {
        let quantity = format!("{}.{:03}", 1 + self.below(20), self.below(1_000));
        let price = format!("{}.{:04}", 1 + self.below(30), self.below(10_000));
        let rates = ["0", "7", "10", "21"];
        let rate = rates[usize::try_from(self.below(4)).unwrap()];
        let mut line = json!({
            "product_id": format!("p{}", self.below(4)), "quantity": quantity, "unit_price": price, "tax_rate": rate,
        });
        if self.below(2) == 0 {
            merge(&mut line, json!({"unit_cost": self.cents(900)}));
        }
        self.discount(&mut line);
        line
    }

    /// Everything about an order that its figures depend on.
    fn order(&mut self) -> Value {
        let lines: Vec<_> = (0..=self.below(6)).map(|_| self.line()).collect();
        let mut order = json!({
            "items": lines, "delivery_method": "delivery", "delivery_fee": self.cents(900),
            "delivery_fee_tax_rate": "21",
        });
        self.discount(&mut order);
        order
    }
}

/// A patch that leads to `wanted` from anywhere: what it does not name goes.
fn patch_to(wanted: &Value) -> Value {
    let mut patch = json!({"discount_percentage": null, "discount_amount": null});
    let sent = wanted.as_object().unwrap().clone();
    patch.as_object_mut().unwrap().extend(sent);
    patch
}

fn assert_same_figures(amended: &Value, ordered: &Value, about: &str) {
    for (name, value) in amended.as_object().unwrap() {
        let own = ["id", "version", "order_number"].contains(&name.as_str());
        assert!(
            own || *value == ordered[name],
            "{about}: {name}: {value} {}",
            ordered[name]
        );
    }
}

#[tokio::test]
async fn whatever_it_was_before_an_amended_order_is_what_it_has_become() {
    // D27, D20-D24: sixty amendments, each against an order made like that at once.
    let world = World::new().await;
    let customer = world.customer(json!({"discount_percentage": "0"})).await;
    for seed in 0..30 {
        let mut seeded = Seeded(seed);
        let (first, second) = (seeded.order(), seeded.order());
        let order = world.order(&customer, first.clone()).await;
        let expected = world.order(&customer, second.clone()).await;
        let amended = amend(&world, &order, &patch_to(&second)).await.expect(200);
        assert_same_figures(&amended, &expected, &format!("seed {seed}"));
        // One part after the other comes to the same, and back again to where it began.
        for (name, value) in patch_to(&first).as_object().unwrap() {
            amend(&world, &order, &json!({name: value})).await.expect(200);
        }
        let back = amend(&world, &order, &patch_to(&first)).await.expect(200);
        assert_same_figures(&back, &order_now(&order, &back), &format!("seed {seed} back"));
    }
}

/// An order as it was answered first, with the stamps that every change moves.
fn order_now(before: &Value, after: &Value) -> Value {
    let mut now = before.clone();
    for stamp in ["updated_at", "updated_by"] {
        now[stamp] = after[stamp].clone();
    }
    now
}
