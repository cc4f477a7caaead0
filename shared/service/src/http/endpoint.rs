//! The pipeline every request goes through, in the order of the answers it may give: 404, 401, 403, 400, 413, 415, 422.
//! A handler receives a [`Call`] that is authenticated, authorised and parsed; it calls one use case and presents.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, IF_MATCH};
use lambda_http::{Body, Request, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use super::fields::{FromFields, read_body};
use super::idempotency::Identity;
use super::json::{Json, JsonError};
use super::query::QueryParameters;
use super::reply::{Reply, problem_response};
use super::request_headers::{IDEMPOTENCY_KEY, idempotency_key, if_match, request_id};
use super::routes::{PathParameters, Route, match_path};
use crate::app::App;
use crate::auth::{Access, Grant, TenantId};
use crate::metrics::{self, Invocation};
use crate::partners;
use crate::problem::{Problem, ProblemCode};

/// Largest body, in bytes (D2).
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// A route with the code that serves it.
#[derive(Clone, Copy)]
pub struct Endpoint {
    /// Method, path, permission.
    pub route: &'static Route,
    /// The code.
    pub handler: Handler,
}

/// The code of an endpoint.
#[derive(Clone, Copy)]
pub enum Handler {
    /// For everybody.
    Open(fn(App, OpenCall) -> BoxFuture<'static, Result<Reply, Problem>>),
    /// For callers with the route's permission.
    Tenant(fn(App, Call) -> BoxFuture<'static, Result<Reply, Problem>>),
}

/// Makes an [`Endpoint`] of a route and an async handler.
macro_rules! endpoint {
    ($route:expr, $handler:ident) => {
        $crate::http::endpoint::Endpoint {
            route: &$route,
            handler: $crate::http::endpoint::Handler::Tenant(|app, call| {
                Box::pin(async move { $handler(&app, &call).await })
            }),
        }
    };
}
pub(crate) use endpoint;

/// Like [`endpoint!`], for a route that needs no token.
macro_rules! open_endpoint {
    ($route:expr, $handler:ident) => {
        $crate::http::endpoint::Endpoint {
            route: &$route,
            handler: $crate::http::endpoint::Handler::Open(|app, call| {
                Box::pin(async move { $handler(&app, &call) })
            }),
        }
    };
}
pub(crate) use open_endpoint;

/// A request to an open endpoint. There is no caller, and so no tenant.
pub struct OpenCall {
    /// The query's parameters.
    pub query: QueryParameters,
    headers: HeaderMap,
}

impl OpenCall {
    /// A header that is text; where it stands several times, the first.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A request that may be served.
pub struct Call {
    /// What the caller may do, and in which tenant.
    pub access: Access,
    /// The route that took it.
    pub route: &'static Route,
    /// The path's parameters.
    pub path: PathParameters,
    /// The query's parameters.
    pub query: QueryParameters,
    /// The version the caller has seen, from `If-Match` (D6).
    pub if_match: Option<u64>,
    /// `Accept`, several headers put together.
    pub accept: Option<String>,
    idempotency_key: Option<String>,
    body: Option<Json>,
}

impl Call {
    /// The body as a request type.
    ///
    /// # Errors
    /// 422 that names every faulty field.
    pub fn body<T: FromFields>(&self) -> Result<T, Problem> {
        read_body(self.json()?)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Internal when the route takes none.
    pub fn json(&self) -> Result<&Json, Problem> {
        self.body
            .as_ref()
            .ok_or_else(|| Problem::internal("a handler read a body that its route does not take"))
    }

    /// The id a creating request gives to its record (D7).
    ///
    /// # Errors
    /// 400 when the Idempotency-Key is malformed, or required and missing.
    pub fn identity(&self, app: &App) -> Result<Identity, Problem> {
        self.identity_in(app, &[self.route.function])
    }

    /// The id a creating request gives to what it makes inside another record: the same key in another one is another
    /// request (D7).
    ///
    /// # Errors
    /// As [`Call::identity`].
    pub fn identity_within(&self, app: &App, parent: Uuid) -> Result<Identity, Problem> {
        self.identity_in(app, &[self.route.function, &parent.to_string()])
    }

    fn identity_in(&self, app: &App, scope: &[&str]) -> Result<Identity, Problem> {
        let required = self.access.settings().idempotency_key_required;
        let key = self.idempotency_key.as_deref();
        Identity::of(app, self.access.tenant(), scope, key, required, self.json()?)
    }

    /// A path parameter that is a UUID; anything else is not there (D1).
    ///
    /// # Errors
    /// 404
    pub fn id(&self, name: &str) -> Result<Uuid, Problem> {
        parse_id(self.path.get(name)).ok_or_else(Problem::not_found)
    }
}

/// Only the hyphenated form is an id: one record has one address.
fn parse_id(raw: &str) -> Option<Uuid> {
    (raw.len() == 36).then(|| Uuid::try_parse(raw).ok()).flatten()
}

/// Serves one request with one of a function's endpoints.
pub async fn serve(app: &App, endpoints: &[Endpoint], request: Request) -> Response<Body> {
    let started = app.now();
    let request_id = request_id(app, &request);
    let function = endpoints.first().map_or("", |endpoint| endpoint.route.function);
    let span = tracing::info_span!("request", request_id, function);
    let outcome = AssertUnwindSafe(answer(app, endpoints, request, &request_id))
        .catch_unwind()
        .instrument(span.clone());
    let response = match partners::request_id::within(request_id.clone(), outcome).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => failed(&problem, &request_id, &span),
        Err(_) => failed(&Problem::internal("a handler panicked"), &request_id, &span),
    };
    let ended = app.now();
    let status = response.status().as_u16();
    let latency_millis = (ended - started).num_milliseconds();
    span.in_scope(|| tracing::info!(status, latency_millis, "request served"));
    metrics::emit(&Invocation {
        function,
        at: ended,
        latency_millis,
        status: Some(status),
        failed_records: None,
    });
    response
}

fn failed(problem: &Problem, request_id: &str, span: &tracing::Span) -> Response<Body> {
    span.in_scope(|| {
        let code = problem.code.as_str();
        match &problem.internal {
            Some(cause) => tracing::error!(code, cause, "request failed"),
            None => tracing::info!(code, "request refused"),
        }
    });
    problem_response(problem, request_id)
}

async fn answer(
    app: &App,
    endpoints: &[Endpoint],
    request: Request,
    request_id: &str,
) -> Result<Response<Body>, Problem> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let (endpoint, path) = find(endpoints, parts.method.as_str(), path)?;
    let header = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let handler = match endpoint.handler {
        Handler::Open(handler) => {
            let query = QueryParameters::parse(parts.uri.query().unwrap_or(""), endpoint.route.query)?;
            let headers = parts.headers;
            let reply = handler(app.clone(), OpenCall { query, headers }).await?;
            return reply.into_response(request_id);
        }
        Handler::Tenant(handler) => handler,
    };
    let action = endpoint
        .route
        .action
        .ok_or_else(|| Problem::internal("a tenant route names no action"))?;
    let principal = app.verifier().verify(header(&AUTHORIZATION), app.now()).await?;
    let tenant = parse_id(path.get("tenant_id"))
        .map(TenantId)
        .ok_or_else(Problem::not_found)?;
    let grant = Grant::authorise(&principal, tenant, action)?;
    tracing::debug!(tenant = %tenant, "request authorised");
    let query = QueryParameters::parse(parts.uri.query().unwrap_or(""), endpoint.route.query)?;
    let body = if endpoint.route.body {
        Some(parse_body(header(&CONTENT_TYPE), &body)?)
    } else {
        None
    };
    let if_match = if_match(parts.headers.get(&IF_MATCH))?;
    let key = parts
        .headers
        .get(IDEMPOTENCY_KEY)
        .filter(|_| endpoint.route.method == "POST");
    let idempotency_key = idempotency_key(key)?;
    let accepted: Vec<_> = parts
        .headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let accept = (!accepted.is_empty()).then(|| accepted.join(","));
    // Last of all, since it may read the table: what is refused without it costs nothing.
    let access = app.enter(grant).await?;
    let call = Call {
        access,
        route: endpoint.route,
        path,
        query,
        if_match,
        accept,
        idempotency_key,
        body,
    };
    handler(app.clone(), call).await?.into_response(request_id)
}

/// The endpoint that takes a method and path: 404 when no path fits, 405 when only the method does not.
fn find<'a>(
    endpoints: &'a [Endpoint],
    method: &str,
    path: &str,
) -> Result<(&'a Endpoint, PathParameters), Problem> {
    let mut here = endpoints
        .iter()
        .filter_map(|e| Some((e, match_path(e.route, path)?)))
        .peekable();
    if here.peek().is_none() {
        return Err(Problem::not_found());
    }
    here.find(|(e, _)| e.route.method == method)
        .ok_or_else(|| Problem::new(ProblemCode::MethodNotAllowed, "This method is not served here."))
}

fn parse_body(content_type: Option<&str>, body: &Body) -> Result<Json, Problem> {
    let bytes: &[u8] = match body {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    if bytes.len() > MAX_BODY_BYTES {
        return Err(Problem::new(
            ProblemCode::PayloadTooLarge,
            "A body may have at most 256 KiB.",
        ));
    }
    let media_type = content_type
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .unwrap_or("");
    let is_json = media_type.eq_ignore_ascii_case("application/json")
        || media_type.eq_ignore_ascii_case("application/merge-patch+json");
    if !is_json {
        return Err(Problem::new(
            ProblemCode::UnsupportedMediaType,
            "Send the body as application/json.",
        ));
    }
    Json::parse(bytes).map_err(|error| match error {
        JsonError::Syntax(detail) => Problem::new(ProblemCode::MalformedJson, crate::problem::echo(&detail)),
        JsonError::TooDeep => Problem::new(ProblemCode::MalformedJson, error.to_string()),
    })
}

/// Refuses a write that was made for another version than the current one (D6).
///
/// # Errors
/// 412 `stale-version` with `current_version`.
pub fn check_if_match(if_match: Option<u64>, current: u64) -> Result<(), Problem> {
    match if_match {
        Some(seen) if seen != current => Err(Problem::new(
            ProblemCode::StaleVersion,
            "The record has changed since you read it; read it again.",
        )
        .with("current_version", current)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_version_is_told_the_current_one() {
        // D6
        assert!(check_if_match(Some(3), 3).is_ok());
        let stale = check_if_match(Some(2), 3).unwrap_err();
        assert_eq!(
            (stale.code.status(), &stale.extensions["current_version"]),
            (412, &3.into())
        );
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        // D1
        assert!(parse_id("00000000-0000-0000-0000-000000000001").is_some());
        for raw in [
            "",
            "1",
            "00000000000000000000000000000001",
            "{00000000-0000-0000-0000-000000000001}",
        ] {
            assert!(parse_id(raw).is_none(), "{raw}");
        }
    }

    #[test]
    fn bodies_are_bounded_typed_and_well_formed() {
        // D2
        let code = |content_type: Option<&str>, body: &str| {
            parse_body(content_type, &Body::Text(body.into())).map_or_else(|p| p.code.status(), |_| 200)
        };
        let json = Some("application/json; charset=utf-8");
        assert_eq!(code(json, "{}"), 200);
        assert_eq!(code(None, "{}"), 415);
        assert_eq!(code(Some("text/plain"), "{}"), 415);
        assert_eq!(code(json, "{"), 400);
        assert_eq!(code(json, &format!("\"{}\"", "x".repeat(MAX_BODY_BYTES))), 413);
    }
}
