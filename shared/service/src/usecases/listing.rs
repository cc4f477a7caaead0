//! The loop behind every list: query, drop what the filters do not want, stop at a full page or at the request's bounds.
//! A short page with a cursor is legal (D8); no row is lost or doubled, because a page ends exactly at the last item that
//! was looked at.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::auth::Access;
use crate::store::record::Item;
use crate::store::{Query, StoreError, TenantStore};

/// Queries one request may make.
const MAX_QUERIES: usize = 5;
/// Bytes one request may read.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// How long one request goes on asking: a table that answers slowly gives a short page, not a time-out.
const MAX_TIME: TimeDelta = TimeDelta::milliseconds(1_500);
/// Items to look at in one query when filters drop some.
const FILTERED_QUERY_ITEMS: i32 = 200;

/// Rows, and the key after which the next page starts.
pub type Rows<T> = (Vec<T>, Option<Item>);

/// Where a list made of several ranges goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Which of the ranges, from 0.
    pub phase: usize,
    /// The key in it after which to go on; none at its beginning.
    pub after: Option<Item>,
}

/// One range of a list.
pub struct Phase {
    /// What to read.
    pub query: Query,
    /// Whether some of it may be dropped.
    pub selective: bool,
}

/// Reads one page: up to `limit` rows that `keep` makes of items. `selective` says that it may drop some.
///
/// # Errors
/// [`StoreError`]
pub async fn page<T>(
    app: &App,
    access: &Access,
    query: Query,
    limit: usize,
    selective: bool,
    keep: impl Fn(Item) -> Result<Option<T>, StoreError>,
) -> Result<Rows<T>, StoreError> {
    let mut page = Page::of(app, access, limit);
    let next = page.fill(Phase { query, selective }, keep).await?;
    Ok((page.rows, next))
}

/// Reads one page of several ranges, one after the other; `keep` is told which one an item comes from. What an earlier
/// range has shown, `keep` must drop by looking at the item alone.
///
/// # Errors
/// [`StoreError`]
pub async fn pages_of<T>(
    app: &App,
    access: &Access,
    phases: Vec<Phase>,
    start: Place,
    limit: usize,
    keep: impl Fn(usize, Item) -> Result<Option<T>, StoreError>,
) -> Result<(Vec<T>, Option<Place>), StoreError> {
    let mut page = Page::of(app, access, limit);
    let Place {
        phase: first,
        mut after,
    } = start;
    for (number, mut phase) in phases.into_iter().enumerate().skip(first) {
        if page.is_over() {
            let place = Place {
                phase: number,
                after: None,
            };
            return Ok((page.rows, Some(place)));
        }
        // Only the range in which the page before ended is entered in its middle.
        phase.query.start = after.take();
        after = page.fill(phase, |item| keep(number, item)).await?;
        if after.is_some() {
            return Ok((page.rows, Some(Place { phase: number, after })));
        }
    }
    Ok((page.rows, None))
}

/// A page being filled, and what the request may still spend on it.
struct Page<'a, T> {
    app: &'a App,
    store: TenantStore<'a>,
    until: DateTime<Utc>,
    rows: Vec<T>,
    limit: usize,
    queries: usize,
    bytes: usize,
}

impl<'a, T> Page<'a, T> {
    fn of(app: &'a App, access: &Access, limit: usize) -> Self {
        Self {
            app,
            store: app.tenant_store(access),
            until: app.now() + MAX_TIME,
            rows: Vec::with_capacity(limit),
            limit,
            queries: 0,
            bytes: 0,
        }
    }

    /// Whether it is full, or the request's bounds are reached.
    fn is_over(&self) -> bool {
        self.rows.len() >= self.limit
            || self.queries >= MAX_QUERIES
            || self.bytes >= MAX_BYTES
            || self.app.now() >= self.until
    }

    /// Adds rows of one range until the page is over; gives the key to go on after, none at the end of the range.
    async fn fill(
        &mut self,
        phase: Phase,
        keep: impl Fn(Item) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<Item>, StoreError> {
        let Phase { mut query, selective } = phase;
        loop {
            // One more than is missing tells whether there is a next page, so that no list ends with an empty one.
            let missing = i32::try_from(self.limit - self.rows.len() + 1).unwrap_or(i32::MAX);
            query.limit = Some(if selective { FILTERED_QUERY_ITEMS } else { missing });
            let index = query.index;
            let found = self.store.query(query.clone()).await?;
            self.queries += 1;
            self.bytes += found.bytes;
            let mut items = found.items.into_iter().peekable();
            while let Some(item) = items.next() {
                let key = key_of(&item, index.attributes());
                self.rows.extend(keep(item)?);
                if self.rows.len() == self.limit {
                    let more = items.peek().is_some() || found.next.is_some();
                    return Ok(more.then_some(key));
                }
            }
            match found.next {
                Some(next) if !self.is_over() => query.start = Some(next),
                rest => return Ok(rest),
            }
        }
    }
}

/// The attributes that a query starts after: the table's key and the index's.
fn key_of(item: &Item, index: (&str, &str)) -> Item {
    ["pk", "sk", index.0, index.1]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())))
        .collect::<HashMap<_, _>>()
}
