//! The rows of the top tens: revenue of a product or customer in a month, in GS1 by revenue. They are read, changed, and
//! written under their version, since their place in the index follows from the sum.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::NaiveDate;
use uuid::Uuid;

use super::figures::{Row, RowFigures};
use crate::auth::TenantId;
use crate::store::keys::{self, Key};
use crate::store::record::{Item, number, text};
use crate::store::{StoreError, TenantStore, failure, n, s};

/// The attributes of `r` that hold figures.
pub(super) const NAMES: [&str; 3] = ["v", "o", "q"];

/// Attempts at taking a name out of a row that transactions keep.
const ATTEMPTS: u32 = 8;

/// A row as it stands, or none.
#[derive(Debug, Clone, Default)]
pub(super) struct TopRow {
    /// Its version; none when it is not there.
    pub(super) version: Option<u64>,
    pub(super) name: Option<String>,
    figures: RowFigures,
}

/// Where a row stands; none for a row of another kind.
pub(super) fn key(tenant: TenantId, row: &Row) -> Option<Key> {
    match row {
        Row::TopProduct(month, product) => Some(Key::new(keys::top(tenant, 'P', *month), product)),
        Row::TopCustomer(month, customer) => {
            Some(Key::new(keys::top(tenant, 'C', *month), customer.to_string()))
        }
        _ => None,
    }
}

impl TopRow {
    pub(super) fn of(item: Option<&Item>) -> Self {
        let Some(item) = item else {
            return Self::default();
        };
        let shown = item.get("r").and_then(|r| r.as_m().ok());
        let figures = NAMES
            .into_iter()
            .filter_map(|name| Some((name, number(shown?, name)?)));
        Self {
            version: number(item, "ver").and_then(|version| u64::try_from(version).ok()),
            name: shown.and_then(|r| text(r, "n")).map(str::to_owned),
            figures: figures.collect(),
        }
    }

    pub(super) fn figures(&self) -> &RowFigures {
        &self.figures
    }

    pub(super) fn add(&mut self, change: &RowFigures) {
        for (name, by) in change {
            let figure = self.figures.entry(name).or_insert(0);
            *figure = figure.saturating_add(*by);
        }
    }

    /// The same row with other figures.
    pub(super) fn with(mut self, figures: &RowFigures) -> Self {
        self.figures.clone_from(figures);
        self
    }

    /// The item of its next version. A row without an order has no place among the tops.
    pub(super) fn next_item(&self, key: &Key) -> Item {
        let figure = |name| self.figures.get(name).copied().unwrap_or(0);
        let mut shown: std::collections::HashMap<String, AttributeValue> = NAMES
            .into_iter()
            .map(|name| (name.to_owned(), n(figure(name))))
            .collect();
        if let Some(name) = &self.name {
            shown.insert("n".into(), s(name));
        }
        let mut item = Item::from([
            ("pk".to_owned(), s(&key.pk)),
            ("sk".to_owned(), s(&key.sk)),
            ("k".to_owned(), s("RT")),
            ("sv".to_owned(), n(1)),
            ("ver".to_owned(), n(self.version.unwrap_or(0).saturating_add(1))),
            ("r".to_owned(), AttributeValue::M(shown)),
        ]);
        if let Some(place) = self.place(key) {
            item.insert("g1p".into(), s(place.pk));
            item.insert("g1s".into(), s(place.sk));
        }
        item
    }

    /// Its place in GS1: by revenue, which a return may bring a cent below nothing (D28b).
    pub(super) fn place(&self, key: &Key) -> Option<Key> {
        let figure = |name| self.figures.get(name).copied().unwrap_or(0);
        let revenue: i64 = figure("v").max(0);
        (figure("o") > 0).then(|| Key::new(&key.pk, format!("{revenue:015}#{}", key.sk)))
    }
}

impl TenantStore<'_> {
    /// Takes a customer's name out of its rows in some months (D34). A projector that has read a row before cannot write it
    /// any more, since this moves its version.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn forget_top_names(
        &self,
        customer: Uuid,
        months: &BTreeSet<NaiveDate>,
    ) -> Result<(), StoreError> {
        let rows = months.iter().map(|month| Row::TopCustomer(*month, customer));
        let keys: Vec<_> = rows.filter_map(|row| key(self.tenant, &row)).collect();
        let found = self.get_many(&keys).await?;
        for key in keys {
            if TopRow::of(found.item(&key)).name.is_some() {
                self.forget_name(&key).await?;
            }
        }
        Ok(())
    }

    async fn forget_name(&self, key: &Key) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .update_expression("REMOVE r.#name ADD ver :one")
            .condition_expression("attribute_exists(r.#name)")
            .expression_attribute_names("#name", "n")
            .expression_attribute_values(":one", n(1));
        for attempt in 0..ATTEMPTS {
            let Err(error) = request.clone().send().await else {
                return Ok(());
            };
            match error.as_service_error() {
                // Somebody else has taken it out.
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => return Ok(()),
                Some(UpdateItemError::TransactionConflictException(_)) => self.store.pause(attempt).await,
                _ => return Err(failure("UpdateItem", &error)),
            }
        }
        Err(StoreError::Unavailable(
            "UpdateItem: transactions kept the row".into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_by_its_revenue_while_it_has_orders() {
        // D90
        let tenant = TenantId(Uuid::nil());
        let month = "2026-12-01".parse().unwrap();
        let at = key(tenant, &Row::TopProduct(month, "rye".into())).unwrap();
        let place = |v, o| {
            TopRow::default()
                .with(&RowFigures::from([("v", v), ("o", o)]))
                .place(&at)
        };
        assert_eq!(place(1_250, 1).unwrap().sk, "000000000001250#rye");
        assert_eq!(place(-1, 1).unwrap().sk, "000000000000000#rye");
        assert_eq!(place(0, 1).unwrap().pk, at.pk);
        assert_eq!(place(0, 0), None);
        let row = TopRow {
            name: Some("Rye".into()),
            version: Some(3),
            ..TopRow::default()
        };
        let again = TopRow::of(Some(
            &row.with(&RowFigures::from([("v", 5), ("o", 2)])).next_item(&at),
        ));
        assert_eq!((again.version, again.name.as_deref()), (Some(4), Some("Rye")));
        assert_eq!(again.figures(), &RowFigures::from([("v", 5), ("o", 2), ("q", 0)]));
        assert_eq!(key(tenant, &Row::Totals), None);
    }
}
