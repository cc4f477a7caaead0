//! Reading every row and gate for a recount, and mending a row that is not the sum it should be.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::Update;
use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::order_status::OrderStatus;
use uuid::Uuid;

use super::figures::{Row, RowFigures};
use super::gates::{CustomerGate, OrderGate};
use super::metrics_row::{self, MetricsRow};
use super::project::sort_of;
use super::top_rows::{self, TopRow};
use crate::store::keys::{self, Index, Key};
use crate::store::orders::Order;
use crate::store::record::{Item, from_item, number, text};
use crate::store::{Query, StoreError, TenantStore, TransactionOp, n, s};

/// A row as it stands in the table.
#[derive(Debug, Clone, Default)]
pub struct StoredRow {
    /// Counts its changes; none when the row is not there.
    pub stamp: Option<u64>,
    /// Its figures, without those that are 0.
    pub figures: RowFigures,
    /// Whether it stands in the index where its figures put it.
    pub in_place: bool,
    item: Option<Item>,
}

impl StoredRow {
    fn of(row: &Row, item: Item, names: &[&'static str], key: &Key) -> Self {
        let stamp = if sort_of(row).is_some() { "ch" } else { "ver" };
        let stamp = number(&item, stamp).and_then(|stamp| u64::try_from(stamp).ok());
        let top = matches!(row, Row::TopProduct(..) | Row::TopCustomer(..)).then(|| TopRow::of(Some(&item)));
        let in_place = top.as_ref().is_none_or(|top| {
            let stands = text(&item, "g1p").zip(text(&item, "g1s"));
            stands.map(|(pk, sk)| Key::new(pk, sk)) == top.place(key)
        });
        let mut figures: RowFigures = match &top {
            Some(top) => top.figures().clone(),
            None => names
                .iter()
                .filter_map(|name| Some((*name, number(&item, name)?)))
                .collect(),
        };
        figures.retain(|_, figure| *figure != 0);
        Self {
            stamp,
            figures,
            in_place,
            item: Some(item),
        }
    }
}

/// The attributes that hold a row's figures.
fn names(row: &Row) -> Vec<&'static str> {
    match row {
        Row::Placed(_) => vec!["p", "o", "v", "x", "n", "q", "b", "w"],
        Row::Month(_) => vec!["nc", "dl", "ot", "dx", "df"],
        Row::Open(_) => vec!["n"],
        Row::Totals => {
            let statuses = OrderStatus::ALL.map(OrderStatus::as_str);
            statuses
                .into_iter()
                .chain(["bd", "cu", "ca", "c1", "c2"])
                .collect()
        }
        Row::Metrics(_) => metrics_row::NAMES.to_vec(),
        Row::TopProduct(..) | Row::TopCustomer(..) => top_rows::NAMES.to_vec(),
    }
}

impl TenantStore<'_> {
    /// The gates of the orders placed in a month.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn order_gates(&self, month: NaiveDate) -> Result<Vec<OrderGate>, StoreError> {
        let items = self.query_all(Query::all(Index::Primary, keys::order_gates(self.tenant, month)));
        items.await?.into_iter().map(from_item).collect()
    }

    /// The gates of all customers.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn customer_gates(&self) -> Result<Vec<CustomerGate>, StoreError> {
        let items = self.query_all(Query::all(Index::Primary, keys::customer_gates(self.tenant)));
        items.await?.into_iter().map(from_item).collect()
    }

    /// Every row of the rollups: days, months and totals, the tops of some months, and the metrics of some customers.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn rollup_rows(
        &self,
        months: &BTreeSet<NaiveDate>,
        customers: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Row, StoredRow>, StoreError> {
        let mut rows = BTreeMap::new();
        let mut take = |row: Row, item: Item| {
            let key = top_rows::key(self.tenant, &row).unwrap_or_else(|| Key::new("", ""));
            let stored = StoredRow::of(&row, item, &names(&row), &key);
            rows.insert(row, stored);
        };
        for item in self
            .query_all(Query::all(Index::Primary, keys::rollups(self.tenant)))
            .await?
        {
            if let Some(row) = text(&item, "sk").and_then(row_of) {
                take(row, item);
            }
        }
        for month in months {
            for kind in ['P', 'C'] {
                let tops = Query::all(Index::Primary, keys::top(self.tenant, kind, *month));
                for item in self.query_all(tops).await? {
                    let id = text(&item, "sk").unwrap_or_default();
                    let row = match kind {
                        'P' => Some(Row::TopProduct(*month, id.to_owned())),
                        _ => Uuid::try_parse(id).ok().map(|id| Row::TopCustomer(*month, id)),
                    };
                    if let Some(row) = row {
                        take(row, item);
                    }
                }
            }
        }
        let keys: Vec<_> = customers
            .iter()
            .map(|id| keys::customer_metrics(self.tenant, *id))
            .collect();
        let found = self.get_many(&keys).await?;
        for (customer, key) in customers.iter().zip(&keys) {
            if let Some(item) = found.item(key) {
                take(Row::Metrics(*customer), item.clone());
            }
        }
        Ok(rows)
    }

    /// Gives a row the figures it should have, unless it has changed since it was read; tells whether it did. `order` is
    /// one that a customer's row can take the name from.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn mend(
        &self,
        row: &Row,
        read: Option<&StoredRow>,
        figures: &RowFigures,
        order: Option<&Key>,
        now: DateTime<Utc>,
        token: Uuid,
    ) -> Result<bool, StoreError> {
        let mut ops = Vec::new();
        let item = read.and_then(|read| read.item.as_ref());
        if let Some(key) = top_rows::key(self.tenant, row) {
            let mut top = TopRow::of(item).with(figures);
            if top.name.is_none() {
                let names = self.product_names([row].into_iter()).await?;
                top.name = names.into_values().next();
            }
            if let (Row::TopCustomer(..), Some(order)) = (row, order)
                && let Some(order) = self.get::<Order>(order).await?
            {
                ops.extend(self.name_customer(&mut top, &order)?);
            }
            ops.push(self.put_over(top.next_item(&key), top.version)?);
        } else if let Row::Metrics(customer) = row {
            let metrics = MetricsRow::of(item).with(figures);
            ops.push(self.put_over(metrics.next_item(self.tenant, *customer, now), metrics.version)?);
        } else if let Some(sort) = sort_of(row) {
            ops.push(self.set_op(sort, &names(row), read.and_then(|read| read.stamp), figures)?);
        }
        Ok(self.transact(ops, token).await?.is_ok())
    }

    fn set_op(
        &self,
        sort: String,
        names: &[&'static str],
        read: Option<u64>,
        figures: &RowFigures,
    ) -> Result<TransactionOp, StoreError> {
        let mut set = "SET k = :k, ch = :next".to_owned();
        let mut update = Update::builder()
            .table_name(&self.store.table)
            .key("pk", s(keys::rollups(self.tenant)))
            .key("sk", s(sort))
            .expression_attribute_values(":k", s("RU"))
            .expression_attribute_values(":next", n(read.unwrap_or(0).saturating_add(1)));
        for (at, name) in names.iter().enumerate() {
            set.push_str(&format!(", #f{at} = :f{at}"));
            update = update
                .expression_attribute_names(format!("#f{at}"), *name)
                .expression_attribute_values(format!(":f{at}"), n(figures.get(name).copied().unwrap_or(0)));
        }
        update = match read {
            None => update.condition_expression("attribute_not_exists(ch)"),
            Some(read) => update
                .condition_expression("ch = :read")
                .expression_attribute_values(":read", n(read)),
        };
        let update = update
            .update_expression(set)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().update(update).build())
    }
}

/// The row of a sort key in the partition of the rollups; none for the counts of alerts, which follow from alerts.
fn row_of(sort: &str) -> Option<Row> {
    if sort == keys::TOTALS {
        return Some(Row::Totals);
    }
    let (kind, date) = sort.split_once('#')?;
    match (kind, date.len()) {
        ("c", 7) => format!("{date}-01").parse().ok().map(Row::Month),
        ("c", _) => date.parse().ok().map(Row::Placed),
        ("o", _) => date.parse().ok().map(Row::Open),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_again_by_its_sort_key() {
        // D90
        let day: NaiveDate = "2026-12-24".parse().unwrap();
        let month: NaiveDate = "2026-12-01".parse().unwrap();
        for row in [Row::Placed(day), Row::Month(month), Row::Open(day), Row::Totals] {
            assert_eq!(row_of(&sort_of(&row).unwrap()), Some(row));
        }
        assert_eq!(row_of(keys::ALERT_COUNTS), None);
        assert_eq!(sort_of(&Row::Metrics(Uuid::nil())), None);
    }
}
