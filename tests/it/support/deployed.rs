//! The deployed service, reached over HTTP as any client reaches it.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use super::orders::merge;
use super::{Answer, stack, tokens};

/// What `make up` calls the stack; the functions' names begin with it.
pub(crate) const STACK_NAME: &str = "orders";
/// Far above what anything here needs: a machine that is busy is no failure.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks at something that is to change.
const PAUSE: Duration = Duration::from_millis(200);

/// An answer, to the byte.
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl From<RawAnswer> for Answer {
    fn from(raw: RawAnswer) -> Self {
        let body = serde_json::from_slice(&raw.body).unwrap_or(Value::Null);
        Self {
            status: raw.status,
            headers: raw.headers,
            body,
        }
    }
}

/// A client of the running stack, and a tenant that nobody else uses.
pub(crate) struct Deployed {
    http: reqwest::Client,
    pub(crate) tenant: Uuid,
    /// Held to the end of the test.
    turn: Arc<Turn>,
}

impl Deployed {
    /// Beside other tests.
    pub(crate) fn new() -> Self {
        Self::with(Turn::shared())
    }

    /// While no other test uses the stack, for one that breaks it.
    pub(crate) fn alone() -> Self {
        Self::with(Turn::alone())
    }

    /// Another tenant of the same test.
    pub(crate) fn neighbour(&self) -> Self {
        Self {
            http: self.http.clone(),
            tenant: Uuid::new_v4(),
            turn: self.turn.clone(),
        }
    }

    fn with(turn: Turn) -> Self {
        // Never through a proxy: the stack is on this machine.
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            http,
            tenant: Uuid::new_v4(),
            turn: Arc::new(turn),
        }
    }

    /// A token for a role in a tenant.
    pub(crate) fn token(&self, tenant: Uuid, role: &str) -> String {
        let [secret, issuer, audience] =
            ["AUTH_HS256_SECRET", "AUTH_ISSUER", "AUTH_AUDIENCE"].map(stack::value);
        tokens::token(secret, issuer, audience, tenant, role)
    }

    /// The address of a path below this tenant.
    pub(crate) fn url(&self, path: &str) -> String {
        url_in(self.tenant, path)
    }

    /// A request exactly as given; an error when no answer came.
    pub(crate) async fn raw(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> reqwest::Result<RawAnswer> {
        let mut request = self.http.request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(RawAnswer {
            status,
            headers,
            body: response.bytes().await?.to_vec(),
        })
    }

    /// A JSON request as an admin of the tenant; an error when no answer came.
    pub(crate) async fn attempt(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let authorization = format!("Bearer {}", self.token(self.tenant, "admin"));
        let mut all = vec![("authorization", authorization.as_str())];
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        let body = body.map(|value| value.to_string().into_bytes());
        Ok(self.raw(method, &self.url(path), &all, body).await?.into())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.attempt("GET", path, &[], None).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.attempt("POST", path, &[], Some(body)).await.unwrap()
    }

    pub(crate) async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.attempt("POST", path, &[("idempotency-key", key)], Some(body))
            .await
            .unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.attempt("PUT", path, &[], Some(body)).await.unwrap()
    }

    /// Every row of a list, page by page.
    pub(crate) async fn list(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self
                .get(&format!("{path}?limit={limit}{cursor}"))
                .await
                .expect(200);
            let items = page["items"].as_array().unwrap();
            assert!(
                items.len() <= limit,
                "a page of {} rows where {limit} were asked for",
                items.len()
            );
            rows.extend(items.iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// A GET, again and again until the body is as wanted.
    #[track_caller]
    pub(crate) fn get_until(
        &self,
        path: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let body = self.get(path).await.expect(200);
                if wanted(&body) {
                    return body;
                }
                assert!(
                    Instant::now() < deadline,
                    "{caller}: {path} never became as wanted: {body:#}"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// A customer; gives its id.
    pub(crate) async fn customer(&self) -> String {
        let created = self
            .post("/customers", &json!({"name": "Café Noir"}))
            .await
            .expect(201);
        created["id"].as_str().unwrap().to_owned()
    }
}

/// A test's time on the stack. Tests run as processes of their own, so they take turns by locks on files; any that are
/// always there will do.
struct Turn {
    _room: File,
    _door: Option<File>,
}

impl Turn {
    fn shared() -> Self {
        let [door, room] = Self::files();
        // Whoever waits to be alone holds the door, so that the room gets empty.
        door.lock_shared().unwrap();
        room.lock_shared().unwrap();
        Self {
            _room: room,
            _door: None,
        }
    }

    fn alone() -> Self {
        let [door, room] = Self::files();
        door.lock().unwrap();
        room.lock().unwrap();
        Self {
            _room: room,
            _door: Some(door),
        }
    }

    fn files() -> [File; 2] {
        ["/Cargo.toml", "/it/main.rs"]
            .map(|file| File::open(format!("{}{file}", env!("CARGO_MANIFEST_DIR"))).unwrap())
    }
}

/// The address of a path below a tenant.
pub(crate) fn url_in(tenant: Uuid, path: &str) -> String {
    format!("{}/api/v1/tenants/{tenant}{path}", stack::value("BASE_URL"))
}

/// A body for `POST /orders`: two loaves, to be fetched in three days.
pub(crate) fn new_order(customer: &str, more: Value) -> Value {
    let mut body = json!({
        "customer_id": customer,
        "delivery_method": "pickup",
        "requested_delivery_at": text(Utc::now() + TimeDelta::days(3)),
        "items": [{"product_id": "rye", "quantity": "2", "unit_price": "3.50"}],
    });
    merge(&mut body, more);
    body
}

/// A time as requests carry it.
pub(crate) fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
