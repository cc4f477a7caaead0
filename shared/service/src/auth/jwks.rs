//! The issuer's public keys (D10): given inline or fetched, cached for 15 minutes, fetched once more for an unknown
//! `kid`; the last good keys serve through an outage of the issuer.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::config::AuthConfig;
use crate::problem::Problem;

/// How long fetched keys are used without asking again.
const FRESH_FOR: TimeDelta = TimeDelta::minutes(15);
/// Shortest time between two fetches that an unknown `kid` may cause, so that garbage tokens cannot flood the issuer.
const UNKNOWN_KEY_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// Largest JWKS document that is read, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 256 * 1024;

/// A public key with the one algorithm it may verify.
pub(super) struct VerifyingKey {
    kid: Option<String>,
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

/// The keys in force.
pub(super) struct KeySet {
    url: Option<String>,
    state: Mutex<State>,
}

struct State {
    keys: Vec<Arc<VerifyingKey>>,
    fetched_at: Option<DateTime<Utc>>,
    attempted_at: Option<DateTime<Utc>>,
    client: Option<reqwest::Client>,
}

impl KeySet {
    pub(super) fn new(config: &AuthConfig) -> Result<Self, String> {
        let keys = match &config.jwks {
            Some(document) => parse(document.as_bytes())?,
            None => Vec::new(),
        };
        let state = State {
            keys,
            fetched_at: None,
            attempted_at: None,
            client: None,
        };
        Ok(Self {
            url: config.jwks_url.clone(),
            state: Mutex::new(state),
        })
    }

    /// The key of a token, or `None` when the issuer has no such key.
    pub(super) async fn find(
        &self,
        kid: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<VerifyingKey>>, Problem> {
        let mut state = self.state.lock().await;
        if let Some(url) = &self.url {
            let stale = state.fetched_at.is_none_or(|at| now - at >= FRESH_FOR);
            let unknown = state.matching(kid).is_none();
            let rested = state.attempted_at.is_none_or(|at| now - at >= UNKNOWN_KEY_PAUSE);
            if (stale || unknown) && rested {
                state.refresh(url, now).await;
            }
            if state.fetched_at.is_none() && state.keys.is_empty() {
                return Err(Problem::unavailable("the issuer's keys cannot be fetched"));
            }
        }
        Ok(state.matching(kid))
    }
}

impl State {
    /// By `kid`; without one only when there is no choice.
    fn matching(&self, kid: Option<&str>) -> Option<Arc<VerifyingKey>> {
        match (kid, self.keys.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)).cloned(),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        }
    }

    async fn refresh(&mut self, url: &str, now: DateTime<Utc>) {
        self.attempted_at = Some(now);
        match self.fetch(url).await {
            Ok(keys) => {
                self.keys = keys;
                self.fetched_at = Some(now);
            }
            Err(error) => tracing::warn!(error, "the issuer's keys could not be fetched"),
        }
    }

    async fn fetch(&mut self, url: &str) -> Result<Vec<Arc<VerifyingKey>>, String> {
        let client = match &self.client {
            Some(client) => client.clone(),
            None => {
                let built = reqwest::Client::builder()
                    .connect_timeout(Duration::from_millis(500))
                    .timeout(Duration::from_secs(2))
                    .redirect(reqwest::redirect::Policy::none())
                    .build()
                    .map_err(|error| error.to_string())?;
                self.client.insert(built).clone()
            }
        };
        let mut response = client.get(url).send().await.map_err(|error| error.to_string())?;
        if !response.status().is_success() {
            return Err(format!("status {}", response.status()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| error.to_string())? {
            document.extend_from_slice(&chunk);
            if u64::try_from(document.len()).is_ok_and(|length| length > MAX_DOCUMENT_BYTES) {
                return Err("the document is too large".into());
            }
        }
        parse(&document)
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// Keys of other kinds are left out: an issuer may publish keys for other uses.
fn parse(document: &[u8]) -> Result<Vec<Arc<VerifyingKey>>, String> {
    let document: Document =
        serde_json::from_slice(document).map_err(|error| format!("AUTH_JWKS is no JWKS: {error}"))?;
    let keys: Vec<_> = document
        .keys
        .into_iter()
        .filter_map(verifying_key)
        .map(Arc::new)
        .collect();
    if keys.is_empty() {
        Err("AUTH_JWKS has no ES256, RS256 or EdDSA key".into())
    } else {
        Ok(keys)
    }
}

fn verifying_key(value: serde_json::Value) -> Option<VerifyingKey> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(p) if p.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::OctetKeyPair(p) if p.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(VerifyingKey {
        kid: jwk.common.key_id,
        key,
        algorithm,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"keys":[
        {"kty":"EC","crv":"P-256","kid":"one","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty":"oct","kid":"shared","k":"c2VjcmV0"}]}"#;

    #[tokio::test]
    async fn only_asymmetric_keys_are_taken_and_kid_selects() {
        // D10
        let config = AuthConfig {
            jwks: Some(DOCUMENT.into()),
            ..AuthConfig::default()
        };
        let keys = KeySet::new(&config).unwrap();
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(
            keys.find(Some("one"), now).await.unwrap().unwrap().algorithm,
            Algorithm::ES256
        );
        assert!(keys.find(Some("shared"), now).await.unwrap().is_none());
        assert!(keys.find(None, now).await.unwrap().is_some());
        assert!(
            KeySet::new(&AuthConfig {
                jwks: Some("{}".into()),
                ..AuthConfig::default()
            })
            .is_err()
        );
    }

    #[tokio::test]
    async fn an_issuer_that_never_answered_is_unavailable_not_unauthorised() {
        // D10, D5
        let config = AuthConfig {
            jwks_url: Some("http://127.0.0.1:9/jwks".into()),
            ..AuthConfig::default()
        };
        let problem = KeySet::new(&config)
            .unwrap()
            .find(Some("one"), DateTime::UNIX_EPOCH)
            .await
            .err()
            .unwrap();
        assert_eq!(problem.code.status(), 503);
    }
}
