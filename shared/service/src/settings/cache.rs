//! What a warm process remembers of tenants' settings, for at most SETTINGS_CACHE_SECONDS (D13).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use super::Settings;
use crate::auth::TenantId;

/// Tenants a process remembers. Beyond that it starts afresh, which costs one read for each that comes again.
const MOST_TENANTS: usize = 1_000;

/// Settings by tenant, each with the time it was read.
#[derive(Debug)]
pub struct SettingsCache {
    lifetime: TimeDelta,
    known: Mutex<HashMap<TenantId, Known>>,
}

#[derive(Debug)]
struct Known {
    read_at: DateTime<Utc>,
    settings: Arc<Settings>,
}

impl SettingsCache {
    /// Remembers for this many seconds; with 0 it remembers nothing.
    pub fn lasting(seconds: u32) -> Self {
        Self {
            lifetime: TimeDelta::seconds(i64::from(seconds)),
            known: Mutex::new(HashMap::new()),
        }
    }

    /// The settings of a tenant, when they were read recently enough.
    pub fn fresh(&self, tenant: TenantId, now: DateTime<Utc>) -> Option<Arc<Settings>> {
        let known = self.known.lock().ok()?;
        let entry = known.get(&tenant)?;
        (now - entry.read_at < self.lifetime).then(|| entry.settings.clone())
    }

    /// Remembers what was read at `now`.
    pub fn keep(&self, tenant: TenantId, now: DateTime<Utc>, settings: Arc<Settings>) {
        if self.lifetime.is_zero() {
            return;
        }
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST_TENANTS {
                known.clear();
            }
            known.insert(
                tenant,
                Known {
                    read_at: now,
                    settings,
                },
            );
        }
    }

    /// Forgets a tenant's settings.
    pub fn forget(&self, tenant: TenantId) {
        if let Ok(mut known) = self.known.lock() {
            known.remove(&tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn settings() -> Arc<Settings> {
        Arc::new(Settings::read(|_| None).unwrap())
    }

    #[test]
    fn settings_are_remembered_for_their_lifetime_and_no_longer() {
        // D13
        let (tenant, read_at) = (TenantId(Uuid::from_u128(1)), DateTime::UNIX_EPOCH);
        let cache = SettingsCache::lasting(60);
        cache.keep(tenant, read_at, settings());
        assert!(cache.fresh(tenant, read_at + TimeDelta::seconds(59)).is_some());
        assert!(cache.fresh(tenant, read_at + TimeDelta::seconds(60)).is_none());
        assert!(cache.fresh(TenantId(Uuid::from_u128(2)), read_at).is_none());
        cache.forget(tenant);
        assert!(cache.fresh(tenant, read_at).is_none());
    }

    #[test]
    fn a_lifetime_of_nothing_remembers_nothing() {
        // D13
        let (tenant, now) = (TenantId(Uuid::from_u128(1)), DateTime::UNIX_EPOCH);
        let cache = SettingsCache::lasting(0);
        cache.keep(tenant, now, settings());
        assert!(cache.fresh(tenant, now).is_none());
    }
}
