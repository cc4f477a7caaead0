//! HTTP to a partner (§14): short time-outs, one retry within a budget, a breaker, no redirects, answers capped and
//! checked. Whatever a partner does, its caller has an answer or an error within two seconds.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::breaker::{Breaker, BreakerState};
use super::retry_budget::RetryBudget;
use super::{PartnerError, deadline, request_id};
use crate::metrics;
use crate::ports::{Clock, Ids};

const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// From the first byte sent to the last byte read, the retry included.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(2);
/// What is left of an invocation for everything after the partner.
const KEPT_BACK: Duration = Duration::from_millis(200);
/// Time below which a call is not worth its while.
const LEAST_FOR_CALL: Duration = Duration::from_millis(50);
/// Longest pause before a retry.
const LONGEST_PAUSE: Duration = Duration::from_millis(40);
/// A Lambda may be frozen between two requests: a connection that was idle for longer is likely dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The one HTTP client of all partners. It is made at the first call rather than in init, because reading the root
/// certificates would make every cold start of the many functions that ask no partner slower.
#[derive(Default)]
pub(super) struct HttpClient(OnceLock<Result<reqwest::Client, String>>);

/// What every partner's client needs.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub(super) http: Arc<HttpClient>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) token: Option<String>,
}

/// A partner at an address.
pub(super) struct PartnerClient {
    name: &'static str,
    base_url: String,
    around: Surroundings,
    guard: Mutex<Guard>,
}

/// What a process remembers of a partner.
#[derive(Debug, Default)]
struct Guard {
    breaker: Breaker,
    budget: RetryBudget,
}

/// A request to a partner; it may be sent twice.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) query: &'a [(&'a str, String)],
    /// JSON.
    pub(super) body: Option<Vec<u8>>,
    /// The key of a write (§14).
    pub(super) idempotency_key: Option<String>,
}

impl<'a> Request<'a> {
    /// A question without a body.
    pub(super) fn get(path: &'static str, query: &'a [(&'a str, String)]) -> Self {
        Self {
            method: Method::GET,
            path,
            query,
            body: None,
            idempotency_key: None,
        }
    }

    /// A body; a write has a key, a question none.
    pub(super) fn post(
        path: &'static str,
        body: &impl Serialize,
        idempotency_key: Option<String>,
    ) -> Result<Self, PartnerError> {
        let body = serde_json::to_vec(body).map_err(|error| PartnerError::Invalid(error.to_string()))?;
        Ok(Self {
            method: Method::POST,
            path,
            query: &[],
            body: Some(body),
            idempotency_key,
        })
    }
}

impl PartnerClient {
    pub(super) fn new(name: &'static str, base_url: &str, around: Surroundings) -> Self {
        Self {
            name,
            base_url: base_url.trim_end_matches('/').to_owned(),
            around,
            guard: Mutex::default(),
        }
    }

    /// Where the breaker stands.
    pub(super) fn breaker(&self) -> BreakerState {
        let now = self.around.clock.now();
        self.guarded(|guard| guard.breaker.state(now))
    }

    /// Sends a request and reads the answer, which must be a success with JSON of the type.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, PartnerError> {
        let started = self.around.clock.now();
        let limit = self.time_left();
        // Before the breaker: a caller without time learns nothing about the partner, and must not use up its probe.
        if limit < LEAST_FOR_CALL {
            self.report(PartnerError::NoTimeLeft.word(), started);
            return Err(PartnerError::NoTimeLeft);
        }
        if !self.guarded(|guard| guard.breaker.admit(started)) {
            self.report(PartnerError::BreakerOpen.word(), started);
            return Err(PartnerError::BreakerOpen);
        }
        self.guarded(|guard| guard.budget.called());
        let outcome = self.tried(request, limit).await;
        let now = self.around.clock.now();
        let (before, after) = self.guarded(|guard| {
            let before = guard.breaker.state(now);
            match &outcome {
                Err(error) if error.is_the_partners_trouble() => guard.breaker.failed(now),
                _ => guard.breaker.succeeded(),
            }
            (before, guard.breaker.state(now))
        });
        if before != after {
            tracing::warn!(
                partner = self.name,
                breaker = after.as_str(),
                "a breaker has moved"
            );
        }
        let word = outcome.as_ref().map_or_else(|error| error.word(), |_| "ok");
        self.report(word, started);
        outcome
    }

    /// Once, and once more where that may help, fits the budget and there is time.
    async fn tried<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
        limit: Duration,
    ) -> Result<T, PartnerError> {
        let ends = tokio::time::Instant::now() + limit;
        let left = || ends.saturating_duration_since(tokio::time::Instant::now());
        let error = match self.once(request, limit).await {
            Err(error) if error.may_pass() && left() > LEAST_FOR_CALL + LONGEST_PAUSE => error,
            outcome => return outcome,
        };
        if !self.guarded(|guard| guard.budget.take()) {
            return Err(error);
        }
        let millis = self.around.ids.random() % LONGEST_PAUSE.as_millis();
        tokio::time::sleep(Duration::from_millis(u64::try_from(millis).unwrap_or(0))).await;
        metrics::partner_retry(self.name);
        self.once(request, left()).await
    }

    /// Two seconds, or what is left of the invocation.
    fn time_left(&self) -> Duration {
        let now = self.around.clock.now();
        let left = deadline::current().map(|ends| (ends - now).to_std().unwrap_or_default());
        left.map_or(TOTAL_TIMEOUT, |left| {
            left.saturating_sub(KEPT_BACK).min(TOTAL_TIMEOUT)
        })
    }

    async fn once<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
        limit: Duration,
    ) -> Result<T, PartnerError> {
        // Not only reqwest's own: an answer that never ends must not outlast it by a byte.
        let exchange = tokio::time::timeout(limit, self.exchange(request, limit));
        exchange.await.unwrap_or(Err(PartnerError::TimedOut))
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        request: &Request<'_>,
        limit: Duration,
    ) -> Result<T, PartnerError> {
        let mut response = self.built(request, limit)?.send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(PartnerError::Status(response.status().as_u16()));
        }
        if !is_json(&response) {
            return Err(PartnerError::Invalid("it is no JSON".into()));
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            answer.extend_from_slice(&chunk);
            if answer.len() > MAX_ANSWER_BYTES {
                return Err(PartnerError::TooLarge);
            }
        }
        // Where and what kind of fault, never the text itself: it may hold anything.
        serde_json::from_slice(&answer).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            PartnerError::Invalid(format!(
                "{:?} fault at line {line} column {column}",
                error.classify()
            ))
        })
    }

    fn built(&self, request: &Request<'_>, limit: Duration) -> Result<reqwest::RequestBuilder, PartnerError> {
        let mut url = format!("{}{}", self.base_url, request.path);
        if !request.query.is_empty() {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(request.query);
            url = format!("{url}?{}", query.finish());
        }
        let client = self.around.http.get()?;
        let mut built = client.request(request.method.clone(), url).timeout(limit);
        if let Some(body) = &request.body {
            built = built.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        if let Some(token) = &self.around.token {
            built = built.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = &request.idempotency_key {
            built = built.header("idempotency-key", key);
        }
        if let Some(id) = request_id::current() {
            built = built.header("x-request-id", id);
        }
        Ok(built)
    }

    fn report(&self, outcome: &'static str, started: DateTime<Utc>) {
        let now = self.around.clock.now();
        metrics::partner_call(self.name, outcome, (now - started).num_milliseconds());
        let open = self.guarded(|guard| guard.breaker.state(now)) == BreakerState::Open;
        metrics::breaker(self.name, open);
    }

    fn guarded<T>(&self, work: impl FnOnce(&mut Guard) -> T) -> T {
        let mut guard = self
            .guard
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        work(&mut guard)
    }
}

fn is_json(response: &reqwest::Response) -> bool {
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    })
}

impl HttpClient {
    fn get(&self) -> Result<&reqwest::Client, PartnerError> {
        let client = self.0.get_or_init(|| {
            reqwest::Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(TOTAL_TIMEOUT)
                .pool_idle_timeout(IDLE_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| error.to_string())
        });
        client
            .as_ref()
            .map_err(|error| PartnerError::Unreachable(error.clone()))
    }
}

/// The cause without the address, which may hold what is not for logs.
fn unreachable(error: reqwest::Error) -> PartnerError {
    if error.is_timeout() {
        return PartnerError::TimedOut;
    }
    PartnerError::Unreachable(error.without_url().to_string())
}

impl PartnerError {
    /// Whether the same request may succeed a moment later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut => true,
            Self::Status(status) => [
                StatusCode::TOO_MANY_REQUESTS,
                StatusCode::BAD_GATEWAY,
                StatusCode::SERVICE_UNAVAILABLE,
                StatusCode::GATEWAY_TIMEOUT,
            ]
            .iter()
            .any(|known| known.as_u16() == *status),
            Self::TooLarge | Self::Invalid(_) | Self::NoTimeLeft | Self::BreakerOpen => false,
        }
    }

    /// Whether it speaks against the partner rather than against the request.
    fn is_the_partners_trouble(&self) -> bool {
        !matches!(self, Self::Status(status) if (400..500).contains(status) && *status != 429)
    }

    /// The outcome, for metrics.
    const fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timeout",
            Self::NoTimeLeft => "no_time_left",
            Self::Status(_) => "bad_status",
            Self::TooLarge => "too_large",
            Self::Invalid(_) => "invalid",
            Self::BreakerOpen => "refused_by_breaker",
        }
    }
}
