//! A customer's metrics as the projector writes them: read, changed, and written under their version.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::figures::RowFigures;
use crate::auth::TenantId;
use crate::store::keys;
use crate::store::record::{Item, number};
use crate::store::{n, s};

/// The attributes that hold figures.
pub(super) const NAMES: [&str; 5] = ["o", "s", "x", "fa", "la"];

/// The item as it stands, or none.
#[derive(Debug, Clone, Default)]
pub(super) struct MetricsRow {
    /// Its version; none when it is not there.
    pub(super) version: Option<u64>,
    figures: RowFigures,
}

impl MetricsRow {
    pub(super) fn of(item: Option<&Item>) -> Self {
        let Some(item) = item else {
            return Self::default();
        };
        let figures = NAMES
            .into_iter()
            .filter_map(|name| Some((name, number(item, name)?)));
        Self {
            version: number(item, "ver").and_then(|version| u64::try_from(version).ok()),
            figures: figures.collect(),
        }
    }

    /// Valid orders.
    pub(super) fn orders(&self) -> i64 {
        self.figures.get("o").copied().unwrap_or(0)
    }

    /// Adds what has changed, and takes in when an order was placed.
    pub(super) fn add(&mut self, change: Option<&RowFigures>, placed_at: DateTime<Utc>) {
        for (name, by) in change.into_iter().flatten() {
            let figure = self.figures.entry(name).or_insert(0);
            *figure = figure.saturating_add(*by);
        }
        let at = placed_at.timestamp_millis();
        let first = self.figures.entry("fa").or_insert(at);
        *first = at.min(*first);
        let last = self.figures.entry("la").or_insert(at);
        *last = at.max(*last);
    }

    /// The item of its next version.
    pub(super) fn next_item(&self, tenant: TenantId, customer: Uuid, now: DateTime<Utc>) -> Item {
        let key = keys::customer_metrics(tenant, customer);
        let mut item = Item::from([
            ("pk".to_owned(), s(key.pk)),
            ("sk".to_owned(), s(key.sk)),
            ("k".to_owned(), s("M")),
            ("ver".to_owned(), n(self.version.unwrap_or(0).saturating_add(1))),
            ("ao".to_owned(), n(now.timestamp_millis())),
        ]);
        let figures = self
            .figures
            .iter()
            .map(|(name, figure)| ((*name).to_owned(), n(figure)));
        item.extend(figures);
        item
    }

    /// The same item with other figures.
    pub(super) fn with(mut self, figures: &RowFigures) -> Self {
        self.figures.clone_from(figures);
        self
    }
}
