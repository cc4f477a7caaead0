//! `POST /customers`

use crate::app::App;
use crate::http::dto::customers::CustomerView;
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::customers;
use crate::usecases::customers::get::Standing;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::CREATE_CUSTOMER, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let identity = call.identity(app)?;
    let created = customers::create::create(app, &call.access, call.body()?, identity).await?;
    let (customer, replayed) = created.into_parts();
    // A replay shows the current state, its credit included; a new customer owes nothing.
    let standing = if replayed {
        customers::get::get(app, &call.access, customer.id).await?.1
    } else {
        Standing::default()
    };
    let view = CustomerView::of(call.access.tenant(), &customer, standing);
    let location = format!("customers/{}", customer.id);
    Ok(Reply::json(201, &view)
        .version(customer.version)
        .location(location)
        .replayed(replayed))
}
