//! The status machine of a procurement plan (D69), as one table of moves with those who make them.

use serde::{Deserialize, Serialize};

/// Where a procurement plan stands (D69).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// Started, not computed yet.
    Calculating,
    /// Computed; may be edited and submitted.
    Draft,
    /// Submitted, waiting for a decision.
    PendingApproval,
    /// Decided: its quantities count as receipts in later plans.
    Approved,
    /// Being bought.
    InExecution,
    /// Bought. Final.
    Completed,
    /// Called off. Final.
    Cancelled,
    /// Could not be computed.
    Failed,
}

impl PlanStatus {
    /// Every status, in the order of a plan's life.
    pub const ALL: [Self; 8] = [
        Self::Calculating,
        Self::Draft,
        Self::PendingApproval,
        Self::Approved,
        Self::InExecution,
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The word used in requests, answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calculating => "calculating",
            Self::Draft => "draft",
            Self::PendingApproval => "pending_approval",
            Self::Approved => "approved",
            Self::InExecution => "in_execution",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of a status; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether what it buys may still be edited.
    pub const fn is_revisable(self) -> bool {
        matches!(self, Self::Draft | Self::PendingApproval)
    }

    /// Whether its purchases are under way, so that orders and receipts are reported.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Approved | Self::InExecution)
    }
}

/// Who makes a move (D12, D69).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanMover {
    /// The planner itself; nobody can ask for it.
    System,
    /// Members, admins and owners.
    Member,
    /// Admins and owners.
    Admin,
}

/// The moves that somebody may ask for, in the order of D69; empty for final statuses.
pub const fn allowed_transitions(from: PlanStatus) -> &'static [PlanStatus] {
    use PlanStatus::{
        Approved, Calculating, Cancelled, Completed, Draft, Failed, InExecution, PendingApproval,
    };
    match from {
        Calculating | Failed => &[Cancelled],
        Draft => &[PendingApproval, Cancelled],
        PendingApproval => &[Approved, Draft, Cancelled],
        Approved => &[InExecution, Cancelled],
        InExecution => &[Completed, Cancelled],
        Completed | Cancelled => &[],
    }
}

/// Who makes a move; `None` when there is no such move. To a caller a move of the system is as illegal as none
/// (409 `invalid-status-transition`).
///
/// The same status again is no move: callers answer that before they ask.
pub fn transition(from: PlanStatus, to: PlanStatus) -> Option<PlanMover> {
    use PlanStatus::{Calculating, Draft, Failed, PendingApproval};
    match (from, to) {
        (Calculating, Draft | Failed) => Some(PlanMover::System),
        (Draft, PendingApproval) => Some(PlanMover::Member),
        _ if allowed_transitions(from).contains(&to) => Some(PlanMover::Admin),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::{Role, permits_plan_move};

    /// D69 as text: from, to, who.
    const TABLE: &str = "
        calculating      draft             system
        calculating      failed            system
        calculating      cancelled         admin
        draft            pending_approval  member
        draft            cancelled         admin
        pending_approval approved          admin
        pending_approval draft             admin
        pending_approval cancelled         admin
        approved         in_execution      admin
        approved         cancelled         admin
        in_execution     completed         admin
        in_execution     cancelled         admin
        failed           cancelled         admin
    ";

    /// The roles that make a move, by who the table says.
    const ROLES: [(&str, &[&str]); 3] = [
        ("system", &[]),
        ("member", &["member", "admin", "owner"]),
        ("admin", &["admin", "owner"]),
    ];

    fn rows() -> Vec<Vec<&'static str>> {
        let lines = TABLE.trim().lines();
        lines.map(|line| line.split_whitespace().collect()).collect()
    }

    #[test]
    fn every_move_of_every_role_is_exactly_as_the_table_says() {
        // D69, D12
        let (mut moves, mut permitted) = (0, 0);
        for from in PlanStatus::ALL {
            let mut asked_for = Vec::new();
            for to in PlanStatus::ALL {
                let row = rows()
                    .into_iter()
                    .find(|row| row[0] == from.as_str() && row[1] == to.as_str());
                let mover = transition(from, to);
                assert_eq!(mover.is_some(), row.is_some(), "{from:?} {to:?}");
                let (Some(mover), Some(row)) = (mover, row) else {
                    continue;
                };
                moves += 1;
                if row[2] != "system" {
                    asked_for.push(to);
                }
                let (_, roles) = ROLES.iter().find(|(who, _)| *who == row[2]).unwrap();
                for role in Role::ALL {
                    let may = permits_plan_move(role, mover);
                    assert_eq!(may, roles.contains(&role.as_str()), "{from:?} {to:?} {role:?}");
                    permitted += usize::from(may);
                }
            }
            let mut allowed = allowed_transitions(from).to_vec();
            allowed.sort_unstable();
            assert_eq!(allowed, asked_for, "{from:?}");
        }
        assert_eq!((moves, permitted), (13, 3 + 10 * 2));
    }

    #[test]
    fn edits_come_before_the_decision_and_reports_after_it() {
        // D69
        let words = |of: fn(PlanStatus) -> bool| {
            let found = PlanStatus::ALL.into_iter().filter(|status| of(*status));
            found.map(PlanStatus::as_str).collect::<Vec<_>>()
        };
        assert_eq!(words(PlanStatus::is_revisable), ["draft", "pending_approval"]);
        assert_eq!(words(PlanStatus::is_under_way), ["approved", "in_execution"]);
    }

    #[test]
    fn words_agree_with_json() {
        // D2
        for status in PlanStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(PlanStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(PlanStatus::parse("Draft"), None);
        assert_eq!(PlanStatus::parse(""), None);
    }
}
