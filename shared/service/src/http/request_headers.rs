//! What a request's headers say about it: who it is, which version it was made for, which key makes it safe to repeat.

use http::header::HeaderValue;
use lambda_http::Request;

use crate::app::App;
use crate::problem::{Problem, ProblemCode};

/// The header that makes a creating request safe to repeat (D7).
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// `If-Match: "<version>"`; `*` matches every version, so it asks nothing (D6).
pub(super) fn if_match(header: Option<&HeaderValue>) -> Result<Option<u64>, Problem> {
    let Some(header) = header else {
        return Ok(None);
    };
    let raw = header.to_str().map_or("", str::trim);
    if raw == "*" {
        return Ok(None);
    }
    let version = raw
        .strip_prefix('"')
        .and_then(|raw| raw.strip_suffix('"'))
        .and_then(|version| version.parse().ok());
    version.map(Some).ok_or_else(|| {
        Problem::new(
            ProblemCode::InvalidHeader,
            "If-Match takes the ETag of an answer, such as \"3\".",
        )
    })
}

/// The key of a POST, also of one that needs none: what is sent must be one (D7).
pub(super) fn idempotency_key(header: Option<&HeaderValue>) -> Result<Option<String>, Problem> {
    let Some(header) = header else {
        return Ok(None);
    };
    let key = header.to_str().unwrap_or("");
    if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Some(key.to_owned()))
    } else {
        Err(Problem::new(
            ProblemCode::InvalidHeader,
            "An Idempotency-Key is 1 to 255 visible ASCII characters.",
        ))
    }
}

/// The caller's own id when it is a safe one, else a fresh one (D9).
pub(super) fn request_id(app: &App, request: &Request) -> String {
    let sent = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    let valid = |id: &&str| {
        (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    sent.filter(valid)
        .map_or_else(|| app.ids().fresh().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_strong_etags() {
        // D6
        let if_match = |raw: &'static str| if_match(Some(&HeaderValue::from_static(raw)));
        assert_eq!(if_match("\"3\"").unwrap(), Some(3));
        assert_eq!(if_match("*").unwrap(), None);
        for raw in ["W/\"3\"", "3", "", "\"x\""] {
            assert_eq!(if_match(raw).unwrap_err().code.status(), 400, "{raw}");
        }
    }

    #[test]
    fn a_key_that_is_sent_must_be_one() {
        // D7
        let longest = "k".repeat(255);
        for good in ["a", longest.as_str(), "!~"] {
            let header = HeaderValue::from_str(good).unwrap();
            assert_eq!(idempotency_key(Some(&header)).unwrap().as_deref(), Some(good));
        }
        let too_long = "k".repeat(256);
        for bad in ["", "a b", "clé", too_long.as_str()] {
            let header = HeaderValue::from_bytes(bad.as_bytes()).unwrap();
            let problem = idempotency_key(Some(&header)).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidHeader, "{bad}");
        }
        assert_eq!(idempotency_key(None).unwrap(), None);
    }
}
