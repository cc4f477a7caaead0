//! `PUT /catalog/{products,ingredients,suppliers}/{id}`

use orders_domain::catalog::{Ingredient, Product, Supplier};

use super::catalog_id;
use crate::app::App;
use crate::http::dto::catalog::{Body, EntryView, ReadEntry};
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::store::catalog::CatalogKind;
use crate::usecases::catalog::put::{self, Stored};

/// The endpoints.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint!(routes::PUT_PRODUCT, product),
    endpoint!(routes::PUT_INGREDIENT, ingredient),
    endpoint!(routes::PUT_SUPPLIER, supplier),
];

async fn product(app: &App, call: &Call) -> Result<Reply, Problem> {
    let product = entry::<Product>(call, "product_id")?;
    Ok(reply(
        call,
        &put::put_product(app, &call.access, product, call.if_match).await?,
    ))
}

async fn ingredient(app: &App, call: &Call) -> Result<Reply, Problem> {
    let ingredient = entry::<Ingredient>(call, "ingredient_id")?;
    Ok(reply(
        call,
        &put::put_ingredient(app, &call.access, ingredient, call.if_match).await?,
    ))
}

async fn supplier(app: &App, call: &Call) -> Result<Reply, Problem> {
    let supplier = entry::<Supplier>(call, "supplier_id")?;
    Ok(reply(
        call,
        &put::put_supplier(app, &call.access, supplier, call.if_match).await?,
    ))
}

fn entry<T: ReadEntry>(call: &Call, parameter: &str) -> Result<T, Problem> {
    let id = catalog_id(call, parameter)?.to_owned();
    let Body(mut entry) = call.body::<Body<T>>()?;
    entry.set_id(id);
    Ok(entry)
}

fn reply<T: CatalogKind>(call: &Call, stored: &Stored<T>) -> Reply {
    let status = if matches!(stored, Stored::Created(_)) {
        201
    } else {
        200
    };
    let entry = stored.entry();
    Reply::json(status, &EntryView::of(call.access.tenant(), entry)).version(entry.version)
}
