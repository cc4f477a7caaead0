//! Answers: status, headers and a JSON body.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::problem::Problem;

/// The header that says that a request was answered from what its first attempt had made (D7).
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The header that names a request in answers and logs (D9).
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A good answer.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    body: Result<Vec<u8>, String>,
    headers: Vec<(HeaderName, String)>,
}

impl Reply {
    /// An answer with a body.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).map_err(|error| error.to_string());
        Self {
            status,
            body,
            headers: Vec::new(),
        }
    }

    /// An answer that is not JSON.
    pub fn other(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        let reply = Self {
            status,
            body: Ok(body),
            headers: Vec::new(),
        };
        reply.header(CONTENT_TYPE, content_type)
    }

    /// 200 with a body.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::json(200, body)
    }

    /// Adds the record's version as a strong ETag (D6).
    #[must_use]
    pub fn version(self, version: u64) -> Self {
        self.header(ETAG, format!("\"{version}\""))
    }

    /// Says where the record stands, relative to the request's own address, so that a gateway's prefix survives.
    #[must_use]
    pub fn location(self, path: impl Into<String>) -> Self {
        self.header(LOCATION, path)
    }

    /// Says that the record was there before (D7).
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        if replayed {
            self.header(IDEMPOTENCY_REPLAYED, "true")
        } else {
            self
        }
    }

    /// Sets a header, in place of what every answer carries.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The HTTP response.
    ///
    /// # Errors
    /// An internal problem when the body does not serialise.
    pub fn into_response(self, request_id: &str) -> Result<Response<Body>, Problem> {
        let body = self.body.map_err(Problem::internal)?;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            http::StatusCode::from_u16(self.status).map_err(|error| Problem::internal(error.to_string()))?;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            let value =
                HeaderValue::from_str(&value).map_err(|error| Problem::internal(error.to_string()))?;
            headers.insert(name, value);
        }
        if let Ok(value) = HeaderValue::from_str(request_id) {
            headers.insert(X_REQUEST_ID, value);
        }
        Ok(response)
    }
}

/// The HTTP response of a problem (D5).
pub fn problem_response(problem: &Problem, request_id: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(problem.to_document(request_id).to_string()));
    *response.status_mut() =
        http::StatusCode::from_u16(problem.code.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after_seconds() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.code.status() == 401 {
        headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(X_REQUEST_ID, value);
    }
    response
}
