//! Sales forecasts (D70): what is expected to be sold of each product, from the best history there is.
//!
//! History comes from the sales partner, else from imported sales, else from past orders, product by product. A plan
//! makes forecasts for the days to come and keeps them, so that whoever asks for demand need not make them again.

mod history;
mod order_history;
mod stored;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use orders_domain::forecasting::forecast;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;

pub use crate::store::forecasts::{HistorySource, SourcedForecast};
pub use stored::{Latest, keep, latest};

/// Days of the past that a forecast learns from: half a year of weekly seasons.
pub(super) const HISTORY_DAYS: u64 = 182;
/// Days that a forecast reaches at least: the longest range of demand that may be asked (D50), also of one a week old.
const REACH_DAYS: u16 = 38;
/// Products after which the runtime may look after something else: computing is not waiting.
const PRODUCTS_IN_A_ROW: usize = 64;

/// The forecasts of a tenant's products.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forecasts {
    /// By product id.
    pub products: Vec<SourcedForecast>,
    /// Products that were sold, but on too few days to learn from.
    pub too_little: Vec<String>,
    /// Sources that did not answer: what they know is not in the forecasts.
    pub degraded_sources: BTreeSet<String>,
}

/// Whether order history may be brought up to date on the way, which writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// Days that have passed since are added to it.
    BringUpToDate,
    /// It is taken as it is.
    ReadOnly,
}

/// Forecasts every product that has a history, from `today` on, at least as far as `end`.
///
/// # Errors
/// When the table does not answer.
pub async fn make(
    app: &App,
    access: &Access,
    products: &[String],
    (today, end): (NaiveDate, NaiveDate),
    upkeep: Upkeep,
) -> Result<Forecasts, Problem> {
    let histories = history::load(app, access, products, today, upkeep).await?;
    let days = u16::try_from((end - today).num_days() + 1).unwrap_or(u16::MAX);
    let mut made = Vec::with_capacity(histories.products.len());
    let mut too_little = Vec::new();
    for (number, (product_id, (source, history))) in histories.products.into_iter().enumerate() {
        match forecast(&history, today, days.max(REACH_DAYS)) {
            Some(forecast) => made.push(SourcedForecast {
                product_id,
                source,
                forecast,
            }),
            None => too_little.push(product_id),
        }
        if number % PRODUCTS_IN_A_ROW == PRODUCTS_IN_A_ROW - 1 {
            tokio::task::yield_now().await;
        }
    }
    Ok(Forecasts {
        products: made,
        too_little,
        degraded_sources: histories.degraded_sources,
    })
}
