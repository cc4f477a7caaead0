//! A tenant's settings at rest: what it has set and who changed what. The latest changes stand in the item; older ones
//! move to parts beside it, in the transaction that makes the newest, so that the audit is complete and the item small.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, Keys};
use super::orders::is_none_yet;
use super::record::{Record, Versioned, to_item};
use super::{Inserted, Replaced, StoreError, TenantStore};
use crate::auth::{Actor, TenantId};
use crate::settings::SettingsOverrides;

/// Changes that the item keeps in any case, unless they are very large.
const KEPT_CHANGES: usize = 100;
/// Changes that move to a part together.
const CHANGES_OF_A_PART: usize = 50;
/// Bytes of changes that the item keeps, so that reading settings stays cheap.
const LARGEST_HISTORY: usize = 64 * 1024;

/// A tenant's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// 1 for the first that were ever set.
    #[serde(rename = "ver")]
    pub version: u64,
    /// The stamp of the write that made this version.
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// What is set.
    #[serde(rename = "b")]
    pub overrides: SettingsOverrides,
    /// When the first were set.
    #[serde(rename = "ca", with = "ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// Who set the first.
    #[serde(rename = "by")]
    pub created_by: Actor,
    /// When they were last changed.
    #[serde(rename = "ua", with = "ts_milliseconds")]
    pub updated_at: DateTime<Utc>,
    /// Who changed them last.
    #[serde(rename = "ub")]
    pub updated_by: Actor,
    /// The latest changes, oldest first.
    #[serde(rename = "h")]
    pub history: Vec<SettingsChange>,
    /// How many parts of older changes stand beside the settings.
    #[serde(rename = "hp", default, skip_serializing_if = "is_none_yet")]
    pub history_parts: u32,
}

/// A part of the changes that the settings themselves no longer hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingsHistoryPart {
    /// 1 for the oldest.
    #[serde(rename = "n")]
    pub number: u32,
    /// The changes, oldest first.
    #[serde(rename = "h")]
    pub changes: Vec<SettingsChange>,
}

/// One change of a tenant's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingsChange {
    /// The version it made.
    #[serde(rename = "v")]
    pub version: u64,
    /// When.
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub changed_at: DateTime<Utc>,
    /// Who.
    #[serde(rename = "b")]
    pub changed_by: Actor,
    /// What.
    #[serde(rename = "c")]
    pub changes: Vec<SettingChange>,
}

/// One setting in a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingChange {
    /// Its lower-case name.
    #[serde(rename = "n")]
    pub name: String,
    /// The tenant's value before; none when the deployment's was in force.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The tenant's value after; none when the deployment's is in force again.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Record for TenantSettings {
    const KIND: &'static str = "CFG";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::settings(tenant))
    }
}

impl Versioned for TenantSettings {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

impl Record for SettingsHistoryPart {
    const KIND: &'static str = "CFGH";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::history_part(&keys::settings(tenant), self.number))
    }
}

impl SettingsChange {
    /// About what it takes in the item, in bytes.
    fn size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let actor = self.changed_by.user_id.len() + text(&self.changed_by.name) + self.changed_by.role.len();
        let changes = self.changes.iter();
        let sizes = changes.map(|change| change.name.len() + text(&change.from) + text(&change.to) + 16);
        actor + sizes.sum::<usize>() + 48
    }
}

impl TenantSettings {
    /// Takes the oldest changes out when there are too many: the part to be written beside the settings.
    pub fn split_history(&mut self) -> Option<SettingsHistoryPart> {
        let length = self.history.len();
        let mut moved = if length >= KEPT_CHANGES + CHANGES_OF_A_PART {
            length - KEPT_CHANGES
        } else {
            0
        };
        let sizes: Vec<_> = self.history.iter().map(SettingsChange::size).collect();
        let mut kept: usize = sizes.iter().skip(moved).sum();
        for size in sizes.iter().take(length.saturating_sub(1)).skip(moved) {
            if kept > LARGEST_HISTORY {
                kept -= size;
                moved += 1;
            }
        }
        (moved > 0).then(|| {
            self.history_parts += 1;
            SettingsHistoryPart {
                number: self.history_parts,
                changes: self.history.drain(..moved).collect(),
            }
        })
    }
}

impl TenantStore<'_> {
    /// A tenant's settings, as of now; none when it has never set any.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn settings(&self) -> Result<Option<TenantSettings>, StoreError> {
        self.get(&keys::settings(self.tenant)).await
    }

    /// What the tenant has set; nothing when it never has.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn settings_overrides(&self) -> Result<SettingsOverrides, StoreError> {
        let settings = self.settings().await?;
        Ok(settings.map(|settings| settings.overrides).unwrap_or_default())
    }

    /// A part of the older changes.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn settings_history_part(
        &self,
        number: u32,
    ) -> Result<Option<SettingsHistoryPart>, StoreError> {
        self.get(&keys::history_part(&keys::settings(self.tenant), number))
            .await
    }

    /// Writes the next version of the settings over the version that was read, 0 for none, with the part of older
    /// changes that left them; whether it was written, which it is not when somebody else was first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn write_settings(
        &self,
        settings: &TenantSettings,
        read: u64,
        part: Option<&SettingsHistoryPart>,
    ) -> Result<bool, StoreError> {
        let Some(part) = part else {
            return Ok(match read {
                0 => matches!(self.insert(settings).await?, Inserted::Now),
                _ => matches!(self.replace(settings, read).await?, Replaced::Now),
            });
        };
        let over = self.put_op(to_item(self.tenant, settings)?, Some(read))?;
        let beside = self.put_op(to_item(self.tenant, part)?, None)?;
        if self
            .transact(vec![over, beside], settings.write_id)
            .await?
            .is_ok()
        {
            return Ok(true);
        }
        // Our own stamp means that the first attempt arrived.
        let current = self.settings().await?;
        Ok(current.is_some_and(|current| current.write_id == settings.write_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(changes: usize, text: usize) -> TenantSettings {
        let actor = Actor {
            user_id: "a".into(),
            name: None,
            role: "admin".into(),
        };
        let change = |version| SettingsChange {
            version,
            changed_at: DateTime::UNIX_EPOCH,
            changed_by: actor.clone(),
            changes: vec![SettingChange {
                name: "pricing_rules".into(),
                from: None,
                to: Some("x".repeat(text)),
            }],
        };
        let history: Vec<_> = (1..).map(change).take(changes).collect();
        TenantSettings {
            version: history.len() as u64,
            write_id: Uuid::nil(),
            overrides: SettingsOverrides::default(),
            created_at: DateTime::UNIX_EPOCH,
            created_by: actor.clone(),
            updated_at: DateTime::UNIX_EPOCH,
            updated_by: actor.clone(),
            history,
            history_parts: 0,
        }
    }

    fn versions(changes: &[SettingsChange]) -> Option<(u64, u64)> {
        Some((changes.first()?.version, changes.last()?.version))
    }

    #[test]
    fn the_latest_hundred_changes_stay_and_older_ones_leave_fifty_at_a_time() {
        // D13
        assert_eq!(settings(149, 1).split_history(), None);
        let mut full = settings(150, 1);
        let part = full.split_history().unwrap();
        assert_eq!((part.number, full.history_parts), (1, 1));
        assert_eq!(versions(&part.changes), Some((1, 50)));
        assert_eq!(versions(&full.history), Some((51, 150)));
    }

    #[test]
    fn large_changes_leave_sooner_and_the_newest_never() {
        // D13
        let mut large = settings(5, 30 * 1024);
        let part = large.split_history().unwrap();
        assert_eq!(
            (versions(&part.changes), versions(&large.history)),
            (Some((1, 3)), Some((4, 5)))
        );
        let mut huge = settings(1, 100 * 1024);
        assert_eq!(huge.split_history(), None);
    }
}
