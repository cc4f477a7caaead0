//! What partners were told of events: so that an event that comes again tells only who has not heard (§14).

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::keys;
use super::{StoreError, TenantStore, n, s};

/// How long a delivery is remembered: longer than any queue keeps an event.
const KEPT_FOR: TimeDelta = TimeDelta::days(30);

impl TenantStore<'_> {
    /// Whether a partner has taken what an event tells it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn was_told(&self, event: Uuid, partner: &str) -> Result<bool, StoreError> {
        let key = keys::partner_delivery(self.tenant(), event, partner);
        Ok(self.get_item(&key).await?.is_some())
    }

    /// Remembers that it has.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn note_told(&self, event: Uuid, partner: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let key = keys::partner_delivery(self.tenant(), event, partner);
        let item = [
            ("pk", s(key.pk)),
            ("sk", s(key.sk)),
            ("k", s("F")),
            ("at", n(at.timestamp_millis())),
            ("ttl", n((at + KEPT_FOR).timestamp())),
        ];
        let item = item.into_iter().map(|(name, value)| (name.to_owned(), value));
        self.overwrite(item.collect()).await
    }
}
