//! The breaker of a partner (§14): after several failures in a row nobody waits for it any more, until a probe finds that
//! it is back. It knows one process, which is what a Lambda's partner calls share.

use chrono::{DateTime, TimeDelta, Utc};

/// Failures in a row after which it opens.
pub const FAILURES_TO_OPEN: u32 = 5;
/// How long it stays open before one call may probe.
pub const OPEN_FOR: TimeDelta = TimeDelta::seconds(10);

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// No call goes through.
    Open,
    /// One call is finding out whether the partner is back.
    HalfOpen,
}

impl BreakerState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// A breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaker {
    Closed {
        failures: u32,
    },
    Open {
        until: DateTime<Utc>,
    },
    /// The probe may never come back, as when its caller is cut off: after a while another one may go.
    Probing {
        until: DateTime<Utc>,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether a call may go. After the wait exactly one may, to probe.
    pub(super) fn admit(&mut self, now: DateTime<Utc>) -> bool {
        match *self {
            Self::Closed { .. } => true,
            Self::Open { until } | Self::Probing { until } if now >= until => {
                *self = Self::Probing {
                    until: now + OPEN_FOR,
                };
                true
            }
            Self::Open { .. } | Self::Probing { .. } => false,
        }
    }

    /// The partner has answered as it should.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The partner has not.
    pub(super) fn failed(&mut self, now: DateTime<Utc>) {
        let open = Self::Open {
            until: now + OPEN_FOR,
        };
        *self = match *self {
            Self::Closed { failures } if failures + 1 < FAILURES_TO_OPEN => Self::Closed {
                failures: failures + 1,
            },
            Self::Closed { .. } | Self::Probing { .. } => open,
            // A call that went while it was closed comes back late: the wait does not start anew.
            Self::Open { until } => Self::Open { until },
        };
    }

    pub(super) fn state(&self, now: DateTime<Utc>) -> BreakerState {
        match *self {
            Self::Closed { .. } => BreakerState::Closed,
            Self::Open { until } if now < until => BreakerState::Open,
            Self::Open { .. } | Self::Probing { .. } => BreakerState::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES_TO_OPEN {
            assert!(breaker.admit(at(0)));
            breaker.failed(at(0));
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        // §14
        let mut breaker = Breaker::default();
        for _ in 0..50 {
            for _ in 1..FAILURES_TO_OPEN {
                breaker.failed(at(0));
            }
            breaker.succeeded();
        }
        assert_eq!(breaker.state(at(0)), BreakerState::Closed);
        assert_eq!(opened().state(at(9)), BreakerState::Open);
    }

    #[test]
    fn one_probe_goes_and_decides() {
        // §14
        let mut breaker = opened();
        assert!(!breaker.admit(at(9)));
        assert!(breaker.admit(at(10)));
        assert!(!breaker.admit(at(11)));
        assert_eq!(breaker.state(at(11)), BreakerState::HalfOpen);
        breaker.failed(at(12));
        assert!(!breaker.admit(at(21)));
        assert!(breaker.admit(at(22)));
        breaker.succeeded();
        assert_eq!(breaker.state(at(22)), BreakerState::Closed);
        assert!(breaker.admit(at(22)) && breaker.admit(at(22)));
    }

    #[test]
    fn a_probe_that_never_comes_back_is_followed_by_another_and_late_failures_change_nothing() {
        // §14
        let mut breaker = opened();
        breaker.failed(at(8));
        assert!(breaker.admit(at(10)));
        assert!(!breaker.admit(at(19)));
        assert!(breaker.admit(at(20)));
    }
}
