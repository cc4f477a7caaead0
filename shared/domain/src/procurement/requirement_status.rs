//! Where the purchase of a requirement stands, and where it may go (D69).

use super::plan_status::PlanStatus;
use crate::planning::RequirementStatus;

impl RequirementStatus {
    /// Every status, in the order of a purchase.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Approved,
        Self::Ordered,
        Self::PartiallyReceived,
        Self::Received,
        Self::Cancelled,
    ];

    /// The word used in requests, answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Ordered => "ordered",
            Self::PartiallyReceived => "partially_received",
            Self::Received => "received",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word of a status; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The status in a plan. A requirement of which nothing was reported is decided together with its plan: it is
    /// approved, or cancelled, as soon as the plan is. So a decision need not be written to every requirement.
    #[must_use]
    pub const fn in_plan(self, plan: PlanStatus) -> Self {
        match (self, plan) {
            (Self::Pending, PlanStatus::Approved | PlanStatus::InExecution | PlanStatus::Completed) => {
                Self::Approved
            }
            (Self::Pending, PlanStatus::Cancelled) => Self::Cancelled,
            _ => self,
        }
    }
}

/// The statuses a purchase may be moved to by name, in the order of a purchase; empty for what is final. Goods may come
/// although nobody has reported the order. Going back is a correction of quantities, from which the status follows.
pub const fn allowed_purchase_transitions(from: RequirementStatus) -> &'static [RequirementStatus] {
    use RequirementStatus::{Approved, Cancelled, Ordered, PartiallyReceived, Pending, Received};
    match from {
        Approved => &[Ordered, PartiallyReceived, Received, Cancelled],
        Ordered => &[PartiallyReceived, Received, Cancelled],
        PartiallyReceived => &[Received, Cancelled],
        // What is pending is decided with its plan.
        Pending | Received | Cancelled => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purchase_only_goes_forward_and_what_has_come_is_not_cancelled() {
        // D69
        let mut moves = Vec::new();
        for from in RequirementStatus::ALL {
            for to in allowed_purchase_transitions(from) {
                moves.push(format!("{} {}", from.as_str(), to.as_str()));
                assert!(from < *to, "{from:?} {to:?}");
            }
        }
        assert_eq!(
            moves,
            [
                "approved ordered",
                "approved partially_received",
                "approved received",
                "approved cancelled",
                "ordered partially_received",
                "ordered received",
                "ordered cancelled",
                "partially_received received",
                "partially_received cancelled",
            ]
        );
    }

    #[test]
    fn what_nobody_has_reported_on_is_decided_with_its_plan() {
        // D69
        for plan in PlanStatus::ALL {
            let expected = match plan.as_str() {
                "approved" | "in_execution" | "completed" => RequirementStatus::Approved,
                "cancelled" => RequirementStatus::Cancelled,
                _ => RequirementStatus::Pending,
            };
            assert_eq!(RequirementStatus::Pending.in_plan(plan), expected, "{plan:?}");
            for reported in RequirementStatus::ALL.into_iter().skip(1) {
                assert_eq!(reported.in_plan(plan), reported);
            }
        }
    }

    #[test]
    fn words_agree_with_json() {
        // D2
        for status in RequirementStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(RequirementStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(RequirementStatus::parse("Received"), None);
    }
}
