//! The partner services (§14), each behind a trait: a use case knows no HTTP, and a test can stand in for a partner.
//!
//! A partner that does not answer never fails a request; the answer says what was left unchecked. What a partner must be
//! told waits in the queue until it is back.

pub mod breaker;
pub mod client;
pub mod deadline;
mod inventory;
mod notification;
mod production;
pub mod request_id;
mod retry_budget;
mod sales;
mod stock;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use orders_domain::catalog::Catalog;
use orders_domain::decimal::Quantity;
use serde_json::Value;
use uuid::Uuid;

use self::breaker::BreakerState;
use self::client::{HttpClient, Surroundings};
use self::inventory::HttpInventory;
use self::notification::HttpNotification;
use self::production::HttpProduction;
use self::sales::HttpSales;
use crate::auth::Grant;
use crate::config::Config;
use crate::ports::{Clock, Ids};

/// The partners that are there; none where its address is not set.
#[derive(Clone, Default)]
pub struct Partners {
    /// Who knows what is in stock.
    pub inventory: Option<Arc<dyn Inventory>>,
    /// Who makes what is ordered.
    pub production: Option<Arc<dyn Production>>,
    /// Who knows what was sold.
    pub sales: Option<Arc<dyn Sales>>,
    /// Who tells customers.
    pub notification: Option<Arc<dyn Notification>>,
}

impl Partners {
    /// The partners whose addresses the configuration gives, over HTTP.
    pub fn over_http(config: &Config, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let around = Surroundings {
            http: Arc::new(HttpClient::default()),
            clock,
            ids,
            token: config.partner_token.clone(),
        };
        let at = |name| config.partner_url(name).map(|url| (url, around.clone()));
        Self {
            inventory: at("inventory").map(|(url, around)| Arc::new(HttpInventory::new(url, around)) as _),
            production: at("production").map(|(url, around)| Arc::new(HttpProduction::new(url, around)) as _),
            sales: at("sales").map(|(url, around)| Arc::new(HttpSales::new(url, around)) as _),
            notification: at("notification")
                .map(|(url, around)| Arc::new(HttpNotification::new(url, around)) as _),
        }
    }

    /// Each partner by name, with the state of its breaker in this process; none for one that is not there.
    pub fn breakers(&self) -> [(&'static str, Option<BreakerState>); 4] {
        [
            (
                "inventory",
                self.inventory.as_ref().map(|partner| partner.breaker()),
            ),
            (
                "production",
                self.production.as_ref().map(|partner| partner.breaker()),
            ),
            ("sales", self.sales.as_ref().map(|partner| partner.breaker())),
            (
                "notification",
                self.notification.as_ref().map(|partner| partner.breaker()),
            ),
        ]
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

    /// Everything that planning needs to know: stock, receipts, suppliers and recipes.
    ///
    /// # Errors
    /// [`PartnerError`] when there is no answer to rely on.
    fn stock<'a>(&'a self, grant: &'a Grant) -> BoxFuture<'a, Result<Catalog, PartnerError>>;

    /// Where its breaker stands.
    fn breaker(&self) -> BreakerState;
}

/// Makes what is ordered.
pub trait Production: Send + Sync {
    /// Tells what is to be made of an order. The event's id is the key: the same request again is no second one.
    ///
    /// # Errors
    /// [`PartnerError`] when it was not taken, as far as is known.
    fn request<'a>(&'a self, event_id: Uuid, body: &'a Value) -> BoxFuture<'a, Result<(), PartnerError>>;

    /// What can be made on a day.
    ///
    /// # Errors
    /// [`PartnerError`] when there is no answer to rely on.
    fn capacity<'a>(
        &'a self,
        grant: &'a Grant,
        date: NaiveDate,
    ) -> BoxFuture<'a, Result<Capacity, PartnerError>>;

    /// Where its breaker stands.
    fn breaker(&self) -> BreakerState;
}

/// Knows what was sold.
pub trait Sales: Send + Sync {
    /// What was sold of a product from a day to another, both included; days without a sale may be left out.
    ///
    /// # Errors
    /// [`PartnerError`] when there is no answer to rely on.
    fn history<'a>(
        &'a self,
        grant: &'a Grant,
        product_id: &'a str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> BoxFuture<'a, Result<BTreeMap<NaiveDate, Quantity>, PartnerError>>;

    /// Where its breaker stands.
    fn breaker(&self) -> BreakerState;
}

/// Tells customers how their orders stand.
pub trait Notification: Send + Sync {
    /// Sends a notification. The event's id is the key: the same again is no second one.
    ///
    /// # Errors
    /// [`PartnerError`] when it was not taken, as far as is known.
    fn notify<'a>(&'a self, event_id: Uuid, body: &'a Value) -> BoxFuture<'a, Result<(), PartnerError>>;

    /// Where its breaker stands.
    fn breaker(&self) -> BreakerState;
}

/// What production can make on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Units; none where it does not count them.
    pub units: Option<Quantity>,
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
    /// It is down.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// It is slower than a caller can wait.
    #[error("no answer in time")]
    TimedOut,
    /// The invocation ends too soon for an answer to be of use: it was not asked.
    #[error("there is no time left to ask")]
    NoTimeLeft,
    /// It answered with a status that is no success.
    #[error("status {0}")]
    Status(u16),
    /// Its answer is longer than is read.
    #[error("the answer is too large")]
    TooLarge,
    /// Its answer is not what was agreed.
    #[error("the answer is not as agreed: {0}")]
    Invalid(String),
    /// It failed so often in a row that it is not asked for a while.
    #[error("it is not asked for a while: it has failed several times in a row")]
    BreakerOpen,
}
