//! The loop behind every list: query, drop what the filters do not want, stop at a full page or at the request's bounds.
//! A short page with a cursor is legal (D8); no row is lost or doubled, because a page ends exactly at the last item that
//! was looked at.

use std::collections::HashMap;

use crate::store::record::Item;
use crate::store::{Query, StoreError, TenantStore};

/// Queries one request may make.
const MAX_QUERIES: usize = 5;
/// Bytes one request may read.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Items to look at in one query when filters drop some.
const FILTERED_QUERY_ITEMS: i32 = 200;

/// Rows, and the key after which the next page starts.
pub type Rows<T> = (Vec<T>, Option<Item>);

/// Reads one page: up to `limit` rows that `keep` makes of items. `selective` says that it may drop some.
///
/// # Errors
/// [`StoreError`]
pub async fn page<T>(
    store: TenantStore<'_>,
    mut query: Query,
    limit: usize,
    selective: bool,
    keep: impl Fn(Item) -> Result<Option<T>, StoreError>,
) -> Result<Rows<T>, StoreError> {
    let (mut rows, mut bytes) = (Vec::with_capacity(limit), 0);
    for _ in 0..MAX_QUERIES {
        // One more than is missing tells whether there is a next page, so that no list ends with an empty one.
        let missing = i32::try_from(limit - rows.len() + 1).unwrap_or(i32::MAX);
        query.limit = Some(if selective { FILTERED_QUERY_ITEMS } else { missing });
        let index = query.index;
        let found = store.query(query.clone()).await?;
        bytes += found.bytes;
        let mut items = found.items.into_iter().peekable();
        while let Some(item) = items.next() {
            let key = key_of(&item, index.attributes());
            rows.extend(keep(item)?);
            let more = items.peek().is_some() || found.next.is_some();
            if rows.len() == limit {
                return Ok((rows, more.then_some(key)));
            }
        }
        match found.next {
            Some(next) if bytes < MAX_BYTES => query.start = Some(next),
            rest => return Ok((rows, rest)),
        }
    }
    Ok((rows, query.start))
}

/// The attributes that a query starts after: the table's key and the index's.
fn key_of(item: &Item, index: (&str, &str)) -> Item {
    ["pk", "sk", index.0, index.1]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())))
        .collect::<HashMap<_, _>>()
}
