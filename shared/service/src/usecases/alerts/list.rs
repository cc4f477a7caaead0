//! Listing alerts, newest first (§13).

use orders_domain::alerts::{AlertType, Severity};

use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::Query;
use crate::store::alerts::AlertInIndex;
use crate::store::keys::{self, Index};
use crate::store::record::{Item, from_index};
use crate::usecases::listing::{self, Rows};
use crate::words::AlertStatus;

/// Which alerts are wanted; an empty list asks for all.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// In one of these states.
    pub statuses: Vec<AlertStatus>,
    /// Of one of these severities.
    pub severities: Vec<Severity>,
    /// Of one of these types.
    pub alert_types: Vec<AlertType>,
}

impl AlertFilter {
    fn is_empty(&self) -> bool {
        self.statuses.is_empty() && self.severities.is_empty() && self.alert_types.is_empty()
    }

    fn wants(&self, alert: &AlertInIndex) -> bool {
        let row = &alert.r;
        (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && (self.severities.is_empty() || self.severities.contains(&row.severity))
            && (self.alert_types.is_empty() || self.alert_types.contains(&row.alert_type))
    }
}

/// One page of alerts, those first seen last at the top.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn list(
    app: &App,
    access: &Access,
    filter: &AlertFilter,
    limit: usize,
    start: Option<Item>,
) -> Result<Rows<AlertInIndex>, Problem> {
    let query = Query {
        forward: false,
        start,
        ..Query::all(Index::Gs1, keys::alerts_by_time(access.tenant()))
    };
    let keep = |item: Item| {
        let alert: AlertInIndex = from_index(item)?;
        Ok(filter.wants(&alert).then_some(alert))
    };
    Ok(listing::page(app, access, query, limit, !filter.is_empty(), keep).await?)
}
