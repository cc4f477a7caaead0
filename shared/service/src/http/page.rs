//! Lists (D8): pages with opaque cursors that are encrypted, bound to tenant, route and filters, and good for a day.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::endpoint::Call;
use super::routes::{PathParameters, Route};
use crate::app::App;
use crate::auth::TenantId;
use crate::problem::{Problem, ProblemCode};
use crate::store::record::Item;
use crate::store::s;
use crate::usecases::listing::Place;

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
    /// Which of the list's ranges it is in.
    #[serde(default, skip_serializing_if = "is_first")]
    p: usize,
    /// The key of the last item that was looked at; empty at the beginning of a range.
    k: BTreeMap<String, String>,
}

fn is_first(phase: &usize) -> bool {
    *phase == 0
}

/// Where a page starts, from the request's cursor.
///
/// # Errors
/// 400 `invalid-cursor` for anything that this very list did not give out within a day.
pub fn start(app: &App, call: &Call) -> Result<Option<Item>, Problem> {
    Ok(start_place(app, call)?.after)
}

/// The cursor after an item with these key attributes.
///
/// # Errors
/// An internal problem when it cannot be made.
pub fn next_cursor(app: &App, call: &Call, key: Option<&Item>) -> Result<Option<String>, Problem> {
    let place = key.map(|key| Place {
        phase: 0,
        after: Some(key.clone()),
    });
    place_cursor(app, call, place.as_ref())
}

/// The cursor after an item for another route with the same ids in its path, without filters.
///
/// # Errors
/// As [`next_cursor`].
pub fn next_cursor_on(
    app: &App,
    call: &Call,
    route: &Route,
    key: Option<&Item>,
) -> Result<Option<String>, Problem> {
    let place = key.map(|key| Place {
        phase: 0,
        after: Some(key.clone()),
    });
    let context = bound_to(call.access.tenant(), route, &call.path, "");
    sealed(app, place.as_ref(), &context)
}

/// Where a page of a list of several ranges starts, from the request's cursor.
///
/// # Errors
/// As [`start`].
pub fn start_place(app: &App, call: &Call) -> Result<Place, Problem> {
    let Some(cursor) = call.query.cursor()? else {
        return Ok(Place::default());
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
    let key: Item = position
        .k
        .into_iter()
        .map(|(name, value)| (name, s(value)))
        .collect();
    Ok(Place {
        phase: position.p,
        after: (!key.is_empty()).then_some(key),
    })
}

/// The cursor to a place in a list of several ranges.
///
/// # Errors
/// As [`next_cursor`].
pub fn place_cursor(app: &App, call: &Call, place: Option<&Place>) -> Result<Option<String>, Problem> {
    sealed(app, place, &context(call))
}

fn sealed(app: &App, place: Option<&Place>, context: &[u8]) -> Result<Option<String>, Problem> {
    let Some(place) = place else {
        return Ok(None);
    };
    let key = place.after.iter().flatten();
    let position = Position {
        e: (app.now() + CURSOR_LIFETIME).timestamp(),
        p: place.phase,
        k: key
            .filter_map(|(name, value)| Some((name.clone(), value.as_s().ok()?.clone())))
            .collect(),
    };
    let plain = serde_json::to_vec(&position).map_err(|error| Problem::internal(error.to_string()))?;
    let sealed = app.keyring().seal(&plain, context, app.ids().random());
    sealed
        .map(Some)
        .ok_or_else(|| Problem::internal("a cursor could not be sealed"))
}

fn context(call: &Call) -> Vec<u8> {
    bound_to(
        call.access.tenant(),
        call.route,
        &call.path,
        &call.query.filters(),
    )
}

/// What a cursor is bound to: the tenant, the route with the ids in its path, and the filters.
fn bound_to(tenant: TenantId, route: &Route, path: &PathParameters, filters: &str) -> Vec<u8> {
    let names = route
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let ids: Vec<_> = names
        .filter(|name| *name != "tenant_id")
        .map(|name| path.get(name))
        .collect();
    let (method, path, ids) = (route.method, route.path, ids.join("/"));
    format!("{tenant}\n{method} {path}\n{ids}\n{filters}").into_bytes()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::http::routes::{self, match_path};

    #[test]
    fn a_cursor_is_bound_to_tenant_route_ids_and_filters() {
        // D8
        let bound = |tenant: u128, route: &Route, path: &str, filters: &str| {
            let path = format!("/api/v1/tenants/{}/{path}", Uuid::from_u128(tenant));
            let parameters = match_path(route, &path).unwrap();
            bound_to(TenantId(Uuid::from_u128(tenant)), route, &parameters, filters)
        };
        let history = &routes::ORDER_HISTORY;
        let one = bound(1, history, "orders/a/history", "");
        assert_eq!(one, bound(1, history, "orders/a/history", ""));
        for other in [
            bound(1, history, "orders/b/history", ""),
            bound(2, history, "orders/a/history", ""),
            bound(1, history, "orders/a/history", "status=x"),
            bound(1, &routes::LIST_ORDERS, "orders", ""),
        ] {
            assert_ne!(one, other);
        }
    }
}
