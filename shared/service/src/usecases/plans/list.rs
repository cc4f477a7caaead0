//! Listing plans, newest first (§13).

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::around;
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys::{self, Index, sortable_time};
use crate::store::plans::PlanInIndex;
use crate::store::record::{Item, from_index};
use crate::store::{Query, SortRange};
use crate::usecases::listing::{self, Rows};
use crate::words::PlanStatus;

/// Which plans are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanFilter {
    /// In one of these states; an empty list asks for all.
    pub statuses: Vec<PlanStatus>,
    /// The tenant's dates of creation, both included.
    pub from: Option<NaiveDate>,
    /// See `from`.
    pub to: Option<NaiveDate>,
}

impl PlanFilter {
    /// Whether a plan is wanted. One that is past its time is not there, however long the table takes to remove it.
    fn wants(&self, plan: &PlanInIndex, timezone: Tz, now: DateTime<Utc>) -> bool {
        let row = &plan.r;
        let date = row.created_at.with_timezone(&timezone).date_naive();
        (self.statuses.is_empty() || self.statuses.contains(&row.status))
            && self.from.is_none_or(|from| date >= from)
            && self.to.is_none_or(|to| date <= to)
            && row.expires_at.is_none_or(|at| at > now)
    }

    /// The keys to look at: enough for the dates in any time zone; the plans themselves tell which belong to them.
    fn range(&self) -> SortRange {
        let from = self.from.map(|date| sortable_time(around(date).0));
        let to = self.to.map(|date| format!("{}~", sortable_time(around(date).1)));
        match (from, to) {
            (None, None) => SortRange::All,
            (from, to) => SortRange::Between(
                from.unwrap_or_else(|| "0".into()),
                to.unwrap_or_else(|| "~".into()),
            ),
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One page of plans, the newest at the top.
///
/// # Errors
/// 503 when the table does not answer.
pub async fn list(
    app: &App,
    access: &Access,
    filter: &PlanFilter,
    limit: usize,
    start: Option<Item>,
) -> Result<Rows<PlanInIndex>, Problem> {
    let query = Query {
        range: filter.range(),
        forward: false,
        start,
        ..Query::all(Index::Gs1, keys::plans_by_creation(access.tenant()))
    };
    let impossible = filter.from.zip(filter.to).is_some_and(|(from, to)| from > to);
    // Dates before 1970 have a sign in their keys, and no plans.
    if impossible || query.range.is_empty() {
        return Ok((Vec::new(), None));
    }
    let (timezone, now) = (access.settings().tenant_timezone, app.now());
    let keep = |item: Item| {
        let plan: PlanInIndex = from_index(item)?;
        Ok(filter.wants(&plan, timezone, now).then_some(plan))
    };
    Ok(listing::page(app, access, query, limit, !filter.is_empty(), keep).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(created: &str, expires: Option<&str>) -> PlanInIndex {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut row = serde_json::json!({
            "pn": "PLAN-20261207-001", "t": "regular", "s": "draft", "hs": "2026-12-07", "he": "2026-12-20",
            "ca": at(created).timestamp_millis(),
        });
        if let Some(expires) = expires {
            row["x"] = at(expires).timestamp().into();
        }
        serde_json::from_value(serde_json::json!({"pk": "T#t#PL#p", "ver": 1, "r": row})).unwrap()
    }

    #[test]
    fn dates_are_the_tenants_and_both_included() {
        // D4, D8
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        let now = "2026-12-10T00:00:00Z".parse().unwrap();
        let filter = PlanFilter {
            from: "2026-12-02".parse().ok(),
            to: "2026-12-02".parse().ok(),
            ..PlanFilter::default()
        };
        for (created, wanted) in [
            ("2026-12-01T22:59:59.999Z", false),
            ("2026-12-01T23:00:00Z", true),
            ("2026-12-02T22:59:59.999Z", true),
            ("2026-12-02T23:00:00Z", false),
        ] {
            assert_eq!(
                filter.wants(&plan(created, None), berlin, now),
                wanted,
                "{created}"
            );
        }
    }

    #[test]
    fn what_is_past_its_time_is_not_listed() {
        // D69
        let now = "2026-12-10T00:00:00Z".parse().unwrap();
        let wants = |expires| {
            let plan = plan("2026-12-01T08:00:00Z", expires);
            PlanFilter::default().wants(&plan, Tz::UTC, now)
        };
        assert!(wants(None) && wants(Some("2026-12-10T00:00:01Z")));
        assert!(!wants(Some("2026-12-10T00:00:00Z")));
    }
}
