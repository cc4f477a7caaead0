//! Metrics in CloudWatch's embedded format: one line on standard output for each set of figures, which costs no call.
//!
//! Dimensions are words of closed sets, so that their number stays small and nothing personal gets into them; ids and
//! names are never among them. The dashboard and the alarms of the template name the figures.

mod business;
mod captured;
mod line;
mod partners;

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

pub use business::{PlanFigures, alert_raised, order_created, plan_computed, plan_failed};
pub use captured::captured;
pub use line::{Line, Unit, namespace};
pub use partners::{breaker, partner_call, partner_retry};

/// True until the process has served once.
static COLD: AtomicBool = AtomicBool::new(true);

/// Figures of [`emit_value`] that are lengths of time, in milliseconds; every other one is a number of things.
const SPANS: [&str; 2] = ["ProjectionLag", "StreamAge"];

/// What became of one invocation.
#[derive(Debug, Clone)]
pub struct Invocation<'a> {
    /// The function.
    pub function: &'a str,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub latency_millis: i64,
    /// HTTP status, for functions behind the API.
    pub status: Option<u16>,
    /// Records that failed, for functions behind a queue or stream.
    pub failed_records: Option<usize>,
}

/// Writes one invocation's metrics.
pub fn emit(invocation: &Invocation<'_>) {
    let cold = COLD.swap(false, Ordering::Relaxed);
    of_invocation(invocation, cold).write();
}

/// Writes one figure of a function: how many of something, or milliseconds for the names in `SPANS`.
///
/// Alarms look at these, so a function writes 0 where it has looked and found nothing:
///
/// - `ProjectionLag`: how long after a change it was counted
/// - `StreamAge`: how long ago the oldest change of a stream's batch was made
/// - `RecountDrift`: rows that were not what they should add up to
/// - `StillQuarantined`: entities that cannot be published
/// - `AuditMismatch`: orders that do not match their audit copy
pub fn emit_value(function: &str, at: DateTime<Utc>, name: &'static str, value: i64) {
    of_value(function, at, name, value).write();
}

fn of_value(function: &str, at: DateTime<Utc>, name: &'static str, value: i64) -> Line {
    let unit = if SPANS.contains(&name) {
        Unit::Milliseconds
    } else {
        Unit::Count
    };
    Line::of_function(function, at).figure(name, unit, value)
}

fn of_invocation(invocation: &Invocation<'_>, cold: bool) -> Line {
    let failed = invocation.status.is_some_and(|status| status >= 500);
    let mut line = Line::of_function(invocation.function, invocation.at)
        .figure("Invocations", Unit::Count, 1)
        .figure("Latency", Unit::Milliseconds, invocation.latency_millis)
        .figure("ColdStarts", Unit::Count, i64::from(cold))
        .figure("ServerErrors", Unit::Count, i64::from(failed));
    if let Some(failed) = invocation.failed_records {
        let failed = i64::try_from(failed).unwrap_or(i64::MAX);
        line = line.figure("FailedRecords", Unit::Count, failed);
    }
    match invocation.status {
        Some(status) => line.property("Status", status.into()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::line::tests::valid;
    use super::*;

    #[test]
    fn an_invocation_says_how_long_it_took_and_how_it_ended() {
        let invocation = Invocation {
            function: "get-order",
            at: DateTime::UNIX_EPOCH,
            latency_millis: 7,
            status: Some(503),
            failed_records: Some(2),
        };
        let line = valid(&of_invocation(&invocation, true));
        assert_eq!(
            line["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
            json!([["Function"]])
        );
        let figures = [
            "Invocations",
            "Latency",
            "ColdStarts",
            "ServerErrors",
            "FailedRecords",
            "Status",
        ];
        assert_eq!(
            figures.map(|name| line[name].clone()),
            [1, 7, 1, 1, 2, 503].map(|figure| json!(figure))
        );
        let worked = of_invocation(
            &Invocation {
                status: Some(409),
                failed_records: None,
                ..invocation
            },
            false,
        );
        let line = valid(&worked);
        assert_eq!(
            (&line["ServerErrors"], &line["ColdStarts"]),
            (&json!(0), &json!(0))
        );
        assert_eq!(line.get("FailedRecords"), None);
    }

    #[test]
    fn a_value_stands_under_its_name_with_its_unit() {
        let metric = |name| {
            let line = valid(&of_value("project-orders", DateTime::UNIX_EPOCH, name, 120));
            assert_eq!(
                (&line[name], &line["Function"]),
                (&json!(120), &json!("project-orders"))
            );
            line["_aws"]["CloudWatchMetrics"][0]["Metrics"].clone()
        };
        assert_eq!(
            metric("ProjectionLag"),
            json!([{"Name": "ProjectionLag", "Unit": "Milliseconds"}])
        );
        assert_eq!(
            metric("RecountDrift"),
            json!([{"Name": "RecountDrift", "Unit": "Count"}])
        );
    }
}
