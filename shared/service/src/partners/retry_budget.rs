//! How many calls may be tried again (§14): one for ten that were made, so that a partner in trouble gets a tenth more to
//! do at most, never twice as much.

/// What a retry takes; a call puts in one.
const CALLS_PER_RETRY: u32 = 10;
/// What may be saved up.
const MOST_RETRIES: u32 = 5;

/// A bucket that calls fill and retries empty. It starts empty: the first calls of a process are not tried again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RetryBudget {
    saved: u32,
}

impl RetryBudget {
    /// A call is made.
    pub(super) fn called(&mut self) {
        self.saved = (self.saved + 1).min(MOST_RETRIES * CALLS_PER_RETRY);
    }

    /// Takes a retry out, if there is one.
    pub(super) fn take(&mut self) -> bool {
        match self.saved.checked_sub(CALLS_PER_RETRY) {
            Some(left) => {
                self.saved = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn retries_are_at_most_a_tenth_of_the_calls(wanted in proptest::collection::vec(any::<bool>(), 0..2_000)) {
            // §14
            let mut budget = RetryBudget::default();
            let (mut calls, mut retries) = (0_u32, 0_u32);
            for retry in wanted {
                budget.called();
                calls += 1;
                if retry && budget.take() {
                    retries += 1;
                }
                prop_assert!(retries * 10 <= calls);
            }
        }
    }

    #[test]
    fn what_was_saved_up_is_bounded() {
        // §14
        let mut budget = RetryBudget::default();
        (0..10_000).for_each(|_| budget.called());
        let taken = (0..100).filter(|_| budget.take()).count();
        assert_eq!(taken, 5);
    }
}
