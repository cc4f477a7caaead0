//! Handlers: each parses, calls one use case and presents. None touches the store.

pub mod alerts;
pub mod catalog;
pub mod customers;
pub mod docs;
pub mod health;
pub mod orders;
pub mod plans;
pub mod settings;

use super::endpoint::Endpoint;

/// Every endpoint, for serving the whole API in one process: tests do, functions do not, so that each function links
/// only its own code.
pub fn all() -> Vec<Endpoint> {
    let mut endpoints = vec![
        health::ENDPOINT,
        orders::status::ENDPOINT,
        orders::demand::ENDPOINT,
        orders::dashboard::ENDPOINT,
        orders::business_model::ENDPOINT,
        orders::create::ENDPOINT,
        orders::list::ENDPOINT,
        orders::get::ENDPOINT,
        orders::update_status::ENDPOINT,
        orders::amend::ENDPOINT,
        orders::update_item::ENDPOINT,
        orders::history::ENDPOINT,
        orders::record_payment::ENDPOINT,
        customers::create::ENDPOINT,
        customers::list::ENDPOINT,
        customers::get::ENDPOINT,
        customers::update::ENDPOINT,
        customers::erase::ENDPOINT,
        customers::export::ENDPOINT,
        catalog::import::ENDPOINT,
        catalog::import_sales_history::ENDPOINT,
        plans::start::ENDPOINT,
        plans::list::ENDPOINT,
        plans::get::ENDPOINT,
        plans::simulate::ENDPOINT,
        plans::update_status::ENDPOINT,
        plans::update_requirement::ENDPOINT,
        plans::proposal::ENDPOINT,
        alerts::list::ENDPOINT,
        alerts::update_status::ENDPOINT,
        settings::get::ENDPOINT,
        settings::update::ENDPOINT,
    ];
    endpoints.extend_from_slice(docs::ENDPOINTS);
    endpoints.extend_from_slice(catalog::get::ENDPOINTS);
    endpoints.extend_from_slice(catalog::put::ENDPOINTS);
    endpoints
}
