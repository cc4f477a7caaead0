//! Listing orders (§13). The sort chooses the index: by delivery GS2; by creation GS3 when a customer is given, else GS1.
//! All other filters are residual.

use chrono::{DateTime, NaiveDate, Utc};
use orders_domain::order_status::OrderStatus;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys::{self, Index, sortable_time};
use crate::store::orders::OrderInIndex;
use crate::store::record::{Item, from_index};
use crate::store::{Query, SortRange};
use crate::usecases::listing::{self, Rows};
use crate::words::SalesChannel;

/// Sorts after every character a key may hold.
const LAST: char = '~';

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSort {
    /// Earliest delivery first.
    DeliveryAt,
    /// Latest creation first.
    CreatedAtDescending,
}

/// Which orders are wanted.
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "the fields are the list filters of §13, under their names"
)]
pub struct OrderFilter {
    pub statuses: Vec<OrderStatus>,
    pub customer_id: Option<Uuid>,
    /// Local delivery dates, both included.
    pub delivery_from: Option<NaiveDate>,
    pub delivery_to: Option<NaiveDate>,
    /// Instants of creation, both included.
    pub created_from: Option<DateTime<Utc>>,
    pub created_to: Option<DateTime<Utc>>,
    pub sales_channels: Vec<SalesChannel>,
    pub order_number: Option<String>,
}

impl OrderFilter {
    /// Whether an order is wanted.
    pub fn takes(&self, order: &OrderInIndex) -> bool {
        let row = &order.r;
        (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && self
                .customer_id
                .is_none_or(|customer| customer == row.customer_id)
            && self.delivery_from.is_none_or(|from| row.delivery_date >= from)
            && self.delivery_to.is_none_or(|to| row.delivery_date <= to)
            && self.created_from.is_none_or(|from| row.created_at >= from)
            && self.created_to.is_none_or(|to| row.created_at <= to)
            && (self.sales_channels.is_empty() || self.sales_channels.contains(&row.sales_channel))
            && self
                .order_number
                .as_ref()
                .is_none_or(|number| *number == row.order_number)
    }

    /// Whether the index range alone does not answer the filter.
    fn is_selective(&self, sort: OrderSort) -> bool {
        let by_creation = self.created_from.is_some() || self.created_to.is_some();
        let by_delivery = self.delivery_from.is_some() || self.delivery_to.is_some();
        !self.statuses.is_empty()
            || !self.sales_channels.is_empty()
            || self.order_number.is_some()
            || match sort {
                OrderSort::DeliveryAt => by_creation || self.customer_id.is_some(),
                OrderSort::CreatedAtDescending => by_delivery,
            }
    }

    /// The query that the sort and the filters call for.
    fn query(&self, access: &Access, sort: OrderSort) -> Query {
        let tenant = access.tenant();
        match sort {
            OrderSort::DeliveryAt => {
                let from = self.delivery_from.map(|date| date.to_string());
                let to = self.delivery_to.map(|date| format!("{date}{LAST}"));
                let range = range(from, to);
                Query {
                    range,
                    ..Query::all(Index::Gs2, keys::orders_by_delivery(tenant))
                }
            }
            OrderSort::CreatedAtDescending => {
                let from = self.created_from.map(sortable_time);
                let to = self.created_to.map(|at| format!("{}{LAST}", sortable_time(at)));
                let (index, partition) = match self.customer_id {
                    Some(customer) => (Index::Gs3, keys::orders_of_customer(tenant, customer)),
                    None => (Index::Gs1, keys::orders_by_creation(tenant)),
                };
                Query {
                    range: range(from, to),
                    forward: false,
                    ..Query::all(index, partition)
                }
            }
        }
    }
}

fn range(from: Option<String>, to: Option<String>) -> SortRange {
    match (from, to) {
        (None, None) => SortRange::All,
        (from, to) => SortRange::Between(
            from.unwrap_or_else(|| "0".into()),
            to.unwrap_or_else(|| LAST.to_string()),
        ),
    }
}

/// One page of orders.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn list(
    app: &App,
    access: &Access,
    filter: &OrderFilter,
    sort: OrderSort,
    limit: usize,
    start: Option<Item>,
) -> Result<Rows<OrderInIndex>, Problem> {
    let impossible = filter
        .delivery_from
        .zip(filter.delivery_to)
        .is_some_and(|(from, to)| from > to)
        || filter
            .created_from
            .zip(filter.created_to)
            .is_some_and(|(from, to)| from > to);
    if impossible {
        return Ok((Vec::new(), None));
    }
    let query = Query {
        start,
        ..filter.query(access, sort)
    };
    // Such as everything up to a time before 1970, whose key has a sign.
    if query.range.is_empty() {
        return Ok((Vec::new(), None));
    }
    let keep = |item: Item| {
        let order: OrderInIndex = from_index(item)?;
        Ok(filter.takes(&order).then_some(order))
    };
    Ok(listing::page(app, access, query, limit, filter.is_selective(sort), keep).await?)
}
