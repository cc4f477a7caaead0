//! What a process is told by its environment: the wiring to AWS, the token rules and the settings of D13.

use crate::settings::{DeploymentSettings, SettingFault};

/// The partner services (§14), each with the variable that holds its address.
const PARTNER_URLS: [(&str, &str); 4] = [
    ("inventory", "INVENTORY_URL"),
    ("production", "PRODUCTION_URL"),
    ("sales", "SALES_URL"),
    ("notification", "NOTIFICATION_URL"),
];

/// A process's configuration, complete and valid.
#[derive(Clone)]
pub struct Config {
    /// The one table.
    pub table_name: String,
    /// Queue of plans to compute.
    pub planning_queue_url: Option<String>,
    /// Queue of what cannot be relayed, for somebody to look at.
    pub relay_dead_letters_url: Option<String>,
    /// Topic of what happened (D43).
    pub events_topic_arn: Option<String>,
    /// Topic of alerts (D41).
    pub alerts_topic_arn: Option<String>,
    /// How bearer tokens are checked.
    pub auth: AuthConfig,
    /// At least 32 bytes; the keys of cursors, guards and body hashes are derived from it.
    pub secret_key: Vec<u8>,
    /// Addresses of the partner services that are there.
    pub partners: [(&'static str, Option<String>); 4],
    /// What this service shows to its partners as a bearer token.
    pub partner_token: Option<String>,
    /// Seconds a warm process may use settings it has read.
    pub settings_cache_seconds: u32,
    /// The version shown by health and status.
    pub service_version: String,
    /// The deployment's settings, before tenants' overrides.
    pub settings: DeploymentSettings,
}

/// How bearer tokens are checked (D10).
#[derive(Clone, Default)]
pub struct AuthConfig {
    /// Where to fetch the issuer's keys.
    pub jwks_url: Option<String>,
    /// The issuer's keys themselves, as a JWKS document.
    pub jwks: Option<String>,
    /// A shared secret, for local use and tests.
    pub hs256_secret: Option<String>,
    /// Required `iss`.
    pub issuer: String,
    /// Required `aud`.
    pub audience: String,
}

/// Every fault of an environment (D13).
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not valid: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct ConfigError(pub Vec<SettingFault>);

impl Config {
    /// Reads the configuration from `source`, which gives a variable's text.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &str| {
            source(name)
                .map(|v| v.trim().to_owned())
                .filter(|v| !v.is_empty())
        };
        let mut faults = Vec::new();
        let mut required = |name: &'static str| {
            text(name).unwrap_or_else(|| {
                faults.push(SettingFault {
                    name,
                    detail: "is required".into(),
                });
                String::new()
            })
        };
        let table_name = required("TABLE_NAME");
        let issuer = required("AUTH_ISSUER");
        let audience = required("AUTH_AUDIENCE");
        let secret_key = required("SECRET_KEY").into_bytes();
        let auth = AuthConfig {
            jwks_url: text("AUTH_JWKS_URL"),
            jwks: text("AUTH_JWKS"),
            hs256_secret: text("AUTH_HS256_SECRET"),
            issuer,
            audience,
        };
        if !secret_key.is_empty() && secret_key.len() < 32 {
            faults.push(SettingFault {
                name: "SECRET_KEY",
                detail: "needs at least 32 bytes".into(),
            });
        }
        faults.extend(auth.faults());
        let partners = PARTNER_URLS.map(|(partner, name)| {
            let url = text(name);
            if url.as_deref().is_some_and(|url| !is_http_address(url)) {
                faults.push(SettingFault {
                    name,
                    detail: "expected an http or https address".into(),
                });
            }
            (partner, url)
        });
        let partner_token = text("PARTNER_TOKEN");
        if partner_token
            .as_ref()
            .is_some_and(|token| !token.bytes().all(|b| b.is_ascii_graphic()))
        {
            faults.push(SettingFault {
                name: "PARTNER_TOKEN",
                detail: "expected visible ASCII characters".into(),
            });
        }
        let settings_cache_seconds = match text("SETTINGS_CACHE_SECONDS").map(|raw| raw.parse::<u32>()) {
            None => 60,
            Some(Ok(seconds)) if seconds <= 3600 => seconds,
            Some(_) => {
                let detail = "expected a whole number from 0 to 3600".into();
                faults.push(SettingFault {
                    name: "SETTINGS_CACHE_SECONDS",
                    detail,
                });
                0
            }
        };
        let settings = match DeploymentSettings::read(&source) {
            Ok(settings) if faults.is_empty() => settings,
            Ok(_) => return Err(ConfigError(faults)),
            Err(more) => {
                faults.extend(more);
                return Err(ConfigError(faults));
            }
        };
        Ok(Self {
            table_name,
            planning_queue_url: text("PLANNING_QUEUE_URL"),
            relay_dead_letters_url: text("RELAY_DEAD_LETTERS_URL"),
            events_topic_arn: text("EVENTS_TOPIC_ARN"),
            alerts_topic_arn: text("ALERTS_TOPIC_ARN"),
            auth,
            secret_key,
            partners,
            partner_token,
            settings_cache_seconds,
            service_version: text("SERVICE_VERSION").unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned()),
            settings,
        })
    }

    /// The address of a partner, where it is set.
    pub fn partner_url(&self, name: &str) -> Option<&str> {
        let (_, url) = self.partners.iter().find(|(partner, _)| *partner == name)?;
        url.as_deref()
    }
}

fn is_http_address(raw: &str) -> bool {
    reqwest::Url::parse(raw).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

impl AuthConfig {
    fn faults(&self) -> Vec<SettingFault> {
        let mut faults = Vec::new();
        if self.jwks_url.is_none() && self.jwks.is_none() && self.hs256_secret.is_none() {
            let detail = "one of AUTH_JWKS_URL, AUTH_JWKS and AUTH_HS256_SECRET is required".into();
            faults.push(SettingFault {
                name: "AUTH_JWKS_URL",
                detail,
            });
        }
        if self.hs256_secret.as_ref().is_some_and(|secret| secret.len() < 32) {
            faults.push(SettingFault {
                name: "AUTH_HS256_SECRET",
                detail: "needs at least 32 bytes".into(),
            });
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiring_and_settings_faults_are_listed_together() {
        // D13
        let error = Config::read(|name| match name {
            "SECRET_KEY" => Some("short".into()),
            "PLANNING_HOUR" => Some("noon".into()),
            "TABLE_NAME" => Some("orders".into()),
            _ => None,
        })
        .err()
        .unwrap();
        let names: Vec<_> = error.0.iter().map(|fault| fault.name).collect();
        assert_eq!(
            names,
            [
                "AUTH_ISSUER",
                "AUTH_AUDIENCE",
                "SECRET_KEY",
                "AUTH_JWKS_URL",
                "PLANNING_HOUR"
            ]
        );
    }
    #[test]
    fn a_partner_that_cannot_be_called_stops_the_function_at_its_start() {
        // D13, §14
        let read = |url: &'static str, token: &'static str| {
            Config::read(move |name| match name {
                "TABLE_NAME" | "AUTH_ISSUER" | "AUTH_AUDIENCE" => Some("x".into()),
                "SECRET_KEY" | "AUTH_HS256_SECRET" => Some("a secret of at least thirty-two bytes".into()),
                "INVENTORY_URL" | "PRODUCTION_URL" | "NOTIFICATION_URL" => Some(url.into()),
                "PARTNER_TOKEN" => Some(token.into()),
                _ => None,
            })
        };
        let good = read("https://inventory.example/v1/", "token").unwrap();
        assert_eq!(
            good.partner_url("inventory"),
            Some("https://inventory.example/v1/")
        );
        assert_eq!(good.partner_url("sales"), None);
        for url in ["inventory", "ftp://inventory.example", "https://"] {
            let faults = read(url, "two words").err().unwrap().0;
            let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
            let expected = [
                "INVENTORY_URL",
                "PRODUCTION_URL",
                "NOTIFICATION_URL",
                "PARTNER_TOKEN",
            ];
            assert_eq!(names, expected, "{url}");
        }
    }
}
