//! `GET /openapi.json` and `GET /docs`: the API's description, for machines and for people.

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};

use crate::app::App;
use crate::http::endpoint::{Endpoint, OpenCall, open_endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::openapi::{self, page};
use crate::problem::Problem;

/// The endpoints.
pub const ENDPOINTS: &[Endpoint] = &[
    open_endpoint!(routes::OPENAPI_JSON, document),
    open_endpoint!(routes::DOCS, browse),
];

/// Nothing here belongs to a tenant, so anybody may keep it for a while (D9).
const FIVE_MINUTES: &str = "public, max-age=300";

fn document(_app: &App, call: &OpenCall) -> Result<Reply, Problem> {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let text = match DOCUMENT.get() {
        Some(text) => text,
        None => {
            let made = openapi::to_json().map_err(|error| Problem::internal(error.to_string()))?;
            DOCUMENT.get_or_init(|| made)
        }
    };
    Ok(cached(call, "application/json", text.as_bytes().to_vec()))
}

fn browse(_app: &App, call: &OpenCall) -> Result<Reply, Problem> {
    let asset = match call.query.one("asset", |name| Some(name.to_owned()))? {
        None => &page::PAGE,
        Some(name) => page::ASSETS
            .iter()
            .find(|asset| asset.name == name)
            .ok_or_else(Problem::not_found)?,
    };
    let reply = match asset.gzip().filter(|_| takes_gzip(call)) {
        Some(packed) => cached(call, asset.content_type, packed.to_vec()).header(CONTENT_ENCODING, "gzip"),
        None => {
            let plain = asset
                .plain()
                .map_err(|error| Problem::internal(error.to_string()))?;
            cached(call, asset.content_type, plain)
        }
    };
    Ok(reply
        .header(CONTENT_SECURITY_POLICY, page::CONTENT_SECURITY_POLICY)
        .header(REFERRER_POLICY, "no-referrer")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(VARY, "accept-encoding"))
}

/// The answer with its validator; 304 without a body when the caller holds it already.
fn cached(call: &OpenCall, content_type: &'static str, body: Vec<u8>) -> Reply {
    let hash = digest(&SHA256, &body);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash));
    let held = call.header(&IF_NONE_MATCH).is_some_and(|sent| {
        let mut tags = sent.split(',').map(|one| one.trim().trim_start_matches("W/"));
        tags.any(|one| one == "*" || one == tag)
    });
    let (status, body) = if held { (304, Vec::new()) } else { (200, body) };
    Reply::other(status, content_type, body)
        .header(CACHE_CONTROL, FIVE_MINUTES)
        .header(ETAG, tag)
}

/// Whether `Accept-Encoding` names gzip and does not refuse it.
fn takes_gzip(call: &OpenCall) -> bool {
    call.header(&ACCEPT_ENCODING).is_some_and(|sent| {
        sent.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            named && !refused
        })
    })
}
