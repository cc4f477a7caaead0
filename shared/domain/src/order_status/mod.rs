//! The status machine of an order (D26), as one table of moves with their guards.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// Where an order stands (D26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Received, not yet confirmed by the bakery.
    Pending,
    /// Accepted: the bakery owes it.
    Confirmed,
    /// Stopped for credit, payment or by hand; counts neither as demand nor as exposure.
    OnHold,
    /// Being made.
    InProduction,
    /// Made, waiting to be picked up or to leave.
    Ready,
    /// On its way.
    OutForDelivery,
    /// With the customer. Final.
    Delivered,
    /// A delivery was tried and failed; it may go out again.
    Failed,
    /// Called off. Final.
    Cancelled,
}

impl OrderStatus {
    /// Every status, in the order of an order's life.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Confirmed,
        Self::OnHold,
        Self::InProduction,
        Self::Ready,
        Self::OutForDelivery,
        Self::Delivered,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word used in requests, answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::OnHold => "on_hold",
            Self::InProduction => "in_production",
            Self::Ready => "ready",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word of a status; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether its quantities are demand on production and purchasing (D50).
    pub const fn counts_as_demand(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::InProduction)
    }

    /// Whether its demand is firm rather than tentative (D50).
    pub const fn is_firm(self) -> bool {
        matches!(self, Self::Confirmed | Self::InProduction)
    }

    /// Whether its balance is part of the customer's credit exposure (D31); delivered but unpaid orders are.
    pub const fn counts_for_exposure(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Failed | Self::OnHold)
    }

    /// Whether its content may still be changed (D27).
    pub const fn is_amendable(self) -> bool {
        matches!(self, Self::Pending | Self::OnHold | Self::Confirmed)
    }

    /// Whether something is still to happen with it: neither delivered nor cancelled (D34, D90).
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Delivered | Self::Cancelled)
    }

    /// Whether it counts as a sale in metrics and on the dashboard: neither cancelled nor failed (D33, D90).
    pub const fn is_valid_sale(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Failed)
    }
}

/// How an order reaches its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryMethod {
    /// Brought to the customer.
    Delivery,
    /// Collected at the bakery.
    Pickup,
}

impl DeliveryMethod {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Delivery, Self::Pickup];

    /// The word used in requests, answers and stored records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Pickup => "pickup",
        }
    }

    /// Reads the word of a method; `None` for an unknown one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

/// What decides whether a ready order goes out or is handed over (D26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fulfilment {
    /// The order's method.
    pub delivery_method: DeliveryMethod,
    /// DELIVERY_TRACKING_ENABLED in force.
    pub delivery_tracking_enabled: bool,
}

impl Fulfilment {
    const fn goes_out(self) -> bool {
        matches!(self.delivery_method, DeliveryMethod::Delivery) && self.delivery_tracking_enabled
    }
}

/// What a legal move asks for beyond being legal (D26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Guard {
    /// Only admins and owners may make it.
    pub admin_only: bool,
    /// A reason must be given, else 422 `reason-required`.
    pub reason_required: bool,
    /// The customer's credit is checked again (D31), where the check is on and the order is on account.
    pub rechecks_credit: bool,
    /// The move overrides a hold: exposure moves unconditionally.
    pub overrides_hold: bool,
}

/// The statuses an order may move to, in the order of D26's table; empty for final ones.
pub const fn allowed_transitions(from: OrderStatus, fulfilment: Fulfilment) -> &'static [OrderStatus] {
    use OrderStatus::{
        Cancelled, Confirmed, Delivered, Failed, InProduction, OnHold, OutForDelivery, Pending, Ready,
    };
    match from {
        Pending => &[Confirmed, OnHold, Cancelled],
        OnHold => &[Pending, Cancelled, Confirmed],
        Confirmed => &[InProduction, OnHold, Cancelled],
        InProduction => &[Ready, Cancelled],
        Ready if fulfilment.goes_out() => &[OutForDelivery, Cancelled],
        Ready => &[Delivered, Cancelled],
        OutForDelivery => &[Delivered, Failed],
        Failed => &[Ready, Cancelled],
        Delivered | Cancelled => &[],
    }
}

/// The guard of a move, `None` when the move is illegal (409 `invalid-status-transition`).
///
/// The same status again is no move: callers answer that before they ask.
pub fn transition(from: OrderStatus, to: OrderStatus, fulfilment: Fulfilment) -> Option<Guard> {
    use OrderStatus::{Cancelled, Confirmed, Failed, InProduction, OnHold, OutForDelivery, Pending, Ready};
    if !allowed_transitions(from, fulfilment).contains(&to) {
        return None;
    }
    let free = Guard::default();
    Some(match (from, to) {
        (OnHold, Confirmed) => Guard {
            admin_only: true,
            reason_required: true,
            overrides_hold: true,
            ..free
        },
        (Pending, Confirmed) | (OnHold, Pending) | (Failed, Ready) => Guard {
            rechecks_credit: true,
            ..free
        },
        (InProduction | Ready | Failed, Cancelled) => Guard {
            admin_only: true,
            reason_required: true,
            ..free
        },
        (Confirmed, Cancelled) | (OutForDelivery, Failed) => Guard {
            reason_required: true,
            ..free
        },
        _ => free,
    })
}
