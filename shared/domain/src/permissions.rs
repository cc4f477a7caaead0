//! Who may do what (D12): deny by default, one table, no exceptions elsewhere.

use serde::{Deserialize, Serialize};

use crate::order_status::{Guard, OrderStatus};
use crate::procurement::PlanMover;

/// A caller's role in one tenant (D11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Works with customers and orders.
    Member,
    /// Decides: terms, overrides, plans, settings.
    Admin,
    /// As admin.
    Owner,
    /// Another system: production, delivery, planning.
    Service,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Viewer,
        Self::Member,
        Self::Admin,
        Self::Owner,
        Self::Service,
    ];

    /// The word used in tokens and audit records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
            Self::Service => "service",
        }
    }

    /// Reads the word of a role; `None` for an unknown one, which grants nothing.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// What a request wants to do, as far as permissions tell requests apart (D12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Read anything of the tenant.
    Read,
    /// Create and edit customers, catalog and standing orders.
    EditRecords,
    /// Set a customer's credit limit, payment terms, standing discount or hold.
    SetCustomerTerms,
    /// Create, amend and cancel orders; record payments.
    WriteOrders,
    /// Move an order's status and report on its lines; [`permits_status_move`] decides on the single move.
    MoveOrderStatus,
    /// Cancel an order that is in production, ready or failed.
    CancelInProduction,
    /// Confirm an order in spite of its hold.
    OverrideHold,
    /// Acknowledge, resolve and dismiss alerts.
    HandleAlerts,
    /// Run and simulate procurement plans.
    RunPlans,
    /// Submit procurement plans, edit their requirements and report on purchases; [`permits_plan_move`] decides on the
    /// single move.
    WorkOnPlans,
    /// Approve, reject, execute and cancel procurement plans.
    DecidePlans,
    /// Change the tenant's settings.
    ChangeSettings,
    /// Erase a customer's personal data.
    ErasePersonalData,
    /// Export a customer's personal data.
    ExportPersonalData,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 14] = [
        Self::Read,
        Self::EditRecords,
        Self::SetCustomerTerms,
        Self::WriteOrders,
        Self::MoveOrderStatus,
        Self::CancelInProduction,
        Self::OverrideHold,
        Self::HandleAlerts,
        Self::RunPlans,
        Self::WorkOnPlans,
        Self::DecidePlans,
        Self::ChangeSettings,
        Self::ErasePersonalData,
        Self::ExportPersonalData,
    ];
}

/// Whether a role may do something in its tenant (D12); else 403 `permission-denied`.
pub const fn permits(role: Role, action: Action) -> bool {
    match role {
        // Written out: an action added later is denied here until someone decides.
        Role::Admin | Role::Owner => matches!(
            action,
            Action::Read
                | Action::EditRecords
                | Action::SetCustomerTerms
                | Action::WriteOrders
                | Action::MoveOrderStatus
                | Action::CancelInProduction
                | Action::OverrideHold
                | Action::HandleAlerts
                | Action::RunPlans
                | Action::WorkOnPlans
                | Action::DecidePlans
                | Action::ChangeSettings
                | Action::ErasePersonalData
                | Action::ExportPersonalData
        ),
        Role::Member => matches!(
            action,
            Action::Read
                | Action::EditRecords
                | Action::WriteOrders
                | Action::MoveOrderStatus
                | Action::HandleAlerts
                | Action::RunPlans
                | Action::WorkOnPlans
        ),
        Role::Service => matches!(action, Action::Read | Action::MoveOrderStatus | Action::RunPlans),
        Role::Viewer => matches!(action, Action::Read),
    }
}

/// Whether a role may make a status move that is legal under D26 and has this guard (D12).
///
/// Legality is asked before, by [`crate::order_status::transition`]: an illegal move is 409 for everybody.
pub const fn permits_status_move(role: Role, from: OrderStatus, to: OrderStatus, guard: Guard) -> bool {
    use OrderStatus::{Confirmed, Delivered, Failed, InProduction, OutForDelivery, Ready};
    match role {
        Role::Admin | Role::Owner => true,
        Role::Member => !guard.admin_only,
        Role::Service => matches!(
            (from, to),
            (Confirmed, InProduction)
                | (InProduction, Ready)
                | (Ready, OutForDelivery | Delivered)
                | (OutForDelivery, Delivered | Failed)
        ),
        Role::Viewer => false,
    }
}

/// Whether a role may make a move of a procurement plan that is legal under D69 (D12).
///
/// Legality is asked before, by [`crate::procurement::transition`]: an illegal move is 409 for everybody.
pub const fn permits_plan_move(role: Role, mover: PlanMover) -> bool {
    match mover {
        PlanMover::System => false,
        PlanMover::Member => permits(role, Action::WorkOnPlans),
        PlanMover::Admin => permits(role, Action::DecidePlans),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order_status::{DeliveryMethod, Fulfilment, transition};

    /// D12 as text: viewer, member, admin, owner, service.
    const TABLE: [(Action, &str); 14] = [
        (Action::Read, "y y y y y"),
        (Action::EditRecords, "- y y y -"),
        (Action::SetCustomerTerms, "- - y y -"),
        (Action::WriteOrders, "- y y y -"),
        (Action::MoveOrderStatus, "- y y y y"),
        (Action::CancelInProduction, "- - y y -"),
        (Action::OverrideHold, "- - y y -"),
        (Action::HandleAlerts, "- y y y -"),
        (Action::RunPlans, "- y y y y"),
        (Action::WorkOnPlans, "- y y y -"),
        (Action::DecidePlans, "- - y y -"),
        (Action::ChangeSettings, "- - y y -"),
        (Action::ErasePersonalData, "- - y y -"),
        (Action::ExportPersonalData, "- - y y -"),
    ];

    // D12
    #[test]
    fn every_role_may_do_exactly_what_the_table_says() {
        assert_eq!(TABLE.map(|(action, _)| action), Action::ALL);
        for (action, cells) in TABLE {
            let cells: Vec<&str> = cells.split(' ').collect();
            for (word, cell) in ["viewer", "member", "admin", "owner", "service"]
                .into_iter()
                .zip(cells)
            {
                let role = Role::parse(word).unwrap();
                assert_eq!(permits(role, action), cell == "y", "{word} {action:?}");
            }
        }
    }

    /// The only legal moves of D26 that not every member may make (D12, D26).
    const ADMIN_MOVES: [&str; 4] = [
        "on_hold confirmed",
        "in_production cancelled",
        "ready cancelled",
        "failed cancelled",
    ];
    /// The service's own moves (D12).
    const SERVICE_MOVES: [&str; 6] = [
        "confirmed in_production",
        "in_production ready",
        "ready out_for_delivery",
        "ready delivered",
        "out_for_delivery delivered",
        "out_for_delivery failed",
    ];

    // D12, D26
    #[test]
    fn every_legal_move_is_open_to_exactly_the_roles_of_the_table() {
        let (mut admin_moves, mut service_moves) = (Vec::new(), Vec::new());
        for delivery_method in DeliveryMethod::ALL {
            let fulfilment = Fulfilment {
                delivery_method,
                delivery_tracking_enabled: true,
            };
            for from in OrderStatus::ALL {
                for to in OrderStatus::ALL {
                    let Some(guard) = transition(from, to, fulfilment) else {
                        continue;
                    };
                    let name = format!("{} {}", from.as_str(), to.as_str());
                    let may = |role| permits_status_move(role, from, to, guard);
                    assert!(!may(Role::Viewer), "{name}");
                    assert!(may(Role::Admin) && may(Role::Owner), "{name}");
                    assert_eq!(may(Role::Member), !ADMIN_MOVES.contains(&name.as_str()), "{name}");
                    assert_eq!(
                        may(Role::Service),
                        SERVICE_MOVES.contains(&name.as_str()),
                        "{name}"
                    );
                    if guard.admin_only {
                        admin_moves.push(name.clone());
                    }
                    if may(Role::Service) {
                        service_moves.push(name);
                    }
                }
            }
        }
        // Every named move was met, so none of the assertions above was about nothing.
        assert!(
            ADMIN_MOVES
                .iter()
                .all(|name| admin_moves.iter().any(|met| met == name))
        );
        assert!(
            SERVICE_MOVES
                .iter()
                .all(|name| service_moves.iter().any(|met| met == name))
        );
    }

    // D11
    #[test]
    fn unknown_roles_grant_nothing() {
        assert_eq!(Role::parse("super_admin"), None);
        assert_eq!(Role::parse("Admin"), None);
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }
}
