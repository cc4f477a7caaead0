//! A tenant's settings (D13).

pub mod get;
pub mod update;

use orders_domain::pricing::PricingRule;

use crate::app::App;
use crate::auth::Access;
use crate::settings::SettingInForce;
use crate::store::StoreError;
use crate::store::settings::{SettingsChange, TenantSettings};

/// How many of the latest changes an answer shows.
const SHOWN_CHANGES: usize = 20;

/// A tenant's settings: what it has set itself, and what is in force.
#[derive(Debug, Clone)]
pub struct SettingsState {
    /// What the tenant has set; none before the first change.
    pub record: Option<TenantSettings>,
    /// Every setting in force.
    pub in_force: Vec<SettingInForce>,
    /// The pricing rules in force, in the order they are asked.
    pub pricing_rules: Vec<PricingRule>,
    /// The latest changes, newest first.
    pub changes: Vec<SettingsChange>,
}

impl SettingsState {
    /// The version, 0 before the first change.
    pub fn version(&self) -> u64 {
        version(self.record.as_ref())
    }
}

fn version(record: Option<&TenantSettings>) -> u64 {
    record.map_or(0, |record| record.version)
}

/// What an answer shows of a tenant's settings as they were read or written.
async fn state(
    app: &App,
    access: &Access,
    record: Option<TenantSettings>,
) -> Result<SettingsState, StoreError> {
    let overrides = record
        .as_ref()
        .map(|record| record.overrides.clone())
        .unwrap_or_default();
    let changes = match &record {
        Some(record) => latest_changes(app, access, record).await?,
        None => Vec::new(),
    };
    Ok(SettingsState {
        in_force: app.config().settings.in_force(&overrides),
        pricing_rules: overrides.pricing_rules,
        changes,
        record,
    })
}

/// The latest changes, newest first. Only very large ones make the item hold fewer than are shown.
async fn latest_changes(
    app: &App,
    access: &Access,
    record: &TenantSettings,
) -> Result<Vec<SettingsChange>, StoreError> {
    let mut changes: Vec<_> = record.history.iter().rev().cloned().collect();
    let mut part = record.history_parts;
    while changes.len() < SHOWN_CHANGES && part > 0 {
        let older = app.tenant_store(access).settings_history_part(part).await?;
        changes.extend(
            older
                .into_iter()
                .flat_map(|older| older.changes.into_iter().rev()),
        );
        part -= 1;
    }
    changes.truncate(SHOWN_CHANGES);
    Ok(changes)
}
