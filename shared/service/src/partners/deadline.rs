//! When the invocation being served ends, for calls to partners that it causes (§14): they may take what is left of it. It
//! travels with the task, so that no use case has to hand it down.

use chrono::{DateTime, Utc};

tokio::task_local! {
    static CURRENT: DateTime<Utc>;
}

/// Serves an invocation that ends at an instant, in milliseconds since 1970. One that lies before `now` is none:
/// `cargo lambda watch` says so.
pub async fn within<F: Future>(deadline_millis: u64, now: DateTime<Utc>, invocation: F) -> F::Output {
    let millis = i64::try_from(deadline_millis).ok();
    let deadline = millis.and_then(DateTime::from_timestamp_millis);
    match deadline.filter(|deadline| *deadline > now) {
        Some(deadline) => CURRENT.scope(deadline, invocation).await,
        None => invocation.await,
    }
}

/// When the invocation being served ends; none outside of one.
pub fn current() -> Option<DateTime<Utc>> {
    CURRENT.try_with(|deadline| *deadline).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_deadline_is_known_inside_its_invocation_and_one_of_1970_is_none() {
        let now = "2026-12-01T08:00:00Z".parse().unwrap();
        let later: DateTime<Utc> = "2026-12-01T08:00:30Z".parse().unwrap();
        let seen = within(later.timestamp_millis().unsigned_abs(), now, async { current() }).await;
        assert_eq!((seen, current()), (Some(later), None));
        assert_eq!(within(12_000, now, async { current() }).await, None);
    }
}
