//! What the plan as a whole could not take into account (D60).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::input::PlanInput;
use crate::catalog::Catalog;

/// The kinds of warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// Open orders whose delivery date has passed: no demand (D60).
    OverdueOrders,
    /// Sold products that the catalog does not know: not planned.
    UnknownProduct,
    /// Products without a recipe and without an ingredient of the same id: not planned (D60).
    ProductWithoutRecipe,
    /// Recipes that yield nothing: not planned.
    InvalidRecipe,
    /// Recipe lines whose item is neither an ingredient nor a product with a recipe: not planned.
    UnknownItem,
    /// Offers of suppliers that the catalog does not know: taken as active, reliable and always working.
    UnknownSupplier,
    /// Ingredients whose ordering method lacks what it needs: planned lot for lot (D64).
    OrderingParametersMissing,
    /// Ingredients without a `safety_stock_quantity` of their own: planned without safety stock (D62).
    SafetyStockQuantityMissing,
    /// Ingredients of whose demand nobody knows how much it varies: their safety stock is a percentage (D62).
    DemandDeviationMissing,
}

/// Something the plan as a whole could not take into account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What it is.
    pub code: WarningCode,
    /// Ids of the orders, products, items, suppliers or ingredients it is about, sorted.
    pub references: Vec<String>,
    /// Why, and what to do.
    pub message: String,
}

/// Ids met while planning, to be put into sentences at the end.
#[derive(Debug, Default)]
pub(super) struct Findings<'a> {
    ids: BTreeMap<WarningCode, BTreeSet<&'a str>>,
}

impl<'a> Findings<'a> {
    pub(super) fn add(&mut self, code: WarningCode, id: &'a str) {
        self.ids.entry(code).or_default().insert(id);
    }

    /// Notes an id that is needed and can neither be made nor bought, under its reason.
    pub(super) fn add_unplannable(&mut self, catalog: &Catalog, id: &'a str, otherwise: WarningCode) {
        let code = match catalog.products.get(id) {
            None => otherwise,
            Some(product) => match &product.recipe {
                Some(recipe) if !recipe.lines.is_empty() => WarningCode::InvalidRecipe,
                _ => WarningCode::ProductWithoutRecipe,
            },
        };
        self.add(code, id);
    }

    /// The warnings of the plan: one per kind, naming everything it is about.
    pub(super) fn into_warnings(mut self, input: &'a PlanInput) -> Vec<Warning> {
        for order in &input.overdue_orders {
            self.add(WarningCode::OverdueOrders, order);
        }
        self.ids
            .into_iter()
            .map(|(code, ids)| {
                let references: Vec<String> = ids.into_iter().map(str::to_owned).collect();
                Warning {
                    code,
                    message: message(code, &references),
                    references,
                }
            })
            .collect()
    }
}

/// How many ids a sentence lists before it only counts the others.
const LISTED: usize = 5;

fn message(code: WarningCode, references: &[String]) -> String {
    let shown = references
        .iter()
        .take(LISTED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let list = match references.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    };
    match code {
        WarningCode::OverdueOrders => format!(
            "Open orders whose delivery date has passed are not planned: {list}. Deliver, re-date or cancel them."
        ),
        WarningCode::UnknownProduct => {
            format!("Products in demand that the catalog does not know are not planned: {list}. Add them.")
        }
        WarningCode::ProductWithoutRecipe => format!(
            "Products without a recipe and without an ingredient of the same id are not planned: {list}. Add a recipe or an ingredient."
        ),
        WarningCode::InvalidRecipe => {
            format!("Recipes that yield nothing are not planned: {list}. Give them a yield_quantity above 0.")
        }
        WarningCode::UnknownItem => format!(
            "Items of recipes that are neither an ingredient nor a product with a recipe are not planned: {list}. Add them or correct the recipes."
        ),
        WarningCode::UnknownSupplier => format!(
            "Suppliers that the catalog does not know are taken as active, fully reliable and working every day: {list}. Add them."
        ),
        WarningCode::OrderingParametersMissing => format!(
            "The ordering method of these ingredients lacks what it needs, so that they were planned lot_for_lot: {list}. Give them a fixed_quantity, periods, or a setup_cost and a holding_cost_per_day above 0."
        ),
        WarningCode::SafetyStockQuantityMissing => format!(
            "Safety stock is fixed, and these ingredients name none: {list}. Give them a safety_stock_quantity."
        ),
        WarningCode::DemandDeviationMissing => format!(
            "Nobody knows how much the demand for these ingredients varies, so that their safety stock is a percentage: {list}. Import a sales history of the products that need them."
        ),
    }
}
