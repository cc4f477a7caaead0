//! Refusing recipes that contain themselves (D60). Two requests at the same time may still close a cycle together; the
//! planner reports it then.

use std::collections::BTreeMap;

use orders_domain::catalog::Product;
use orders_domain::planning::recipe_cycle;

use super::entries_of;
use crate::problem::{FieldError, ProblemCode};
use crate::store::catalog::CatalogEntry;
use crate::store::record::from_item;
use crate::store::{StoreError, TenantStore};

/// Products by id.
pub(super) type Products = BTreeMap<String, Product>;

/// Every product of the tenant.
pub(super) async fn stored_products(store: TenantStore<'_>) -> Result<Products, StoreError> {
    let items = store.query_all(entries_of::<Product>(store)).await?;
    let entries = items.into_iter().map(from_item::<CatalogEntry<Product>>);
    entries
        .map(|entry| entry.map(|entry| (entry.entry.id.clone(), entry.entry)))
        .collect()
}

/// The new products that would close a cycle over the stored ones, each with the cycle. What is refused is left out
/// when the next cycle is looked for, so that one wrong recipe does not take innocent ones with it.
pub(super) fn faulty_recipes(stored: Products, new: &Products) -> BTreeMap<String, Vec<String>> {
    let mut faulty = BTreeMap::new();
    let mut products = stored.clone();
    products.extend(new.iter().map(|(id, product)| (id.clone(), product.clone())));
    while let Some(cycle) = recipe_cycle(&products) {
        let on_it: Vec<&String> = cycle
            .iter()
            .filter(|id| new.contains_key(*id) && !faulty.contains_key(*id))
            .collect();
        if on_it.is_empty() {
            // A cycle among stored products is not this request's fault: it is cut, and the search goes on.
            cycle.first().map(|id| products.remove(id));
            continue;
        }
        for id in on_it {
            match stored.get(id) {
                Some(before) => products.insert(id.clone(), before.clone()),
                None => products.remove(id),
            };
            faulty.insert(id.clone(), cycle.clone());
        }
    }
    faulty
}

/// How a cycle is told.
pub(super) fn cycle_fault(pointer: String, cycle: &[String]) -> FieldError {
    let detail = format!("The recipe contains itself: {}.", cycle.join(" → "));
    FieldError {
        pointer,
        code: ProblemCode::RecipeCycle,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use orders_domain::catalog::{Recipe, RecipeLine};

    use super::*;

    fn products(recipes: &[(&str, &[&str])]) -> Products {
        let line = |item: &&str| RecipeLine {
            item_id: (*item).to_owned(),
            ..RecipeLine::default()
        };
        let product = |(id, items): &(&str, &[&str])| {
            let lines = items.iter().map(line).collect();
            let recipe = Some(Recipe {
                lines,
                ..Recipe::default()
            });
            (
                (*id).to_owned(),
                Product {
                    id: (*id).to_owned(),
                    recipe,
                    ..Product::default()
                },
            )
        };
        recipes.iter().map(product).collect()
    }

    #[test]
    fn a_recipe_that_closes_a_cycle_over_stored_ones_is_named_with_it() {
        // D60
        let stored = products(&[("bread", &["dough"]), ("dough", &["flour"])]);
        let faulty = faulty_recipes(
            stored.clone(),
            &products(&[("dough", &["bread"]), ("roll", &["dough"])]),
        );
        assert_eq!(faulty.keys().collect::<Vec<_>>(), ["dough"]);
        assert_eq!(faulty["dough"].first(), faulty["dough"].last());
        assert!(faulty_recipes(stored, &products(&[("bun", &["dough"])])).is_empty());
    }

    #[test]
    fn two_cycles_are_both_found_and_one_among_stored_products_blames_nobody() {
        // D60
        let stored = products(&[("x", &["y"]), ("y", &["x"])]);
        let new = products(&[("a", &["a"]), ("b", &["c"]), ("c", &["b", "x"]), ("d", &["c"])]);
        let faulty = faulty_recipes(stored, &new);
        assert_eq!(faulty.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
