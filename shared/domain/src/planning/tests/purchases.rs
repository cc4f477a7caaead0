//! Requirements as the planner makes them, for what is done with them afterwards.

use super::fixture::{Bakery, offer, product, quantity};
use crate::planning::Requirement;

/// What the planner makes on 1 December of these demands of flour, day and kilograms. The mill is chosen (3 days, 0.85,
/// lots of 25 and at least 50); the depot (1 day, 1.05, lots of 10) and the port (9 days, 0.50, at least 500) could
/// deliver instead.
pub(crate) fn flour(demands: &[(&str, &str)]) -> Requirement {
    let bakery = Bakery::new("2026-12-01", 21)
        .supplier("mill", |mill| mill.name = "Old Mill".into())
        .supplier("depot", |_| {})
        .supplier("port", |_| {})
        .ingredient("flour", |flour| {
            let mut mill = offer("mill", "0.85", 3);
            mill.minimum_order_quantity = quantity("50");
            mill.pack_size = quantity("25");
            mill.preferred = true;
            let mut depot = offer("depot", "1.05", 1);
            depot.pack_size = quantity("10");
            let mut port = offer("port", "0.5", 9);
            port.minimum_order_quantity = quantity("500");
            flour.offers = vec![mill, depot, port];
        })
        .product(product("loaf", "1", &[("flour", "1")]));
    let ordered = demands.iter().fold(bakery, |bakery, (day, amount)| {
        bakery.order("order", 1, "loaf", day, amount)
    });
    ordered.requirement("flour")
}
