//! The bill of materials: recipes as a graph of dense numbers, in order of low-level code, free of cycles (D60).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::input::PlanError;
use super::interning::IdMap;
use super::quantity::NeedFactor;
use crate::catalog::{Catalog, Ingredient, Product, Recipe};

/// One line of a recipe: the node that is needed and how much of it for one unit of the product.
#[derive(Debug, Clone, Copy)]
pub(super) struct BillLine {
    pub(super) node: u32,
    pub(super) factor: NeedFactor,
}

/// Products with a recipe and ingredients as numbered nodes: products first, then ingredients, each sorted by id.
#[derive(Debug)]
pub(super) struct BillOfMaterials<'a> {
    nodes: IdMap<'a>,
    ingredients: Vec<(&'a str, &'a Ingredient)>,
    lines: Vec<BillLine>,
    line_ranges: Vec<Range<usize>>,
    lead_days: Vec<usize>,
    by_low_level_code: Vec<u32>,
    unknown_items: Vec<(u32, &'a str)>,
}

/// A recipe that can be exploded: it yields something and says what goes in.
fn usable_recipe(product: &Product) -> Option<&Recipe> {
    product
        .recipe
        .as_ref()
        .filter(|recipe| recipe.yield_quantity.scaled() > 0 && !recipe.lines.is_empty())
}

impl<'a> BillOfMaterials<'a> {
    /// Numbers the catalog and orders its products.
    ///
    /// # Errors
    /// [`PlanError::RecipeCycle`]; [`PlanError::Overflow`] when a recipe's figures are beyond counting.
    pub(super) fn new(catalog: &'a Catalog) -> Result<Self, PlanError> {
        let recipes: Vec<(&str, &Recipe)> = catalog
            .products
            .iter()
            .filter_map(|(id, product)| usable_recipe(product).map(|recipe| (id.as_str(), recipe)))
            .collect();
        let ingredients: Vec<(&str, &Ingredient)> = catalog
            .ingredients
            .iter()
            .map(|(id, ingredient)| (id.as_str(), ingredient))
            .collect();
        let mut nodes =
            IdMap::with_capacity_and_hasher(recipes.len() + ingredients.len(), Default::default());
        let ids = recipes
            .iter()
            .map(|(id, _)| *id)
            .chain(ingredients.iter().map(|(id, _)| *id));
        for (number, id) in ids.enumerate() {
            let node = u32::try_from(number).map_err(|_| PlanError::Overflow)?;
            // Where an id names both, the product with a recipe wins: it is made, not bought.
            nodes.entry(id).or_insert(node);
        }

        let (mut lines, mut line_ranges, mut unknown_items) = (Vec::new(), Vec::new(), Vec::new());
        for (number, (_, recipe)) in recipes.iter().enumerate() {
            let first = lines.len();
            for line in &recipe.lines {
                match nodes.get(line.item_id.as_str()) {
                    Some(&node) => lines.push(BillLine {
                        node,
                        factor: NeedFactor::new(line.quantity, recipe.yield_quantity, line.waste_percentage)?,
                    }),
                    // The number fits: it was counted as a node above.
                    None => unknown_items.push((number as u32, line.item_id.as_str())),
                }
            }
            line_ranges.push(first..lines.len());
        }
        let product_ids: Vec<&str> = recipes.iter().map(|(id, _)| *id).collect();
        let children: Vec<Vec<u32>> = line_ranges
            .iter()
            .map(|range| lines[range.clone()].iter().map(|line| line.node).collect())
            .collect();
        let by_low_level_code = order_by_low_level_code(&children).ok_or_else(|| PlanError::RecipeCycle {
            path: closed_path(&find_cycle(&children), &product_ids),
        })?;
        Ok(Self {
            nodes,
            ingredients,
            lines,
            line_ranges,
            lead_days: recipes
                .iter()
                .map(|(_, recipe)| recipe.lead_days as usize)
                .collect(),
            by_low_level_code,
            unknown_items,
        })
    }

    /// Number of nodes.
    pub(super) fn len(&self) -> usize {
        self.line_ranges.len() + self.ingredients.len()
    }

    /// The node of a product or ingredient; `None` when it can neither be made nor bought.
    #[inline]
    pub(super) fn node(&self, id: &str) -> Option<u32> {
        self.nodes.get(id).copied()
    }

    /// Number of products: nodes from here on are ingredients.
    pub(super) fn product_count(&self) -> usize {
        self.line_ranges.len()
    }

    /// Ingredients with their ids, in the order of their nodes.
    pub(super) fn ingredients(&self) -> &[(&'a str, &'a Ingredient)] {
        &self.ingredients
    }

    /// Products such that each comes after everything it goes into.
    pub(super) fn by_low_level_code(&self) -> &[u32] {
        &self.by_low_level_code
    }

    pub(super) fn lines(&self, product: u32) -> &[BillLine] {
        &self.lines[self.line_ranges[product as usize].clone()]
    }

    /// Days by which the lines of a product are needed before the product.
    pub(super) fn lead_days(&self, product: u32) -> usize {
        self.lead_days[product as usize]
    }

    /// Recipe lines whose item is neither a product with a recipe nor an ingredient, with their product.
    pub(super) fn unknown_items(&self) -> &[(u32, &'a str)] {
        &self.unknown_items
    }
}

/// Finds a cycle among recipes, so that a catalog write can refuse it early (D60). The path is closed: the first id
/// comes again at the end.
pub fn recipe_cycle(products: &BTreeMap<String, Product>) -> Option<Vec<String>> {
    let ids: Vec<&str> = products.keys().map(String::as_str).collect();
    let numbers: BTreeMap<&str, u32> = ids.iter().copied().zip(0_u32..).collect();
    let children: Vec<Vec<u32>> = products
        .values()
        .map(|product| {
            let lines = product.recipe.iter().flat_map(|recipe| &recipe.lines);
            lines
                .filter_map(|line| numbers.get(line.item_id.as_str()).copied())
                .collect()
        })
        .collect();
    match order_by_low_level_code(&children) {
        Some(_) => None,
        None => Some(closed_path(&find_cycle(&children), &ids)),
    }
}

/// Sorts products by low-level code, the longest way down from anything sold; `None` when there is a cycle. Children
/// beyond the products are ingredients and do not matter.
fn order_by_low_level_code(children: &[Vec<u32>]) -> Option<Vec<u32>> {
    let mut open_parents = vec![0_u32; children.len()];
    for child in children.iter().flatten() {
        if let Some(count) = open_parents.get_mut(*child as usize) {
            *count += 1;
        }
    }
    let mut codes = vec![0_u32; children.len()];
    let mut order: Vec<u32> = (0_u32..)
        .zip(&open_parents)
        .filter_map(|(node, count)| (*count == 0).then_some(node))
        .collect();
    let mut next = 0;
    while let Some(&parent) = order.get(next) {
        next += 1;
        for &child in &children[parent as usize] {
            let Some(count) = open_parents.get_mut(child as usize) else {
                continue;
            };
            *count -= 1;
            codes[child as usize] = codes[child as usize].max(codes[parent as usize] + 1);
            if *count == 0 {
                order.push(child);
            }
        }
    }
    if order.len() < children.len() {
        return None;
    }
    order.sort_unstable_by_key(|node| (codes[*node as usize], *node));
    Some(order)
}

/// The cycle met first when walking down from the lowest node, always to the lowest child that leads to a cycle.
/// Iterative, because a chain of recipes may be longer than a stack is deep. Only called when there is a cycle.
fn find_cycle(children: &[Vec<u32>]) -> Vec<u32> {
    let mut parents: Vec<Vec<u32>> = vec![Vec::new(); children.len()];
    let mut open_children = vec![0_usize; children.len()];
    for (parent, its_children) in (0_u32..).zip(children) {
        for child in its_children {
            if let Some(its_parents) = parents.get_mut(*child as usize) {
                its_parents.push(parent);
                open_children[parent as usize] += 1;
            }
        }
    }
    // What cannot reach a cycle is taken away from the bottom; whatever stays has a child that stays.
    let mut done: Vec<u32> = (0_u32..)
        .zip(&open_children)
        .filter_map(|(node, count)| (*count == 0).then_some(node))
        .collect();
    while let Some(node) = done.pop() {
        for &parent in &parents[node as usize] {
            open_children[parent as usize] -= 1;
            if open_children[parent as usize] == 0 {
                done.push(parent);
            }
        }
    }
    let stays = |node: &u32| open_children.get(*node as usize).is_some_and(|count| *count > 0);
    let mut path = Vec::new();
    let mut on_path = BTreeSet::new();
    let mut current = (0_u32..)
        .zip(children)
        .map(|(node, _)| node)
        .find(|node| stays(node));
    while let Some(node) = current {
        if !on_path.insert(node) {
            path.drain(..path.iter().position(|seen| *seen == node).unwrap_or(0));
            break;
        }
        path.push(node);
        current = children[node as usize]
            .iter()
            .copied()
            .filter(|child| stays(child))
            .min();
    }
    let lowest = path.iter().enumerate().min_by_key(|(_, node)| **node);
    let lowest = lowest.map_or(0, |(position, _)| position);
    path.rotate_left(lowest);
    path
}

fn closed_path(cycle: &[u32], ids: &[&str]) -> Vec<String> {
    cycle
        .iter()
        .chain(cycle.first())
        .filter_map(|node| ids.get(*node as usize))
        .map(|id| (*id).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{ingredient, product};

    fn products(rows: &[(&str, &[&str])]) -> BTreeMap<String, Product> {
        rows.iter()
            .map(|(id, items)| {
                let lines: Vec<(&str, &str)> = items.iter().map(|item| (*item, "1")).collect();
                ((*id).to_owned(), product(id, "1", &lines))
            })
            .collect()
    }

    // D60
    #[test]
    fn a_cycle_is_named_from_its_lowest_id_and_closed() {
        let cyclic = products(&[
            ("bun", &["dough"]),
            ("dough", &["starter"]),
            ("starter", &["flour", "dough"]),
        ]);
        assert_eq!(recipe_cycle(&cyclic).unwrap(), ["dough", "starter", "dough"]);
        let own = products(&[("a", &["b"]), ("b", &["b"])]);
        assert_eq!(recipe_cycle(&own).unwrap(), ["b", "b"]);
        let tree = products(&[("a", &["b", "c"]), ("b", &["c", "c"]), ("c", &["flour"])]);
        assert_eq!(recipe_cycle(&tree), None);
    }

    // D60: a chain of recipes much longer than a call stack would bear.
    #[test]
    fn deep_chains_are_walked_without_recursion() {
        let id = |number: usize| format!("p{number:06}");
        let mut chain: BTreeMap<String, Product> = (0..50_000)
            .map(|number| (id(number), product(&id(number), "1", &[(&id(number + 1), "1")])))
            .collect();
        assert_eq!(recipe_cycle(&chain), None);
        chain.insert(id(50_000), product(&id(50_000), "1", &[(&id(0), "1")]));
        assert_eq!(recipe_cycle(&chain).unwrap().len(), 50_002);
    }

    // D60
    #[test]
    fn a_product_comes_after_everything_it_goes_into() {
        let catalog = Catalog {
            // z is used by a directly and by way of m: its low-level code is 2.
            products: products(&[("a", &["z", "m"]), ("m", &["z"]), ("z", &["flour", "sand"])]),
            ingredients: BTreeMap::from([("flour".to_owned(), ingredient("flour"))]),
            suppliers: BTreeMap::new(),
        };
        let bill = BillOfMaterials::new(&catalog).unwrap();
        let order = ["a", "m", "z"].map(|id| bill.node(id).unwrap());
        assert_eq!(bill.by_low_level_code(), order);
        assert_eq!(bill.node("flour"), Some(3));
        assert_eq!(bill.unknown_items(), [(2, "sand")]);
    }
}
