//! Who may reach what: tokens, tenants and the ids of others.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::deployed::{RawAnswer, new_order, url_in};
use crate::support::{Answer, Deployed, stack};

const REQUEST_ID: &str = "the-same-for-both";

/// A request as an admin of this very tenant, under a fixed request id, so that answers can be compared to the byte.
async fn raw(stack: &Deployed, method: &str, tenant: Uuid, path: &str, body: Option<&Value>) -> RawAnswer {
    let authorization = format!("Bearer {}", stack.token(stack.tenant, "admin"));
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-request-id", REQUEST_ID),
        ("content-type", "application/json"),
    ];
    let body = body.map(|value| value.to_string().into_bytes());
    stack
        .raw(method, &url_in(tenant, path), &headers, body)
        .await
        .unwrap()
}

/// An answer without what differs from one moment to the next.
fn to_the_byte(answer: &RawAnswer) -> (u16, Vec<(String, Vec<u8>)>, String) {
    let varying = ["date", "apigw-requestid", "x-amzn-requestid"];
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !varying.contains(&name.as_str()));
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    headers.sort_unstable();
    (
        answer.status,
        headers,
        String::from_utf8(answer.body.clone()).unwrap(),
    )
}

#[tokio::test]
async fn the_id_of_another_tenant_reads_to_the_byte_like_an_unknown_one() {
    // D11
    let theirs = Deployed::new();
    let ours = theirs.neighbour();
    let customer = theirs.customer().await;
    let order = theirs
        .post("/orders", &new_order(&customer, json!({})))
        .await
        .expect(201);
    let order = order["id"].as_str().unwrap();
    let plan = theirs
        .post("/procurement/plans", &json!({"use_forecast": false}))
        .await
        .expect(202);
    let plan = plan["id"].as_str().unwrap();
    let unknown = Uuid::new_v4();
    let move_on = json!({"status": "confirmed"});
    let cases = [
        (
            "GET",
            format!("/orders/{order}"),
            format!("/orders/{unknown}"),
            None,
        ),
        (
            "PUT",
            format!("/orders/{order}/status"),
            format!("/orders/{unknown}/status"),
            Some(&move_on),
        ),
        (
            "GET",
            format!("/customers/{customer}"),
            format!("/customers/{unknown}"),
            None,
        ),
        (
            "GET",
            format!("/procurement/plans/{plan}"),
            format!("/procurement/plans/{unknown}"),
            None,
        ),
    ];
    for (method, foreign, unknown, body) in &cases {
        let seen = raw(&ours, method, ours.tenant, foreign, *body).await;
        let nothing = raw(&ours, method, ours.tenant, unknown, *body).await;
        assert_eq!(to_the_byte(&seen), to_the_byte(&nothing), "{method} {foreign}");
        let problem = Answer::from(seen).expect_problem(404, "not-found");
        assert_eq!(problem["request_id"], REQUEST_ID);
        // Whoever owns it does see it.
        if *method == "GET" {
            assert_eq!(
                raw(&theirs, method, theirs.tenant, foreign, None).await.status,
                200,
                "{foreign}"
            );
        }
    }
    // Nothing of another tenant can be ordered for, either, and nothing of it has changed.
    let for_them = new_order(&customer, json!({}));
    ours.post("/orders", &for_them)
        .await
        .expect_problem(422, "customer-not-found");
    let untouched = theirs.get(&format!("/orders/{order}")).await.expect(200);
    assert_eq!(
        (&untouched["status"], &untouched["version"]),
        (&json!("pending"), &json!(1))
    );
    assert_eq!(ours.list("/orders", 50).await, Vec::<Value>::new());
    assert_eq!(ours.list("/customers", 50).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_path_of_another_tenant_is_refused_whether_or_not_it_exists() {
    // D11
    let theirs = Deployed::new();
    let ours = theirs.neighbour();
    let customer = theirs.customer().await;
    let nobody = Uuid::new_v4();
    let order = new_order(&customer, json!({}));
    let reads = [
        "/orders",
        "/customers",
        "/alerts",
        "/orders/status",
        "/catalog/products",
    ];
    let cases = reads.iter().map(|path| ("GET", *path, None)).chain([
        ("POST", "/orders", Some(&order)),
        ("POST", "/procurement/plans", Some(&order)),
        // Not even whether the body is any good is told.
        ("POST", "/customers", Some(&Value::Null)),
    ]);
    for (method, path, body) in cases {
        let existing = raw(&ours, method, theirs.tenant, path, body).await;
        let missing = raw(&ours, method, nobody, path, body).await;
        assert_eq!(to_the_byte(&existing), to_the_byte(&missing), "{method} {path}");
        Answer::from(existing).expect_problem(403, "tenant-access-denied");
    }
    assert_eq!(theirs.list("/orders", 50).await, Vec::<Value>::new());
}

/// A token with some claims changed, signed by the stack's own key unless told otherwise.
fn signed(tenant: Uuid, change: Value, algorithm: Algorithm, secret: &str) -> String {
    let mut claims = json!({
        "sub": "admin-1",
        "iss": stack::value("AUTH_ISSUER"),
        "aud": stack::value("AUTH_AUDIENCE"),
        "exp": chrono::Utc::now().timestamp() + 600,
        "tenant_roles": {tenant.to_string(): "admin"},
    });
    crate::support::orders::merge(&mut claims, change);
    encode(
        &Header::new(algorithm),
        &claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .unwrap()
}

#[tokio::test]
async fn only_a_token_that_is_signed_current_and_meant_for_this_service_opens_anything() {
    // D10
    let stack = Deployed::new();
    let secret = stack::value("AUTH_HS256_SECRET");
    let with = |change: Value| signed(stack.tenant, change, Algorithm::HS256, secret);
    let now = chrono::Utc::now().timestamp();
    let good = with(json!({}));
    let parts: Vec<_> = good.split('.').collect();
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let cases = [
        ("no header", None),
        ("no scheme", Some(good.clone())),
        ("another scheme", Some(format!("Basic {good}"))),
        ("no token", Some("Bearer ".to_owned())),
        ("garbage", Some("Bearer not.a.token".to_owned())),
        ("alg none, unsigned", Some(format!("Bearer {none}.{}.", parts[1]))),
        (
            "alg none, signed",
            Some(format!("Bearer {none}.{}.{}", parts[1], parts[2])),
        ),
        (
            "signature cut off",
            Some(format!("Bearer {}.{}.", parts[0], parts[1])),
        ),
        (
            "another algorithm",
            Some(format!(
                "Bearer {}",
                signed(stack.tenant, json!({}), Algorithm::HS384, secret)
            )),
        ),
        (
            "another key",
            Some(format!(
                "Bearer {}",
                signed(stack.tenant, json!({}), Algorithm::HS256, &"x".repeat(64))
            )),
        ),
        (
            "expired",
            Some(format!("Bearer {}", with(json!({"exp": now - 120})))),
        ),
        (
            "not yet valid",
            Some(format!("Bearer {}", with(json!({"nbf": now + 600})))),
        ),
        (
            "another issuer",
            Some(format!(
                "Bearer {}",
                with(json!({"iss": "https://elsewhere.example/"}))
            )),
        ),
        (
            "another audience",
            Some(format!("Bearer {}", with(json!({"aud": "elsewhere"})))),
        ),
        ("nobody", Some(format!("Bearer {}", with(json!({"sub": null}))))),
        ("no end", Some(format!("Bearer {}", with(json!({"exp": null}))))),
        (
            "too long",
            Some(format!("Bearer {}", with(json!({"name": "x".repeat(9000)})))),
        ),
    ];
    for (name, authorization) in &cases {
        let headers: Vec<_> = authorization
            .iter()
            .map(|value| ("authorization", value.as_str()))
            .collect();
        for path in ["/orders", "/alerts"] {
            let answer: Answer = stack
                .raw("GET", &stack.url(path), &headers, None)
                .await
                .unwrap()
                .into();
            assert_eq!(answer.status, 401, "{name}: {:#}", answer.body);
            answer.expect_problem(401, "invalid-token");
        }
    }
    // The same request with the good token: what was refused above was the token alone.
    let authorization = format!("Bearer {good}");
    let answer = stack
        .raw(
            "GET",
            &stack.url("/orders"),
            &[("authorization", &authorization)],
            None,
        )
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
}
