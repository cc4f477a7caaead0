//! The top tens: one query of GS1 each.

use chrono::NaiveDate;
use orders_domain::decimal::{Money, Quantity};

use crate::store::keys::{self, Index};
use crate::store::record::{Item, number, text};
use crate::store::{Query, StoreError, TenantStore};

/// What a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopKind {
    /// Products.
    Product,
    /// Customers.
    Customer,
}

/// A product or customer with what it came to in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// The product or customer.
    pub id: String,
    /// A product's name in the catalog, a customer's on its order; none when there is none, or it was erased.
    pub name: Option<String>,
    /// Of a product net of tax and returns, of a customer what its orders come to less what was returned.
    pub revenue: Money,
    /// Valid orders.
    pub orders: i64,
    /// Units, less those that came back.
    pub quantity: Quantity,
}

impl TenantStore<'_> {
    /// The first rows of a month by revenue, highest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn top(&self, kind: TopKind, month: NaiveDate, most: i32) -> Result<Vec<Top>, StoreError> {
        let letter = match kind {
            TopKind::Product => 'P',
            TopKind::Customer => 'C',
        };
        let query = Query {
            forward: false,
            limit: Some(most),
            ..Query::all(Index::Gs1, keys::top(self.tenant(), letter, month))
        };
        let page = self.query(query).await?;
        let rows = page.items.iter().map(|item| {
            row(item).ok_or_else(|| StoreError::Corrupt("a row of a top list does not parse".into()))
        });
        rows.collect()
    }
}

fn row(item: &Item) -> Option<Top> {
    let shown = item.get("r")?.as_m().ok()?;
    Some(Top {
        id: text(item, "sk")?.to_owned(),
        name: text(shown, "n").map(str::to_owned),
        revenue: Money::from_scaled(number(shown, "v")?),
        orders: number(shown, "o")?,
        quantity: Quantity::from_scaled(number(shown, "q")?),
    })
}
