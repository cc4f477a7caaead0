//! Changing a tenant's settings (D13). Each change is one version and one entry of their history.

use std::collections::BTreeMap;

use orders_domain::pricing::PricingRule;

use super::{SettingsState, state, version};
use crate::app::App;
use crate::auth::Access;
use crate::http::endpoint::check_if_match;
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::settings::{Contradiction, PRICING_RULES, SettingValue, SettingsOverrides};
use crate::store::keys::{self, Index};
use crate::store::settings::{SettingChange, SettingsChange, SettingsHistoryPart, TenantSettings};
use crate::store::{Query, StoreError};

/// How often a lost race is tried again before the caller is told.
const ATTEMPTS: usize = 5;

/// What is to change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SettingsPatch {
    /// By lower-case name the tenant's new value; none returns to the deployment's.
    pub values: BTreeMap<&'static str, Option<SettingValue>>,
    /// The new pricing rules, all of them.
    pub pricing_rules: Option<Vec<PricingRule>>,
}

/// Changes the settings; what is as it was makes no version.
///
/// # Errors
/// 412, 422 for values that contradict each other and for another currency once there are orders, 409
/// `version-conflict`.
pub async fn update(
    app: &App,
    access: &Access,
    patch: &SettingsPatch,
    if_match: Option<u64>,
) -> Result<SettingsState, Problem> {
    let store = app.tenant_store(access);
    for _ in 0..ATTEMPTS {
        let record = store.settings().await?;
        let read = version(record.as_ref());
        check_if_match(if_match, read)?;
        let before = record
            .as_ref()
            .map(|record| record.overrides.clone())
            .unwrap_or_default();
        let after = patch.applied_to(&before);
        let changes = differences(&before, &after)?;
        if changes.is_empty() {
            return Ok(state(app, access, record).await?);
        }
        judge(app, access, patch, &before, &after).await?;
        let (next, part) = next(app, access, record, after, changes);
        store.register().await?;
        if store.write_settings(&next, read, part.as_ref()).await? {
            app.forget_settings(access);
            return Ok(state(app, access, Some(next)).await?);
        }
    }
    Err(Problem::new(
        ProblemCode::VersionConflict,
        "The settings kept changing while this change was made; read them again.",
    ))
}

impl SettingsPatch {
    fn applied_to(&self, before: &SettingsOverrides) -> SettingsOverrides {
        let mut after = before.clone();
        for (field, value) in &self.values {
            match value {
                Some(value) => after.values.insert((*field).to_owned(), value.to_string()),
                None => after.values.remove(*field),
            };
        }
        if let Some(rules) = &self.pricing_rules {
            after.pricing_rules.clone_from(rules);
        }
        after
    }

    /// Where to report a contradiction: at the one of the two settings that the request names. None when it names
    /// neither: then it did not make it, and it must not keep the tenant from changing something else.
    fn pointer_to(&self, contradiction: &Contradiction) -> Option<String> {
        [contradiction.name, contradiction.other]
            .into_iter()
            .map(str::to_lowercase)
            .find(|field| self.values.contains_key(field.as_str()))
            .map(|field| format!("/{field}"))
    }
}

/// The rules that need more than a value by itself.
async fn judge(
    app: &App,
    access: &Access,
    patch: &SettingsPatch,
    before: &SettingsOverrides,
    after: &SettingsOverrides,
) -> Result<(), Problem> {
    let deployment = &app.config().settings;
    let contradictions = deployment.contradictions(after);
    let mut errors: Vec<_> = contradictions
        .iter()
        .filter_map(|contradiction| {
            Some(FieldError {
                pointer: patch.pointer_to(contradiction)?,
                code: ProblemCode::InvalidValue,
                detail: format!("{} {}.", contradiction.name, contradiction.detail),
            })
        })
        .collect();
    let currency = |overrides| deployment.overridden(overrides).tenant_currency;
    if currency(before) != currency(after) && has_orders(app, access).await? {
        errors.push(FieldError {
            pointer: "/tenant_currency".into(),
            code: ProblemCode::InvalidValue,
            detail:
                "The currency cannot change once there are orders: their amounts would change their meaning."
                    .into(),
        });
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::fields(errors))
    }
}

async fn has_orders(app: &App, access: &Access) -> Result<bool, StoreError> {
    let first = Query {
        limit: Some(1),
        ..Query::all(Index::Gs1, keys::orders_by_creation(access.tenant()))
    };
    let page = app.tenant_store(access).query(first).await?;
    Ok(!page.items.is_empty())
}

/// What differs, setting by setting.
fn differences(before: &SettingsOverrides, after: &SettingsOverrides) -> Result<Vec<SettingChange>, Problem> {
    let mut names: Vec<_> = before.values.keys().chain(after.values.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut changes: Vec<_> = names
        .into_iter()
        .map(|name| SettingChange {
            name: name.clone(),
            from: before.values.get(name).cloned(),
            to: after.values.get(name).cloned(),
        })
        .filter(|change| change.from != change.to)
        .collect();
    if before.pricing_rules != after.pricing_rules {
        changes.push(SettingChange {
            name: PRICING_RULES.into(),
            from: as_text(&before.pricing_rules)?,
            to: as_text(&after.pricing_rules)?,
        });
    }
    Ok(changes)
}

/// Pricing rules as a history entry keeps them; no rules are none.
fn as_text(rules: &[PricingRule]) -> Result<Option<String>, Problem> {
    if rules.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(rules).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Some(text))
}

/// The next version, and the older changes that no longer fit into it.
fn next(
    app: &App,
    access: &Access,
    record: Option<TenantSettings>,
    overrides: SettingsOverrides,
    changes: Vec<SettingChange>,
) -> (TenantSettings, Option<SettingsHistoryPart>) {
    let (now, actor) = (app.now(), access.actor());
    let mut next = record.unwrap_or_else(|| TenantSettings {
        version: 0,
        write_id: app.ids().fresh(),
        overrides: SettingsOverrides::default(),
        created_at: now,
        created_by: actor.clone(),
        updated_at: now,
        updated_by: actor.clone(),
        history: Vec::new(),
        history_parts: 0,
    });
    next.version += 1;
    next.write_id = app.ids().fresh();
    next.overrides = overrides;
    next.updated_at = now;
    next.updated_by = actor.clone();
    next.history.push(SettingsChange {
        version: next.version,
        changed_at: now,
        changed_by: actor.clone(),
        changes,
    });
    let part = next.split_history();
    (next, part)
}
