//! How the partner services do (§14).

use chrono::{DateTime, Utc};

use super::{Line, Unit};
use crate::ports::{Clock as _, SystemClock};

/// Tells of one call to a partner: `outcome` is a word of a closed set, such as `ok` or `timeout`.
///
/// These are told by the machine's clock: a call happens when it happens, whatever instant the work is about.
pub fn partner_call(partner: &'static str, outcome: &'static str, millis: i64) {
    of_call(SystemClock.now(), partner, outcome, millis).write();
}

fn of_call(at: DateTime<Utc>, partner: &str, outcome: &str, millis: i64) -> Line {
    Line::at(at)
        .by(&[("Partner", partner), ("Outcome", outcome)])
        .by(&[("Partner", partner)])
        .figure("PartnerCalls", Unit::Count, 1)
        .figure("PartnerLatency", Unit::Milliseconds, millis)
}

/// Tells that a call to a partner was tried once more.
pub fn partner_retry(partner: &'static str) {
    of_retry(SystemClock.now(), partner).write();
}

fn of_retry(at: DateTime<Utc>, partner: &str) -> Line {
    Line::at(at)
        .by(&[("Partner", partner)])
        .figure("PartnerRetries", Unit::Count, 1)
}

/// Tells whether a partner's breaker is open in this process. Told at every call and not only when it changes: the share of
/// processes that have given a partner up is the mean, and an alarm sees that it lasts.
pub fn breaker(partner: &'static str, open: bool) {
    of_breaker(SystemClock.now(), partner, open).write();
}

fn of_breaker(at: DateTime<Utc>, partner: &str, open: bool) -> Line {
    Line::at(at)
        .by(&[("Partner", partner)])
        .figure("BreakerOpen", Unit::Count, i64::from(open))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::line::tests::valid;
    use super::*;

    #[test]
    fn calls_are_told_by_partner_and_outcome() {
        let line = valid(&of_call(DateTime::UNIX_EPOCH, "production", "timeout", 2_000));
        assert_eq!(
            (
                &line["Partner"],
                &line["Outcome"],
                &line["PartnerCalls"],
                &line["PartnerLatency"]
            ),
            (&json!("production"), &json!("timeout"), &json!(1), &json!(2_000))
        );
        let retry = valid(&of_retry(DateTime::UNIX_EPOCH, "production"));
        assert_eq!(
            (&retry["Partner"], &retry["PartnerRetries"]),
            (&json!("production"), &json!(1))
        );
    }

    #[test]
    fn a_breaker_is_open_or_not() {
        let state = |open| valid(&of_breaker(DateTime::UNIX_EPOCH, "sales", open))["BreakerOpen"].clone();
        assert_eq!((state(true), state(false)), (json!(1), json!(0)));
    }
}
