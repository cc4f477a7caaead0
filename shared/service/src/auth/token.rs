//! Verification of bearer tokens (D10). The key decides the algorithm, never the token; verified tokens are
//! remembered by hash until they expire.

use std::collections::HashMap;
use std::sync::Mutex;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use orders_domain::permissions::Role;
use serde::Deserialize;
use uuid::Uuid;

use super::TenantId;
use super::jwks::KeySet;
use crate::config::AuthConfig;
use crate::problem::{Problem, ProblemCode};

/// Longest token that is parsed at all, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// Clock difference that is forgiven, in seconds.
const LEEWAY_SECONDS: i64 = 60;
/// Verified tokens a warm process remembers.
const REMEMBERED_TOKENS: usize = 1024;

/// A verified caller.
#[derive(Debug, Clone)]
pub struct Principal {
    subject: String,
    name: Option<String>,
    super_admin: bool,
    tenant_roles: HashMap<Uuid, Role>,
    expires_at: i64,
}

impl Principal {
    /// The role in a tenant, if the token names one.
    pub fn role_in(&self, tenant: TenantId) -> Option<Role> {
        self.tenant_roles.get(&tenant.0).copied()
    }
    /// Whether the platform role opens every tenant.
    pub fn is_super_admin(&self) -> bool {
        self.super_admin
    }
    /// `sub`
    pub fn subject(&self) -> &str {
        &self.subject
    }
    /// `name`
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
    #[cfg(test)]
    pub(super) fn for_tests(subject: &str, roles: &[(Uuid, Role)], super_admin: bool) -> Self {
        Self {
            subject: subject.into(),
            name: None,
            super_admin,
            tenant_roles: roles.iter().copied().collect(),
            expires_at: i64::MAX,
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    platform_role: Option<String>,
    /// Unknown role words grant nothing, so that a new role elsewhere does not lock everybody out.
    #[serde(default)]
    tenant_roles: HashMap<String, String>,
}

/// Checks tokens against the issuer's keys.
pub struct TokenVerifier {
    keys: KeySet,
    shared_secret: Option<DecodingKey>,
    issuer: String,
    audience: String,
    remembered: Mutex<HashMap<[u8; 32], Principal>>,
}

impl TokenVerifier {
    /// Builds the verifier.
    ///
    /// # Errors
    /// A sentence when `AUTH_JWKS` is no JWKS document.
    pub fn new(config: &AuthConfig) -> Result<Self, String> {
        Ok(Self {
            keys: KeySet::new(config)?,
            shared_secret: config
                .hs256_secret
                .as_ref()
                .map(|s| DecodingKey::from_secret(s.as_bytes())),
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            remembered: Mutex::new(HashMap::new()),
        })
    }

    /// Verifies the `Authorization` header's value.
    ///
    /// # Errors
    /// 401 `invalid-token`; 503 when the issuer's keys cannot be had at all.
    pub async fn verify(
        &self,
        authorization: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Principal, Problem> {
        let token = authorization
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| refused("An Authorization header with a bearer token is needed."))?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refused("The token is too long."));
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(principal) = self.recall(&hash, now) {
            return Ok(principal);
        }
        let principal = self.check(token, now).await?;
        self.remember(hash, principal.clone(), now);
        Ok(principal)
    }

    async fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Principal, Problem> {
        let header = decode_header(token).map_err(|_| refused("The token is not a signed JWT."))?;
        if header.crit.is_some() {
            return Err(refused("The token has critical headers that are not understood."));
        }
        let from_set = self.keys.find(header.kid.as_deref(), now).await?;
        let (key, algorithm) = match (&from_set, &self.shared_secret) {
            (Some(found), _) => (&found.key, found.algorithm),
            (None, Some(secret)) => (secret, Algorithm::HS256),
            (None, None) => return Err(refused("The token's key is not known.")),
        };
        let mut validation = Validation::new(algorithm);
        // Times are checked below, against the injected clock.
        validation.validate_exp = false;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims: Claims = decode(token, key, &validation)
            .map_err(|_| refused("The token's signature or claims are not valid."))?
            .claims;
        let seconds = now.timestamp();
        if claims.exp.saturating_add(LEEWAY_SECONDS) <= seconds {
            return Err(refused("The token has expired."));
        }
        if claims
            .nbf
            .is_some_and(|from| from.saturating_sub(LEEWAY_SECONDS) > seconds)
        {
            return Err(refused("The token is not valid yet."));
        }
        if claims.sub.is_empty() {
            return Err(refused("The token names no subject."));
        }
        let roles = claims.tenant_roles.iter();
        Ok(Principal {
            subject: claims.sub,
            name: claims.name,
            super_admin: claims.platform_role.as_deref() == Some("super_admin"),
            tenant_roles: roles
                .filter_map(|(tenant, role)| Some((Uuid::try_parse(tenant).ok()?, Role::parse(role)?)))
                .collect(),
            expires_at: claims.exp,
        })
    }

    fn recall(&self, hash: &[u8; 32], now: DateTime<Utc>) -> Option<Principal> {
        let remembered = self.remembered.lock().ok()?;
        remembered
            .get(hash)
            .filter(|p| p.expires_at > now.timestamp())
            .cloned()
    }

    fn remember(&self, hash: [u8; 32], principal: Principal, now: DateTime<Utc>) {
        if let Ok(mut remembered) = self.remembered.lock() {
            if remembered.len() >= REMEMBERED_TOKENS {
                remembered.retain(|_, principal| principal.expires_at > now.timestamp());
            }
            if remembered.len() >= REMEMBERED_TOKENS {
                remembered.clear();
            }
            remembered.insert(hash, principal);
        }
    }
}

fn refused(detail: &'static str) -> Problem {
    Problem::new(ProblemCode::InvalidToken, detail)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "a shared secret of at least 32 bytes";

    fn verifier() -> TokenVerifier {
        TokenVerifier::new(&AuthConfig {
            hs256_secret: Some(SECRET.into()),
            issuer: "issuer".into(),
            audience: "orders".into(),
            ..AuthConfig::default()
        })
        .unwrap()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn claims() -> Value {
        json!({"sub": "u", "iss": "issuer", "aud": "orders", "exp": 1_800_000_600_i64,
               "tenant_roles": {"00000000-0000-0000-0000-000000000001": "admin"}})
    }

    async fn verdict(header: Header, claims: Value) -> &'static str {
        let token = encode(&header, &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap();
        outcome(&format!("Bearer {token}")).await
    }

    async fn outcome(authorization: &str) -> &'static str {
        match verifier().verify(Some(authorization), now()).await {
            Ok(_) => "ok",
            Err(problem) => problem.code.as_str(),
        }
    }

    #[tokio::test]
    async fn a_good_token_is_taken_and_remembered_until_it_expires() {
        // D10
        let token = encode(
            &Header::default(),
            &claims(),
            &EncodingKey::from_secret(SECRET.as_bytes()),
        )
        .unwrap();
        let verifier = verifier();
        let header = format!("Bearer {token}");
        let principal = verifier.verify(Some(&header), now()).await.unwrap();
        assert_eq!(principal.role_in(TenantId(Uuid::from_u128(1))), Some(Role::Admin));
        assert!(verifier.verify(Some(&header), now()).await.is_ok());
        let later = now() + TimeDelta::seconds(661);
        assert_eq!(
            verifier.verify(Some(&header), later).await.unwrap_err().code,
            ProblemCode::InvalidToken
        );
    }

    #[tokio::test]
    async fn each_required_claim_is_required_and_times_have_60_seconds_of_leeway() {
        // D10
        for claim in ["sub", "iss", "aud", "exp"] {
            let mut without = claims();
            without.as_object_mut().unwrap().remove(claim);
            assert_eq!(
                verdict(Header::default(), without).await,
                "invalid-token",
                "{claim}"
            );
        }
        let edge = now().timestamp();
        for (name, value, expected) in [
            ("exp", json!(edge - 59), "ok"),
            ("exp", json!(edge - 60), "invalid-token"),
            ("nbf", json!(edge + 60), "ok"),
            ("nbf", json!(edge + 61), "invalid-token"),
            ("iss", json!("other"), "invalid-token"),
            ("aud", json!("other"), "invalid-token"),
        ] {
            let mut changed = claims();
            changed[name] = value.clone();
            assert_eq!(
                verdict(Header::default(), changed).await,
                expected,
                "{name} {value}"
            );
        }
    }

    #[tokio::test]
    async fn the_token_does_not_choose_its_algorithm() {
        // D10: alg none, another HMAC, a crit header and garbage are all refused.
        let body = "eyJzdWIiOiJ1In0";
        for header in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJOb25lIn0"] {
            assert_eq!(
                outcome(&format!("Bearer {header}.{body}.")).await,
                "invalid-token"
            );
        }
        assert_eq!(
            verdict(Header::new(Algorithm::HS384), claims()).await,
            "invalid-token"
        );
        let crit = Header {
            crit: Some(vec!["b64".into()]),
            ..Header::default()
        };
        assert_eq!(verdict(crit, claims()).await, "invalid-token");
        for garbage in [
            "Bearer",
            "Bearer ",
            "Bearer a.b.c",
            "Basic abc",
            &format!("Bearer {}", "x".repeat(9000)),
        ] {
            assert_eq!(outcome(garbage).await, "invalid-token");
        }
    }
}
