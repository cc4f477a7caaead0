//! Bearer tokens.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use uuid::Uuid;

/// A token for one role in one tenant.
pub(crate) fn token(secret: &str, issuer: &str, audience: &str, tenant: Uuid, role: &str) -> String {
    let claims = json!({
        "sub": format!("{role}-1"), "name": "Test Person", "iss": issuer, "aud": audience,
        // Far ahead: tests set their own clocks.
        "exp": 4_000_000_000_i64,
        "tenant_roles": {tenant.to_string(): role},
    });
    encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .unwrap()
}
