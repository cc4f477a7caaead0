//! What an order's answer is made of besides its figures: payments, communication, production and quality of a line.

use chrono::{DateTime, Utc};
use orders_domain::decimal::{Money, Quantity};
use orders_domain::payments::PaymentMethod;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::request::PaymentMethodWord;
use crate::http::dto::common::{ActorView, MoneyText, QuantityText};
use crate::store::orders::{Communication, Payment, Production, Quality};
use crate::words::{CommunicationChannel, PaymentOutcome, ProductionStatus, QualityStatus};

/// How the customer wants to hear from us.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Communication)]
pub struct CommunicationView {
    /// Through which channels.
    pub channels: Vec<CommunicationChannel>,
    /// In which language, a BCP 47 tag.
    pub language: Option<String>,
}

impl From<&Communication> for CommunicationView {
    fn from(stored: &Communication) -> Self {
        Self {
            channels: stored.channels.clone(),
            language: stored.language.clone(),
        }
    }
}

/// A payment, a refund or a failed attempt (D28).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
#[expect(missing_docs, reason = "the fields are those of D28, under their names")]
pub struct PaymentView {
    pub id: Uuid,
    #[schema(value_type = MoneyText)]
    pub amount: Money,
    #[schema(value_type = PaymentMethodWord)]
    pub method: PaymentMethod,
    pub reference: Option<String>,
    pub status: PaymentOutcome,
    pub at: DateTime<Utc>,
    pub by: ActorView,
}

impl From<&Payment> for PaymentView {
    fn from(stored: &Payment) -> Self {
        Self {
            id: stored.id,
            amount: stored.amount,
            method: stored.method,
            reference: stored.reference.clone(),
            status: stored.status,
            at: stored.at,
            by: (&stored.by).into(),
        }
    }
}

/// How far a line's production is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Production)]
pub struct ProductionView {
    /// Where it stands.
    pub status: ProductionStatus,
    /// How much is made.
    #[schema(value_type = QuantityText)]
    pub quantity_produced: Quantity,
}

impl ProductionView {
    pub(super) fn of(stored: Option<&Production>) -> Self {
        Self {
            status: stored.map_or(ProductionStatus::Pending, |production| production.status),
            quantity_produced: stored.map_or(Quantity::ZERO, |production| production.quantity_produced),
        }
    }
}

/// What a line's quality must be and was found to be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quality)]
pub struct QualityView {
    /// What it must be.
    pub requirements: Option<String>,
    /// What the check said.
    pub status: QualityStatus,
    /// What was noted at the check.
    pub notes: Option<String>,
    /// Who checked.
    pub checked_by: Option<ActorView>,
    /// When.
    pub checked_at: Option<DateTime<Utc>>,
}

impl QualityView {
    pub(super) fn of(stored: Option<&Quality>) -> Self {
        Self {
            requirements: stored.and_then(|quality| quality.requirements.clone()),
            status: stored.map_or(QualityStatus::Pending, |quality| quality.status),
            notes: stored.and_then(|quality| quality.notes.clone()),
            checked_by: stored
                .and_then(|quality| quality.checked_by.as_ref())
                .map(ActorView::from),
            checked_at: stored.and_then(|quality| quality.checked_at),
        }
    }
}
