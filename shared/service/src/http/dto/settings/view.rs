//! Settings as answers show them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orders_domain::pricing::PricingRule;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::pricing_rule::PricingRuleView;
use super::schemas::{ChangedValueSchema, SettingsInForceSchema};
use crate::auth::TenantId;
use crate::http::dto::common::ActorView;
use crate::settings::{PRICING_RULES, SettingSource, SettingValue, Settings};
use crate::store::settings::{SettingChange, SettingsChange};
use crate::usecases::settings::SettingsState;

/// A tenant's settings (D13).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
pub struct SettingsView {
    /// The tenant.
    pub tenant_id: Uuid,
    /// 0 before the first change.
    pub version: u64,
    /// Every setting in force.
    #[schema(value_type = SettingsInForceSchema)]
    pub settings: BTreeMap<&'static str, SettingView>,
    /// The latest 20 changes, newest first.
    pub changes: Vec<SettingsChangeView>,
    /// When the first were set; null before.
    pub created_at: Option<DateTime<Utc>>,
    /// Who set the first.
    pub created_by: Option<ActorView>,
    /// When they were last changed; null before the first change.
    pub updated_at: Option<DateTime<Utc>>,
    /// Who changed them last.
    pub updated_by: Option<ActorView>,
}

/// One setting in force.
#[derive(Debug, Serialize)]
pub struct SettingView {
    value: ShownValue,
    source: SettingSource,
}

/// A value as its kind is shown.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ShownValue {
    /// One value.
    One(SettingValue),
    /// The pricing rules.
    Rules(Vec<PricingRuleView>),
}

/// One change of a tenant's settings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingsChange)]
pub struct SettingsChangeView {
    /// The version it made.
    pub version: u64,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// Who.
    pub changed_by: ActorView,
    /// What.
    pub changes: Vec<SettingChangeView>,
}

/// One setting in a change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingChange)]
pub struct SettingChangeView {
    /// Its lower-case name.
    pub name: String,
    /// The tenant's value before; null when the deployment's was in force.
    #[schema(value_type = ChangedValueSchema)]
    pub from: Option<ShownValue>,
    /// The tenant's value after; null when the deployment's is in force again.
    #[schema(value_type = ChangedValueSchema)]
    pub to: Option<ShownValue>,
}

impl SettingsView {
    /// What the answer shows.
    pub fn of(tenant: TenantId, state: &SettingsState) -> Self {
        let record = state.record.as_ref();
        let mut settings: BTreeMap<_, _> = state
            .in_force
            .iter()
            .map(|setting| {
                let view = SettingView {
                    value: ShownValue::One(setting.value.clone()),
                    source: setting.source,
                };
                (setting.definition.field, view)
            })
            .collect();
        let rules = SettingView {
            value: rules(&state.pricing_rules),
            source: if state.pricing_rules.is_empty() {
                SettingSource::Default
            } else {
                SettingSource::Tenant
            },
        };
        settings.insert(PRICING_RULES, rules);
        Self {
            tenant_id: tenant.0,
            version: state.version(),
            settings,
            changes: state.changes.iter().map(SettingsChangeView::of).collect(),
            created_at: record.map(|record| record.created_at),
            created_by: record.map(|record| (&record.created_by).into()),
            updated_at: record.map(|record| record.updated_at),
            updated_by: record.map(|record| (&record.updated_by).into()),
        }
    }
}

impl SettingsChangeView {
    fn of(change: &SettingsChange) -> Self {
        Self {
            version: change.version,
            changed_at: change.changed_at,
            changed_by: (&change.changed_by).into(),
            changes: change.changes.iter().map(SettingChangeView::of).collect(),
        }
    }
}

impl SettingChangeView {
    fn of(change: &SettingChange) -> Self {
        let value = |text: &Option<String>| text.as_deref().map(|text| shown(&change.name, text));
        Self {
            name: change.name.clone(),
            from: value(&change.from),
            to: value(&change.to),
        }
    }
}

/// A value out of the history. One that this code no longer takes, or of a setting it no longer has, is shown as the
/// text it was.
fn shown(name: &str, text: &str) -> ShownValue {
    if name == PRICING_RULES
        && let Ok(stored) = serde_json::from_str::<Vec<PricingRule>>(text)
    {
        return rules(&stored);
    }
    let definition = Settings::DEFINITIONS.iter().find(|known| known.field == name);
    let value = definition.and_then(|definition| definition.check(text).ok());
    ShownValue::One(value.unwrap_or_else(|| SettingValue::Text(text.to_owned())))
}

fn rules(rules: &[PricingRule]) -> ShownValue {
    ShownValue::Rules(rules.iter().map(PricingRuleView::from).collect())
}
