//! `GET /catalog/{products,ingredients,suppliers}` and `GET …/{id}`

use orders_domain::catalog::{Ingredient, Product, Supplier};

use super::catalog_id;
use crate::app::App;
use crate::http::dto::catalog::EntryView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::page::{self, ListView};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::store::catalog::CatalogKind;
use crate::usecases::catalog::get;

/// The endpoints.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint!(routes::GET_PRODUCT, product),
    endpoint!(routes::GET_INGREDIENT, ingredient),
    endpoint!(routes::GET_SUPPLIER, supplier),
    endpoint!(routes::LIST_PRODUCTS, products),
    endpoint!(routes::LIST_INGREDIENTS, ingredients),
    endpoint!(routes::LIST_SUPPLIERS, suppliers),
];

async fn product(app: &App, call: &Call) -> Result<Reply, Problem> {
    one::<Product>(app, call, "product_id").await
}

async fn ingredient(app: &App, call: &Call) -> Result<Reply, Problem> {
    one::<Ingredient>(app, call, "ingredient_id").await
}

async fn supplier(app: &App, call: &Call) -> Result<Reply, Problem> {
    one::<Supplier>(app, call, "supplier_id").await
}

async fn products(app: &App, call: &Call) -> Result<Reply, Problem> {
    list::<Product>(app, call).await
}

async fn ingredients(app: &App, call: &Call) -> Result<Reply, Problem> {
    list::<Ingredient>(app, call).await
}

async fn suppliers(app: &App, call: &Call) -> Result<Reply, Problem> {
    list::<Supplier>(app, call).await
}

async fn one<T: CatalogKind>(app: &App, call: &Call, parameter: &str) -> Result<Reply, Problem> {
    let stored = get::get::<T>(app, &call.access, catalog_id(call, parameter)?).await?;
    Ok(Reply::ok(&EntryView::of(call.access.tenant(), &stored)).version(stored.version))
}

async fn list<T: CatalogKind>(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (limit, start) = (call.query.limit()?, page::start(app, call)?);
    let (entries, next) = get::list::<T>(app, &call.access, limit, start).await?;
    let next_cursor = page::next_cursor(app, call, next.as_ref())?;
    let items = entries
        .iter()
        .map(|entry| EntryView::of(call.access.tenant(), entry))
        .collect();
    Ok(Reply::ok(&ListView { items, next_cursor }))
}
