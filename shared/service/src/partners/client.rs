//! HTTP to a partner (§14): short time-outs, no redirects, answers capped and checked.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{PartnerError, request_id};

const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// From the first byte sent to the last byte read.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(2);
/// A Lambda may be frozen between two requests: a connection that was idle for longer is likely dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The one HTTP client of all partners. It is made at the first call rather than in init, because reading the root
/// certificates would make every cold start of the many functions that ask no partner slower.
#[derive(Default)]
pub(super) struct HttpClient(OnceLock<Result<reqwest::Client, String>>);

/// A partner at an address.
pub(super) struct PartnerClient {
    http: Arc<HttpClient>,
    base_url: String,
    token: Option<String>,
}

impl PartnerClient {
    pub(super) fn new(http: Arc<HttpClient>, base_url: &str, token: Option<String>) -> Self {
        Self {
            http,
            base_url: base_url.trim_end_matches('/').to_owned(),
            token,
        }
    }

    /// Posts a body and reads the answer, which must be a 200.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, PartnerError> {
        let body = serde_json::to_vec(body).map_err(|error| PartnerError::Invalid(error.to_string()))?;
        let mut request = self
            .http
            .get()?
            .post(format!("{}{path}", self.base_url))
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(id) = request_id::current() {
            request = request.header("x-request-id", id);
        }
        let mut response = request.send().await.map_err(unreachable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(PartnerError::Status(response.status().as_u16()));
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
    let error = error.without_url();
    let kind = if error.is_timeout() { "timed out: " } else { "" };
    PartnerError::Unreachable(format!("{kind}{error}"))
}
