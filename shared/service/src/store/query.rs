//! Walking a partition of the table or of an index, page by page.

use super::keys::Index;
use super::record::{Item, size_bytes};
use super::{Store, StoreError, TenantStore, failure, s};

/// Which part of a partition's sort keys is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortRange {
    /// All.
    All,
    /// Those that begin with a text.
    Prefix(String),
    /// Those from a text to another, both included.
    Between(String, String),
}

impl SortRange {
    /// Whether nothing can stand in it; the table refuses to look there.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Between(from, to) if from > to)
    }
}

/// One query.
#[derive(Debug, Clone)]
pub struct Query {
    /// Table or index.
    pub index: Index,
    /// The partition.
    pub partition: String,
    /// The range of sort keys.
    pub range: SortRange,
    /// Ascending order.
    pub forward: bool,
    /// Items to look at, at most.
    pub limit: Option<i32>,
    /// Where the page before ended.
    pub start: Option<Item>,
    /// Whether the table may answer with what was written a moment ago missing, for half the price. An index always may.
    pub eventual: bool,
}

impl Query {
    /// A whole partition in ascending order.
    pub fn all(index: Index, partition: String) -> Self {
        Self {
            index,
            partition,
            range: SortRange::All,
            forward: true,
            limit: None,
            start: None,
            eventual: false,
        }
    }
}

/// What one query found.
#[derive(Debug)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// Where the next page starts.
    pub next: Option<Item>,
    /// What was read, in bytes.
    pub bytes: usize,
}

impl TenantStore<'_> {
    /// One page of a partition. Reads of the table are consistent, reads of an index cannot be.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn query(&self, query: Query) -> Result<Page, StoreError> {
        self.store.query(query).await
    }

    /// A whole partition, or a range of it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn query_all(&self, query: Query) -> Result<Vec<Item>, StoreError> {
        self.store.query_all(query).await
    }
}

impl Store {
    pub(super) async fn query(&self, query: Query) -> Result<Page, StoreError> {
        let (pk, sk) = query.index.attributes();
        let mut request = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(query.index.name().map(str::to_owned))
            .consistent_read(query.index == Index::Primary && !query.eventual)
            .scan_index_forward(query.forward)
            .set_limit(query.limit)
            .set_exclusive_start_key(query.start)
            .expression_attribute_names("#pk", pk)
            .expression_attribute_values(":pk", s(query.partition));
        request = match query.range {
            SortRange::All => request.key_condition_expression("#pk = :pk"),
            SortRange::Prefix(prefix) => request
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .expression_attribute_names("#sk", sk)
                .expression_attribute_values(":prefix", s(prefix)),
            SortRange::Between(from, to) => request
                .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expression_attribute_names("#sk", sk)
                .expression_attribute_values(":from", s(from))
                .expression_attribute_values(":to", s(to)),
        };
        let answer = request.send().await.map_err(|error| failure("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        let bytes = items.iter().map(size_bytes).sum();
        Ok(Page {
            items,
            next: answer.last_evaluated_key.filter(|key| !key.is_empty()),
            bytes,
        })
    }

    pub(super) async fn query_all(&self, mut query: Query) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        loop {
            let page = self.query(query.clone()).await?;
            items.extend(page.items);
            match page.next {
                Some(next) => query.start = Some(next),
                None => return Ok(items),
            }
        }
    }
}
