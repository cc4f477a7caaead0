//! Tokens of an issuer with public keys, given inline and fetched (D10).

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::TokenVerifier;
use crate::config::AuthConfig;

/// One key of an issuer.
struct Signer {
    key: EncodingKey,
    algorithm: Algorithm,
    jwk: Value,
}

fn signer(algorithm: Algorithm, kid: &str) -> Signer {
    let key = match algorithm {
        Algorithm::ES256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
            EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref())
        }
        Algorithm::EdDSA => {
            let pair = Ed25519KeyPair::generate().unwrap();
            EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref())
        }
        _ => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
            let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
            // The private key itself stands at the end of the PKCS#8 wrapper, behind 26 bytes of header.
            EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..])
        }
    };
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm).unwrap()).unwrap();
    jwk["kid"] = kid.into();
    Signer { key, algorithm, jwk }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// An `Authorization` header signed by `signer`, under `kid`. No two are alike, so that none is answered from memory.
fn bearer(signer: &Signer, kid: &str) -> String {
    static TOKENS: AtomicUsize = AtomicUsize::new(0);
    let number = TOKENS.fetch_add(1, Ordering::SeqCst);
    let claims =
        json!({"sub": "u", "jti": number, "iss": "issuer", "aud": "orders", "exp": 4_000_000_000_i64});
    let header = Header {
        kid: Some(kid.into()),
        ..Header::new(signer.algorithm)
    };
    format!("Bearer {}", encode(&header, &claims, &signer.key).unwrap())
}

fn verifier(jwks: Option<Value>, jwks_url: Option<String>) -> TokenVerifier {
    TokenVerifier::new(&AuthConfig {
        jwks: jwks.map(|document| document.to_string()),
        jwks_url,
        issuer: "issuer".into(),
        audience: "orders".into(),
        ..AuthConfig::default()
    })
    .unwrap()
}

async fn status(verifier: &TokenVerifier, header: &str, at: DateTime<Utc>) -> u16 {
    verifier
        .verify(Some(header), at)
        .await
        .map_or_else(|problem| problem.code.status(), |_| 200)
}

#[tokio::test]
async fn each_kind_of_public_key_verifies_its_own_tokens_only() {
    // D10
    let signers = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA]
        .map(|algorithm| signer(algorithm, &format!("{algorithm:?}")));
    let keys: Vec<_> = signers.iter().map(|signer| signer.jwk.clone()).collect();
    let verifier = verifier(Some(json!({"keys": keys})), None);
    for one in &signers {
        for kid in ["ES256", "RS256", "EdDSA"] {
            let expected = if kid == format!("{:?}", one.algorithm) {
                200
            } else {
                401
            };
            let found = status(&verifier, &bearer(one, kid), now()).await;
            assert_eq!(found, expected, "{:?} under {kid}", one.algorithm);
        }
        assert_eq!(status(&verifier, &bearer(one, "unknown"), now()).await, 401);
        let stranger = signer(one.algorithm, "stranger");
        let forged = bearer(&stranger, &format!("{:?}", one.algorithm));
        assert_eq!(status(&verifier, &forged, now()).await, 401);
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    // D10: the key decides the algorithm, so a token "signed" with the public key as an HMAC secret is refused.
    let issuer = signer(Algorithm::ES256, "one");
    let verifier = verifier(Some(json!({"keys": [issuer.jwk]})), None);
    let public = issuer.jwk["x"].as_str().unwrap();
    for secret in [public.as_bytes(), issuer.jwk.to_string().as_bytes()] {
        let confused = Signer {
            key: EncodingKey::from_secret(secret),
            algorithm: Algorithm::HS256,
            jwk: Value::Null,
        };
        assert_eq!(status(&verifier, &bearer(&confused, "one"), now()).await, 401);
    }
}

/// Serves each document once, then goes away; counts what was asked.
fn issuer(documents: Vec<Value>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    std::thread::spawn(move || {
        for document in documents {
            let (mut stream, _) = listener.accept().unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            let body = document.to_string();
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    (url, asked)
}

#[tokio::test]
async fn fetched_keys_are_cached_refreshed_for_an_unknown_key_and_outlive_an_outage() {
    // D10
    let (old, new) = (signer(Algorithm::ES256, "old"), signer(Algorithm::ES256, "new"));
    let both = json!({"keys": [old.jwk, new.jwk]});
    let (url, asked) = issuer(vec![json!({"keys": [old.jwk]}), both]);
    let verifier = verifier(None, Some(url));
    let asks = || asked.load(Ordering::SeqCst);
    assert_eq!(status(&verifier, &bearer(&old, "old"), now()).await, 200);
    let later = now() + TimeDelta::minutes(14);
    assert_eq!(status(&verifier, &bearer(&old, "old"), later).await, 200);
    assert_eq!(
        asks(),
        1,
        "within 15 minutes the keys are those that were fetched"
    );
    assert_eq!(status(&verifier, &bearer(&new, "new"), later).await, 200);
    assert_eq!(asks(), 2, "an unknown key is asked for");
    for _ in 0..3 {
        assert_eq!(status(&verifier, &bearer(&new, "garbage"), later).await, 401);
    }
    assert_eq!(asks(), 2, "but not for each token");
    // The issuer is gone now: the last good keys serve on.
    let after = later + TimeDelta::hours(2);
    let fresh = bearer(&signer(Algorithm::ES256, "new"), "new");
    assert_eq!(status(&verifier, &fresh, after).await, 401);
    assert_eq!(status(&verifier, &bearer(&old, "old"), after).await, 200);
}
