//! What if: another stock, another lead time, a supplier that is out, another safety stock (D69). Nothing but the input of
//! a plan changes, so a what-if is planned by the same rules as everything else.

use std::collections::BTreeMap;

use super::input::PlanInput;
use crate::catalog::{Ingredient, StockLot};
use crate::decimal::Quantity;

/// What is supposed of an ingredient. What is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngredientOverride {
    /// Everything in the house, in one lot that does not expire, in place of the lots there are.
    pub on_hand: Option<Quantity>,
    /// Quantity promised to something else.
    pub reserved: Option<Quantity>,
    /// Calendar days from order to delivery, of every supplier.
    pub lead_time_days: Option<u32>,
    /// Safety stock, whatever the method of the plan (D62).
    pub safety_stock_quantity: Option<Quantity>,
    /// Suppliers that deliver nothing of it.
    pub unavailable_suppliers: Vec<String>,
}

/// The lot that stands for a supposed stock.
const SUPPOSED_LOT: &str = "what-if";

/// Supposes something of the ingredients of a plan. Ids that the catalog does not know are left aside: whoever took them
/// from a person has to say so.
pub fn suppose(input: &mut PlanInput, overrides: &BTreeMap<String, IngredientOverride>) {
    for (id, supposed) in overrides {
        let Some(ingredient) = input.catalog.ingredients.get_mut(id) else {
            continue;
        };
        supposed.apply(ingredient);
        if let Some(quantity) = supposed.safety_stock_quantity {
            input.safety_stock_overrides.insert(id.clone(), quantity);
        }
    }
}

impl IngredientOverride {
    fn apply(&self, ingredient: &mut Ingredient) {
        if let Some(quantity) = self.on_hand {
            let lot = StockLot {
                lot_id: SUPPOSED_LOT.to_owned(),
                quantity,
                expires_on: None,
            };
            ingredient.stock_lots = if quantity.is_zero() { Vec::new() } else { vec![lot] };
        }
        if let Some(reserved) = self.reserved {
            ingredient.reserved = reserved;
        }
        ingredient
            .offers
            .retain(|offer| !self.unavailable_suppliers.contains(&offer.supplier_id));
        if self.lead_time_days.is_some() {
            for offer in &mut ingredient.offers {
                offer.lead_time_days = self.lead_time_days;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{Bakery, lot, offer, quantity};
    use crate::planning::{Requirement, plan};

    fn flour(supposed: IngredientOverride) -> Requirement {
        let mut input = Bakery::new("2026-12-01", 7)
            .safety_stock("20")
            .ingredient("flour", |row| {
                row.stock_lots = vec![lot("L1", "30", Some("2026-12-20"))];
                row.offers = vec![offer("mill", "1", 2), offer("farm", "2", 1)];
            })
            .order("o1", 1, "flour", "2026-12-05", "100")
            .input();
        suppose(&mut input, &BTreeMap::from([("flour".to_owned(), supposed)]));
        plan(&input).unwrap().requirements.remove(0)
    }

    // D69
    #[test]
    fn each_supposition_changes_just_what_it_says() {
        let figures = |row: &Requirement| {
            let supplier = row.supplier_id.clone().unwrap();
            (
                row.on_hand.to_string(),
                row.order_quantity.to_string(),
                supplier,
                row.lead_time_days,
            )
        };
        let as_it_is = flour(IngredientOverride::default());
        assert_eq!(
            figures(&as_it_is),
            ("30.000".into(), "90.000".into(), "mill".into(), 2)
        );
        let more = flour(IngredientOverride {
            on_hand: Some(quantity("110")),
            ..IngredientOverride::default()
        });
        assert_eq!(
            figures(&more),
            ("110.000".into(), "10.000".into(), "mill".into(), 2)
        );
        let none = flour(IngredientOverride {
            on_hand: Some(Quantity::ZERO),
            reserved: Some(Quantity::ZERO),
            ..IngredientOverride::default()
        });
        // The buffer is missing today, and the farm is faster.
        assert_eq!(
            figures(&none),
            ("0.000".into(), "120.000".into(), "farm".into(), 1)
        );
        let slow = flour(IngredientOverride {
            lead_time_days: Some(3),
            ..IngredientOverride::default()
        });
        assert_eq!(
            figures(&slow),
            ("30.000".into(), "90.000".into(), "mill".into(), 3)
        );
        let without_mill = flour(IngredientOverride {
            unavailable_suppliers: vec!["mill".to_owned()],
            ..IngredientOverride::default()
        });
        assert_eq!(
            figures(&without_mill),
            ("30.000".into(), "90.000".into(), "farm".into(), 1)
        );
        let buffered = flour(IngredientOverride {
            safety_stock_quantity: Some(quantity("5")),
            ..IngredientOverride::default()
        });
        assert_eq!(
            figures(&buffered),
            ("30.000".into(), "75.000".into(), "mill".into(), 2)
        );
    }

    // D69: an unknown ingredient changes nothing.
    #[test]
    fn what_is_supposed_of_nothing_known_changes_nothing() {
        let mut input = Bakery::new("2026-12-01", 7).ingredient("flour", |_| {}).input();
        let before = plan(&input).unwrap();
        let supposed = IngredientOverride {
            safety_stock_quantity: Some(quantity("5")),
            ..IngredientOverride::default()
        };
        suppose(&mut input, &BTreeMap::from([("ghost".to_owned(), supposed)]));
        assert_eq!(plan(&input).unwrap(), before);
    }
}
