//! A deployment's settings and what its tenants put in their place (D13).

use std::collections::BTreeMap;

use orders_domain::pricing::PricingRule;
use serde::{Deserialize, Serialize};

use super::{Contradiction, SettingDefinition, SettingFault, SettingValue, Settings};

/// What a tenant has set, by lower-case name, as text in the form the environment takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SettingsOverrides {
    /// The values.
    #[serde(rename = "v", default)]
    pub values: BTreeMap<String, String>,
    /// The pricing rules, in the order they are asked.
    #[serde(rename = "pr", default, skip_serializing_if = "Vec::is_empty")]
    pub pricing_rules: Vec<PricingRule>,
}

/// Where a setting's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettingSource {
    /// Nobody has set it.
    Default,
    /// The deployment.
    Environment,
    /// The tenant.
    Tenant,
}

/// One setting as it is in force for a tenant.
#[derive(Debug, Clone)]
pub struct SettingInForce {
    /// Its row in the table.
    pub definition: &'static SettingDefinition,
    /// Its value.
    pub value: SettingValue,
    /// Where the value comes from.
    pub source: SettingSource,
}

/// The settings of a deployment, before any tenant's overrides.
#[derive(Debug, Clone)]
pub struct DeploymentSettings {
    environment: BTreeMap<&'static str, String>,
    settings: Settings,
}

impl DeploymentSettings {
    /// Reads every setting from the environment.
    ///
    /// # Errors
    /// Every fault there is (D13).
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<SettingFault>> {
        let settings = Settings::read(&source)?;
        let environment = Settings::DEFINITIONS.iter().filter_map(|definition| {
            let text = source(definition.name).filter(|text| !text.trim().is_empty())?;
            Some((definition.name, text.trim().to_owned()))
        });
        Ok(Self {
            environment: environment.collect(),
            settings,
        })
    }

    /// The settings where no tenant has a say.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings in force for a tenant. An override that a later deployment no longer takes, alone or beside the
    /// deployment's other values, falls back to the deployment's value and is logged: a tenant is not stopped by it.
    pub fn overridden(&self, overrides: &SettingsOverrides) -> Settings {
        self.effective(overrides).0
    }

    /// Every setting in force for a tenant and where it comes from.
    pub fn in_force(&self, overrides: &SettingsOverrides) -> Vec<SettingInForce> {
        let (_, taken) = self.effective(overrides);
        let of = |definition: &'static SettingDefinition| {
            let (text, source) = match (
                taken.values.get(definition.field),
                self.environment.get(definition.name),
            ) {
                (Some(own), _) => (own.as_str(), SettingSource::Tenant),
                (None, Some(text)) => (text.as_str(), SettingSource::Environment),
                (None, None) => (definition.default, SettingSource::Default),
            };
            Some(SettingInForce {
                definition,
                value: definition.check(text).ok()?,
                source,
            })
        };
        Settings::DEFINITIONS.iter().filter_map(of).collect()
    }

    /// What is not right with a tenant's overrides together, among themselves and beside the deployment's values.
    pub fn contradictions(&self, overrides: &SettingsOverrides) -> Vec<Contradiction> {
        let settings = self.merged(&valid(overrides));
        settings.map_or_else(Vec::new, |settings| settings.contradictions())
    }

    /// The settings in force, and the overrides that made them what they are.
    fn effective(&self, overrides: &SettingsOverrides) -> (Settings, SettingsOverrides) {
        let mut taken = valid(overrides);
        let contradictions = self.contradictions(&taken);
        for Contradiction { name, other, detail } in &contradictions {
            tracing::error!(
                setting = name,
                cause = detail,
                "a tenant's setting is no longer valid"
            );
            taken.values.remove(&name.to_lowercase());
            taken.values.remove(&other.to_lowercase());
        }
        match self.merged(&taken) {
            Some(settings) => (settings, taken),
            None => (self.settings.clone(), SettingsOverrides::default()),
        }
    }

    /// The deployment's values with overrides that are each valid.
    fn merged(&self, overrides: &SettingsOverrides) -> Option<Settings> {
        let mut settings = Settings::values(|name| {
            let own = overrides.values.get(&name.to_lowercase());
            own.or_else(|| self.environment.get(name)).cloned()
        })
        .ok()?;
        settings.pricing_rules.clone_from(&overrides.pricing_rules);
        Some(settings)
    }
}

/// The overrides without those that this code no longer takes.
fn valid(overrides: &SettingsOverrides) -> SettingsOverrides {
    let mut taken = overrides.clone();
    taken.values.retain(|field, text| {
        let definition = Settings::DEFINITIONS.iter().find(|known| known.field == field);
        let checked = definition.map_or_else(|| Err("is not known".to_owned()), |known| known.check(text));
        if let Err(cause) = &checked {
            tracing::error!(setting = field, cause, "a tenant's setting is no longer valid");
        }
        checked.is_ok()
    });
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(values: &[(&str, &str)]) -> DeploymentSettings {
        let find = |name: &str| values.iter().find(|(n, _)| *n == name);
        DeploymentSettings::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap()
    }

    fn overrides(values: &[(&str, &str)]) -> SettingsOverrides {
        let own = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        SettingsOverrides {
            values: own.collect(),
            pricing_rules: Vec::new(),
        }
    }

    #[test]
    fn a_tenants_value_wins_over_the_environments_and_that_over_the_default() {
        // D13
        let deployment = deployment(&[("PLANNING_HOUR", "4"), ("MAX_ORDER_ITEMS", "30")]);
        let own = overrides(&[("max_order_items", "20")]);
        let settings = deployment.overridden(&own);
        assert_eq!(
            (
                settings.max_order_items,
                settings.planning_hour,
                settings.demand_forecast_days
            ),
            (20, 4, 14)
        );
        let in_force = deployment.in_force(&own);
        let source = |field: &str| {
            let found = in_force
                .iter()
                .find(|setting| setting.definition.field == field)
                .unwrap();
            (found.value.to_string(), found.source)
        };
        assert_eq!(source("max_order_items"), ("20".into(), SettingSource::Tenant));
        assert_eq!(source("planning_hour"), ("4".into(), SettingSource::Environment));
        assert_eq!(
            source("demand_forecast_days"),
            ("14".into(), SettingSource::Default)
        );
        assert_eq!(in_force.len(), Settings::DEFINITIONS.len());
    }

    #[test]
    fn an_override_that_is_no_longer_valid_falls_back_alone() {
        // D13
        let own = overrides(&[
            ("planning_hour", "25"),
            ("max_order_items", "20"),
            ("colour", "blue"),
        ]);
        let deployment = deployment(&[]);
        let settings = deployment.overridden(&own);
        assert_eq!((settings.planning_hour, settings.max_order_items), (6, 20));
        // What is shown is what is in force.
        let shown = deployment.in_force(&own);
        let shown = shown
            .iter()
            .find(|setting| setting.definition.field == "planning_hour")
            .unwrap();
        assert_eq!(
            (&shown.value, shown.source),
            (&SettingValue::Whole(6), SettingSource::Default)
        );
    }

    #[test]
    fn overrides_that_contradict_a_later_deployment_fall_back() {
        // D13: the tenant's threshold was fine until the deployment raised the other one.
        let own = overrides(&[("central_bakery_order_threshold", "10"), ("planning_hour", "7")]);
        let deployment = deployment(&[
            ("INDIVIDUAL_BAKERY_ORDER_THRESHOLD", "15"),
            ("CENTRAL_BAKERY_ORDER_THRESHOLD", "30"),
        ]);
        let settings = deployment.overridden(&own);
        assert_eq!(
            (settings.central_bakery_order_threshold, settings.planning_hour),
            (30, 7)
        );
        // The fault is the other setting's, which the tenant did not touch.
        let own = overrides(&[("individual_bakery_order_threshold", "40")]);
        assert_eq!(deployment.overridden(&own).individual_bakery_order_threshold, 15);
    }
}
