//! What inventory says that planning needs (§14): suppliers, ingredients with their stock, products with their recipes.

use std::collections::BTreeMap;

use orders_domain::catalog::{Catalog, Ingredient, Product, Supplier};
use serde::{Deserialize, Serialize};

use super::PartnerError;
use crate::http::dto::catalog::{ReadEntry, Row};
use crate::http::fields::read_body;
use crate::http::json::Json;

/// Entries in the form of the tenant's own catalog (§9), each with its id.
#[derive(Deserialize)]
pub(super) struct StockAnswer {
    suppliers: Vec<Supplier>,
    ingredients: Vec<Ingredient>,
    products: Vec<Product>,
}

impl StockAnswer {
    /// The entries by id. Each must stand once and be one that the tenant could have entered: a plan made of half an
    /// answer would buy the wrong things, and the planner relies on figures within their limits.
    pub(super) fn into_catalog(self) -> Result<Catalog, PartnerError> {
        Ok(Catalog {
            suppliers: by_id(&self.suppliers, |entry| &entry.id)?,
            ingredients: by_id(&self.ingredients, |entry| &entry.id)?,
            products: by_id(&self.products, |entry| &entry.id)?,
        })
    }
}

fn by_id<T: ReadEntry + Serialize>(
    entries: &[T],
    id: fn(&T) -> &str,
) -> Result<BTreeMap<String, T>, PartnerError> {
    let mut found = BTreeMap::new();
    for entry in entries {
        let entry = read_again(entry)?;
        if found.insert(id(&entry).to_owned(), entry).is_some() {
            return Err(PartnerError::Invalid("an entry is there twice".into()));
        }
    }
    Ok(found)
}

/// The entry as a client's import of the same would be read. What a partner adds was left out before, so that a field that
/// is not known here is no fault.
fn read_again<T: ReadEntry + Serialize>(entry: &T) -> Result<T, PartnerError> {
    let invalid = || PartnerError::Invalid("an entry is beyond the limits of the catalog".into());
    let text = serde_json::to_vec(entry).map_err(|_| invalid())?;
    let json = Json::parse(&text).map_err(|_| invalid())?;
    let Row(entry) = read_body::<Row<T>>(&json).map_err(|_| invalid())?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(suppliers: Value, ingredients: Value, products: Value) -> Result<Catalog, PartnerError> {
        let answer = json!({"suppliers": suppliers, "ingredients": ingredients, "products": products});
        serde_json::from_value::<StockAnswer>(answer)
            .map_err(|_| PartnerError::Invalid("shape".into()))?
            .into_catalog()
    }

    fn flour(more: Value) -> Value {
        let mut flour = json!({"id": "flour", "name": "Flour", "unit": "kg"});
        let (members, more) = (flour.as_object_mut().unwrap(), more.as_object().unwrap());
        members.extend(more.clone());
        json!([flour])
    }

    #[test]
    fn what_planning_needs_is_read_and_what_is_more_is_left_out() {
        // §14
        let lots = json!([{"lot_id": "L1", "quantity": "12.5", "expires_on": "2026-12-09", "rack": 4}]);
        let catalog = read(
            json!([{"id": "mill", "name": "Mill", "rating": "AAA"}]),
            flour(json!({"stock_lots": lots, "reserved": "2", "colour": "white"})),
            json!([{"id": "rye", "name": "Rye", "unit": "piece",
                    "recipe": {"yield_quantity": "10", "lines": [{"item_id": "flour", "quantity": "6.25"}]}}]),
        )
        .unwrap();
        let flour = &catalog.ingredients["flour"];
        let lot = &flour.stock_lots[0];
        assert_eq!(
            (lot.quantity.to_string(), flour.reserved.to_string()),
            ("12.500".into(), "2.000".into())
        );
        assert_eq!(catalog.suppliers["mill"].name, "Mill");
        let recipe = catalog.products["rye"].recipe.as_ref().unwrap();
        assert_eq!(recipe.lines[0].item_id, "flour");
    }

    #[test]
    fn an_entry_that_no_tenant_could_have_entered_spoils_the_answer() {
        // §14, §9
        let none = || json!([]);
        let recipe = |recipe: Value| json!([{"id": "rye", "name": "Rye", "unit": "piece", "recipe": recipe}]);
        let line = json!([{"item_id": "flour", "quantity": "1"}]);
        let bad = [
            read(json!([{"id": "a b", "name": "Mill"}]), none(), none()),
            read(json!([{"name": "Mill"}]), none(), none()),
            read(
                json!([{"id": "m", "name": "A"}, {"id": "m", "name": "B"}]),
                none(),
                none(),
            ),
            read(
                json!([{"id": "m", "name": "A", "reliability": "1.5"}]),
                none(),
                none(),
            ),
            read(none(), flour(json!({"reserved": "-1"})), none()),
            read(none(), flour(json!({"reserved": 1})), none()),
            read(
                none(),
                flour(json!({"stock_lots": [{"lot_id": "L", "quantity": "-0.001"}]})),
                none(),
            ),
            read(
                none(),
                flour(json!({"offers": [{"supplier_id": "m", "unit_price": "1", "pack_size": "0"}]})),
                none(),
            ),
            read(none(), flour(json!({"ordering": {"method": "fixed"}})), none()),
            read(
                none(),
                none(),
                recipe(json!({"yield_quantity": "0", "lines": line})),
            ),
            read(
                none(),
                none(),
                recipe(json!({"yield_quantity": "1", "lines": []})),
            ),
        ];
        for (at, outcome) in bad.into_iter().enumerate() {
            assert!(matches!(outcome, Err(PartnerError::Invalid(_))), "{at}");
        }
    }
}
