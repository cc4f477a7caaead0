//! `PATCH /customers/{customer_id}`

use crate::app::App;
use crate::http::dto::customers::CustomerView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::customers;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::UPDATE_CUSTOMER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (id, patch) = (call.id("customer_id")?, call.body()?);
    let (customer, standing) =
        customers::update::update(app, &call.access, id, &patch, call.if_match).await?;
    let view = CustomerView::of(call.access.tenant(), &customer, standing);
    Ok(Reply::ok(&view).version(customer.version))
}
