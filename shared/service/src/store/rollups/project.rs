//! Counting a change of an order or customer: the difference between what was and what is, and the gate that says so, in
//! one transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{ConditionCheck, Update};
use chrono::{DateTime, Utc};
use orders_domain::catalog::Product;
use uuid::Uuid;

use super::figures::{Figures, Row, RowFigures, repeat_figures};
use super::gates::{CustomerGate, OrderGate};
use super::metrics_row::MetricsRow;
use super::top_rows::{self, TopRow};
use crate::store::catalog::{CatalogEntry, entry_key};
use crate::store::keys::{self, Key};
use crate::store::orders::Order;
use crate::store::record::{Record, Versioned, to_item};
use crate::store::{Inserted, ItemSet, Replaced, StoreError, TenantStore, TransactionOp, n, s};

/// Products that one transaction may change. With them go the gate, the days, months and totals, the customer's rows and
/// a condition: no more than the hundred writes that a transaction may have.
pub const MOST_PRODUCTS: usize = 80;

/// When a change was made and when it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Now.
    pub at: DateTime<Utc>,
    /// When the change was made.
    pub occurred_at: DateTime<Utc>,
}

/// What became of a change that was to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projected {
    /// It is counted.
    Now,
    /// Somebody else has changed the gate or a row meanwhile: look again.
    Lost,
}

impl TenantStore<'_> {
    /// Counts what an order contributes now, given the gate that was read and the one that is to be.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_order_change(
        &self,
        read: Option<&OrderGate>,
        next: &OrderGate,
        order: &Order,
        counted: Counted,
    ) -> Result<Projected, StoreError> {
        let now = &next.contribution;
        let before = read.map(|gate| gate.contribution.figures()).unwrap_or_default();
        let mut change = now.figures().since(&before);
        let customer = Row::Metrics(now.customer_id);
        let touches_metrics = read.is_none() || change.of(&customer).is_some();
        let mut found = self
            .rows_to_change(&change, touches_metrics.then_some(now.customer_id))
            .await?;
        let mut ops = Vec::new();
        if touches_metrics {
            let key = keys::customer_metrics(self.tenant, now.customer_id);
            let mut metrics = MetricsRow::of(found.item(&key));
            let had = metrics.orders();
            metrics.add(change.of(&customer), now.created_at);
            for ((name, before), (_, after)) in repeat_figures(had)
                .into_iter()
                .zip(repeat_figures(metrics.orders()))
            {
                change.add(Row::Totals, name, after - before);
            }
            let item = metrics.next_item(self.tenant, now.customer_id, counted.at);
            ops.push(self.put_over(item, metrics.version)?);
        }
        ops.extend(self.top_ops(&change, &mut found, order).await?);
        ops.extend(self.sum_ops(&change, counted)?);
        self.through_gate(read, next, ops).await
    }

    /// Counts what a customer contributes now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_customer_change(
        &self,
        read: Option<&CustomerGate>,
        next: &CustomerGate,
        counted: Counted,
    ) -> Result<Projected, StoreError> {
        let before = read.map(|gate| gate.contribution.figures()).unwrap_or_default();
        let change = next.contribution.figures().since(&before);
        let ops = self.sum_ops(&change, counted)?;
        self.through_gate(read, next, ops).await
    }

    /// Waits a little before a lost race is run again.
    pub async fn pause_after_lost_race(&self, attempt: u32) {
        self.store.pause(attempt).await;
    }

    /// The gate moves with everything it lets through, or, when nothing adds up differently, alone.
    async fn through_gate<G: Versioned + Sync>(
        &self,
        read: Option<&G>,
        next: &G,
        ops: Vec<TransactionOp>,
    ) -> Result<Projected, StoreError> {
        let read = read.map(Versioned::version);
        if ops.is_empty() {
            let moved = match read {
                None => matches!(self.insert(next).await?, Inserted::Now),
                Some(read) => matches!(self.replace(next, read).await?, Replaced::Now),
            };
            return Ok(if moved { Projected::Now } else { Projected::Lost });
        }
        let mut all = vec![self.put_op(to_item(self.tenant, next)?, read)?];
        all.extend(ops);
        // A first attempt whose reply was lost is told by the token, or by the gate when it is looked at again.
        let outcome = self.transact(all, next.write_id()).await?;
        Ok(outcome.map_or(Projected::Lost, |()| Projected::Now))
    }

    /// The rows that are read before they are written: metrics and tops.
    async fn rows_to_change(
        &self,
        change: &Figures,
        metrics_of: Option<Uuid>,
    ) -> Result<ItemSet, StoreError> {
        let tops = change
            .rows()
            .filter_map(|(row, _)| top_rows::key(self.tenant, row));
        let metrics = metrics_of.map(|customer| keys::customer_metrics(self.tenant, customer));
        let wanted: Vec<_> = tops.chain(metrics).collect();
        if wanted.is_empty() {
            return Ok(ItemSet::default());
        }
        self.get_many(&wanted).await
    }

    async fn top_ops(
        &self,
        change: &Figures,
        found: &mut ItemSet,
        order: &Order,
    ) -> Result<Vec<TransactionOp>, StoreError> {
        let mut tops = Vec::new();
        for (row, figures) in change.rows() {
            if let Some(key) = top_rows::key(self.tenant, row) {
                let mut top = TopRow::of(found.item(&key));
                top.add(figures);
                tops.push((row, key, top));
            }
        }
        let new = tops.iter().filter(|(_, _, top)| top.version.is_none());
        let names = self.product_names(new.map(|(row, _, _)| *row)).await?;
        let mut ops = Vec::new();
        for (row, key, mut top) in tops {
            match row {
                Row::TopProduct(_, product) if top.version.is_none() => {
                    top.name = names.get(product).cloned()
                }
                Row::TopCustomer(..) => ops.extend(self.name_customer(&mut top, order)?),
                _ => {}
            }
            ops.push(self.put_over(top.next_item(&key), top.version)?);
        }
        Ok(ops)
    }

    /// Gives a customer's row the name that stands in its order, when it has none. An erasure empties the order before it
    /// looks at the row (D34), so the order must still be the one that was read.
    pub(super) fn name_customer(
        &self,
        top: &mut TopRow,
        order: &Order,
    ) -> Result<Option<TransactionOp>, StoreError> {
        if top.name.is_some() || order.row.customer_name.is_empty() {
            return Ok(None);
        }
        top.name = Some(order.row.customer_name.clone());
        self.unchanged(&keys::order(self.tenant, order.id), order.version)
            .map(Some)
    }

    /// What the catalog calls the products of some rows. An order's own words for them may be anything.
    pub(super) async fn product_names(
        &self,
        rows: impl Iterator<Item = &Row>,
    ) -> Result<HashMap<String, String>, StoreError> {
        let products = rows.filter_map(|row| match row {
            Row::TopProduct(_, product) => Some((product, entry_key::<Product>(self.tenant, product))),
            _ => None,
        });
        let (products, keys): (Vec<_>, Vec<_>) = products.unzip();
        let mut names = HashMap::new();
        if keys.is_empty() {
            return Ok(names);
        }
        let mut found = self.get_many(&keys).await?;
        for (product, key) in products.into_iter().zip(&keys) {
            if let Some(entry) = found.take::<CatalogEntry<Product>>(key)? {
                names.insert(product.clone(), entry.entry.name);
            }
        }
        Ok(names)
    }

    /// The rows that are added to in place: days, months and totals.
    fn sum_ops(&self, change: &Figures, counted: Counted) -> Result<Vec<TransactionOp>, StoreError> {
        let sums = change
            .rows()
            .filter_map(|(row, figures)| Some((sort_of(row)?, row, figures)));
        sums.map(|(sort, row, figures)| {
            let stands = (*row == Row::Totals).then_some(counted);
            self.add_op(sort, figures, stands)
        })
        .collect()
    }

    /// The write that adds to a row of the rollups and counts the change; with the totals goes when that was.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be put together, which is a fault of ours.
    pub(in crate::store) fn add_op(
        &self,
        sort: String,
        figures: &RowFigures,
        stands: Option<Counted>,
    ) -> Result<TransactionOp, StoreError> {
        let mut add = "ADD ch :one".to_owned();
        let mut set = " SET k = :k".to_owned();
        let mut update = Update::builder()
            .table_name(&self.store.table)
            .key("pk", s(keys::rollups(self.tenant)))
            .key("sk", s(sort))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":k", s("RU"));
        for (at, (name, by)) in figures.iter().enumerate() {
            add.push_str(&format!(", #f{at} :f{at}"));
            update = update
                .expression_attribute_names(format!("#f{at}"), *name)
                .expression_attribute_values(format!(":f{at}"), n(by));
        }
        if let Some(counted) = stands {
            let lag = (counted.at - counted.occurred_at).num_milliseconds();
            set.push_str(", ao = :ao, la = :la");
            update = update
                .expression_attribute_values(":ao", n(counted.at.timestamp_millis()))
                .expression_attribute_values(":la", n(lag));
        }
        let update = update
            .update_expression(add + &set)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().update(update).build())
    }

    /// A put over the version that was read. A row from before versions counts as none.
    pub(super) fn put_over(
        &self,
        item: crate::store::record::Item,
        read: Option<u64>,
    ) -> Result<TransactionOp, StoreError> {
        let condition = match read {
            None => "attribute_not_exists(ver)",
            Some(_) => "ver = :read",
        };
        let put = aws_sdk_dynamodb::types::Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(read.map(|read| HashMap::from([(":read".into(), n(read))])))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().put(put).build())
    }

    fn unchanged(&self, key: &Key, version: u64) -> Result<TransactionOp, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .condition_expression("ver = :read")
            .expression_attribute_values(":read", n(version))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().condition_check(check).build())
    }

    /// The gate under a key, and the record it is the gate of, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn with_gate<R: Record, G: Record>(
        &self,
        record: &Key,
        gate: &Key,
    ) -> Result<(Option<R>, Option<G>), StoreError> {
        let mut found = self.get_many(&[record.clone(), gate.clone()]).await?;
        Ok((found.take(record)?, found.take(gate)?))
    }
}

/// The sort key of a row that is added to in place; none for one that is not.
pub(super) fn sort_of(row: &Row) -> Option<String> {
    match row {
        Row::Placed(date) => Some(keys::placed_day(*date)),
        Row::Month(month) => Some(keys::month_rollup(*month)),
        Row::Open(date) => Some(keys::open_day(*date)),
        Row::Totals => Some(keys::TOTALS.to_owned()),
        Row::Metrics(_) | Row::TopProduct(..) | Row::TopCustomer(..) => None,
    }
}
