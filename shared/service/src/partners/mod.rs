//! The partner services (§14), each behind a trait: a use case knows no HTTP, and a test can stand in for a partner.
//!
//! A partner that does not answer never fails an order; the answer says what was left unchecked.

mod client;
mod inventory;
pub mod request_id;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use orders_domain::decimal::Quantity;

use self::client::HttpClient;
use self::inventory::HttpInventory;
use crate::auth::Grant;
use crate::config::Config;

/// The partners that are there.
#[derive(Clone, Default)]
pub struct Partners {
    /// Who knows what is in stock; none when INVENTORY_URL is not set.
    pub inventory: Option<Arc<dyn Inventory>>,
}

impl Partners {
    /// The partners whose addresses the configuration gives, over HTTP.
    pub fn over_http(config: &Config) -> Self {
        let http = Arc::new(HttpClient::default());
        let inventory = config.partner_url("inventory").map(|url| {
            let inventory = HttpInventory::new(http, url, config.partner_token.clone());
            Arc::new(inventory) as Arc<dyn Inventory>
        });
        Self { inventory }
    }
}

/// Knows what is in stock.
pub trait Inventory: Send + Sync {
    /// What can be had of each product, for the quantities wanted in all. The answer holds every product that was asked.
    ///
    /// # Errors
    /// [`PartnerError`] when there is no answer to rely on.
    fn availability<'a>(
        &'a self,
        grant: &'a Grant,
        wanted: &'a [(String, Quantity)],
    ) -> BoxFuture<'a, Result<Vec<Availability>, PartnerError>>;
}

/// What inventory says of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The product.
    pub product_id: String,
    /// Whether it can be had at all.
    pub available: bool,
    /// How much of it can be had, where inventory counts it.
    pub quantity: Option<Quantity>,
}

/// Why a partner gave no answer to rely on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartnerError {
    /// It is down, or slower than a caller can wait.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// It answered with a status that is no success.
    #[error("status {0}")]
    Status(u16),
    /// Its answer is longer than is read.
    #[error("the answer is too large")]
    TooLarge,
    /// Its answer is not what was agreed.
    #[error("the answer is not as agreed: {0}")]
    Invalid(String),
}
