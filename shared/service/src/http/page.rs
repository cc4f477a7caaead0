//! Lists (D8): pages with opaque cursors that are encrypted, bound to tenant, route and filters, and good for a day.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::endpoint::Call;
use crate::app::App;
use crate::problem::{Problem, ProblemCode};
use crate::store::record::Item;
use crate::store::s;

/// How long a cursor is good.
const CURSOR_LIFETIME: TimeDelta = TimeDelta::hours(24);

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct ListView<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Position {
    /// Seconds since 1970 after which it is refused.
    e: i64,
    /// The key of the last item that was looked at.
    k: BTreeMap<String, String>,
}

/// Where a page starts, from the request's cursor.
///
/// # Errors
/// 400 `invalid-cursor` for anything that this very list did not give out within a day.
pub fn start(app: &App, call: &Call) -> Result<Option<Item>, Problem> {
    let Some(cursor) = call.query.cursor()? else {
        return Ok(None);
    };
    let refused = || {
        Problem::new(
            ProblemCode::InvalidCursor,
            "The cursor is not one of this list, or is older than a day.",
        )
    };
    let plain = app.keyring().open(&cursor, &context(call)).ok_or_else(refused)?;
    let position: Position = serde_json::from_slice(&plain).map_err(|_| refused())?;
    if position.e < app.now().timestamp() {
        return Err(refused());
    }
    Ok(Some(
        position
            .k
            .into_iter()
            .map(|(name, value)| (name, s(value)))
            .collect(),
    ))
}

/// The cursor after an item with these key attributes.
///
/// # Errors
/// An internal problem when it cannot be made.
pub fn next_cursor(app: &App, call: &Call, key: Option<&Item>) -> Result<Option<String>, Problem> {
    let Some(key) = key else {
        return Ok(None);
    };
    let texts: HashMap<_, _> = key
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_s().ok()?)))
        .collect();
    let position = Position {
        e: (app.now() + CURSOR_LIFETIME).timestamp(),
        k: texts
            .into_iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    };
    let plain = serde_json::to_vec(&position).map_err(|error| Problem::internal(error.to_string()))?;
    let sealed = app.keyring().seal(&plain, &context(call), app.ids().random());
    sealed
        .map(Some)
        .ok_or_else(|| Problem::internal("a cursor could not be sealed"))
}

fn context(call: &Call) -> Vec<u8> {
    format!(
        "{}\n{} {}\n{}",
        call.access.tenant(),
        call.route.method,
        call.route.path,
        call.query.filters()
    )
    .into_bytes()
}
