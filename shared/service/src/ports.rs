//! The ways to the world that are not AWS: time and randomness. Nothing else reads a clock or makes a random number,
//! so a run can be replayed from its inputs.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Tells the time, in whole milliseconds.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// Makes ids and jitter.
pub trait Ids: Send + Sync {
    /// A fresh id, ordered by time where the source can.
    fn fresh(&self) -> Uuid;
    /// Random bits, for nonces and back-off.
    fn random(&self) -> u128;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port")]
    fn now(&self) -> DateTime<Utc> {
        let now = Utc::now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }
}

/// The machine's randomness.
#[derive(Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the port")]
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
    #[expect(clippy::disallowed_methods, reason = "this is the port")]
    fn random(&self) -> u128 {
        Uuid::new_v4().as_u128()
    }
}

/// A clock that tests set.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(AtomicI64::new(now.timestamp_millis()))
    }
    /// Moves on.
    pub fn advance(&self, by: chrono::Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }
}

/// Ids that count up from a seed, so that a run can be repeated.
#[derive(Debug)]
pub struct SeededIds(AtomicU64);

impl SeededIds {
    /// Counts from `seed`.
    pub fn from_seed(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Ids for SeededIds {
    fn fresh(&self) -> Uuid {
        Uuid::from_u128(self.random())
    }
    fn random(&self) -> u128 {
        // splitmix64, twice: distinct for distinct counters.
        let mix = |seed: u64| {
            let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        (u128::from(mix(n)) << 64) | u128::from(mix(!n))
    }
}
