//! What is expected to be sold, as a plan takes it: forecasts, how much they may be wrong, and what is said where there are
//! none (D61, D62, D70).

use std::collections::BTreeSet;

use orders_domain::catalog::Catalog;
use orders_domain::decimal::Quantity;
use orders_domain::forecasting::MINIMUM_OBSERVATIONS;
use orders_domain::planning::{DemandDeviation, Forecast};

use super::gather::Scope;
use super::rows::MAX_REFERENCES;
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::plans::PlanWarning;
use crate::usecases::forecasts::{self, Forecasts, SourcedForecast, Upkeep};

/// What is expected to be sold. A plan makes its forecasts and keeps them for others; a what-if takes those of today where
/// they reach far enough.
pub(super) async fn expected(
    app: &App,
    access: &Access,
    scope: &Scope,
    catalog: &Catalog,
    upkeep: Upkeep,
) -> Result<Forecasts, Problem> {
    if !scope.parameters.use_forecast {
        return Ok(Forecasts::default());
    }
    if upkeep == Upkeep::ReadOnly
        && let Some(kept) = forecasts::latest(app, access).await?
        && kept.reaches(scope.today, scope.end)
    {
        return Ok(kept.forecasts);
    }
    let made = forecasts::make(app, access, &sold(catalog), (scope.today, scope.end), upkeep).await?;
    if upkeep == Upkeep::BringUpToDate {
        forecasts::keep(app, access, scope.today, &made).await?;
    }
    Ok(made)
}

/// The products that may be sold: not those that only go into others.
fn sold(catalog: &Catalog) -> Vec<String> {
    let recipes = catalog
        .products
        .values()
        .filter_map(|product| product.recipe.as_ref());
    let components: BTreeSet<&str> = recipes
        .flat_map(|recipe| &recipe.lines)
        .map(|line| line.item_id.as_str())
        .collect();
    let is_sold = |id: &str, price: bool| price || !components.contains(id);
    let products = catalog.products.iter();
    products
        .filter(|(id, product)| is_sold(id, product.price.is_some()))
        .map(|(id, _)| id.clone())
        .collect()
}

pub(super) fn forecast_demand(forecasts: &[SourcedForecast]) -> Vec<Forecast> {
    let of_product = |row: &SourcedForecast| {
        let product_id = row.product_id.clone();
        let days = row.forecast.days.clone().into_iter();
        days.filter(|day| day.quantity > Quantity::ZERO)
            .map(move |day| Forecast {
                product_id: product_id.clone(),
                date: day.date,
                quantity: day.quantity,
            })
    };
    forecasts.iter().flat_map(of_product).collect()
}

pub(super) fn deviation(row: &SourcedForecast) -> DemandDeviation {
    DemandDeviation {
        product_id: row.product_id.clone(),
        standard_deviation: row.forecast.standard_deviation,
    }
}

/// What is said of products that are sold and not forecast; nothing where there are none.
pub(super) fn not_forecast(products: &[String]) -> Option<PlanWarning> {
    (!products.is_empty()).then(|| PlanWarning {
        code: "too_little_history".into(),
        message: format!(
            "Some products were sold on fewer than {MINIMUM_OBSERVATIONS} days of late and are not forecast: only orders of \
             them are planned."
        ),
        reference_count: u32::try_from(products.len()).unwrap_or(u32::MAX),
        references: products.iter().take(MAX_REFERENCES).cloned().collect(),
    })
}

/// What is said of a source that did not answer.
pub(super) fn warning(source: &str) -> PlanWarning {
    let message = match source {
        "inventory" => {
            "Inventory did not answer: stock, receipts, suppliers and recipes are those of the service's own catalog. \
             Check them, or run the plan again."
        }
        "sales" => {
            "The sales partner did not answer for all products: those are forecast from imported sales or past orders, \
             or not at all. Check what is usually sold without an order."
        }
        _ => {
            "There was no time to count all past orders: some products are forecast from older ones, or not at all. \
             The next plan goes on counting."
        }
    };
    PlanWarning {
        code: format!("{source}_unavailable"),
        message: message.into(),
        reference_count: 0,
        references: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use orders_domain::catalog::{Product, Recipe, RecipeLine};
    use orders_domain::decimal::UnitPrice;

    use super::*;

    #[test]
    fn what_only_goes_into_others_is_not_sold() {
        // D70
        let product = |id: &str, price: Option<UnitPrice>, item: &str| {
            let line = RecipeLine {
                item_id: item.into(),
                ..RecipeLine::default()
            };
            let recipe = Recipe {
                lines: vec![line],
                ..Recipe::default()
            };
            let product = Product {
                id: id.into(),
                price,
                recipe: Some(recipe),
                ..Product::default()
            };
            (id.to_owned(), product)
        };
        let price = Some(UnitPrice::from_scaled(10_000));
        let catalog = Catalog {
            products: [
                product("bread", price, "dough"),
                product("dough", None, "starter"),
                product("starter", price, "flour"),
                product("cake", None, "flour"),
            ]
            .into(),
            ..Catalog::default()
        };
        assert_eq!(sold(&catalog), ["bread", "cake", "starter"]);
    }
}
