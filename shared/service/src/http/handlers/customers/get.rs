//! `GET /customers/{customer_id}`

use crate::app::App;
use crate::http::dto::customers::CustomerView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::customers;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::GET_CUSTOMER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let (customer, standing) = customers::get::get(app, &call.access, call.id("customer_id")?).await?;
    let view = CustomerView::of(call.access.tenant(), &customer, standing);
    Ok(Reply::ok(&view).version(customer.version))
}
