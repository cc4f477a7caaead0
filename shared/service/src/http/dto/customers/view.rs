//! A customer as the answers show it: every field of SPEC §4, null where there is nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orders_domain::credit;
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts::{DeliveryMethodWord, DeliveryPreferencesView, PaymentTermsWord};
use super::prices::PriceTierView;
use crate::auth::TenantId;
use crate::http::dto::common::{ActorView, AddressView, MoneyText, PercentageText};
use crate::http::dto::orders::parts::CommunicationView;
use crate::store::customer_metrics::CustomerMetrics;
use crate::store::customers::Customer;
use crate::usecases::customers::get::Standing;
use crate::words::{CustomerType, Segment};

/// A customer's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditView {
    /// What its open orders on account add up to (D31).
    #[schema(value_type = MoneyText)]
    pub exposure: Money,
    /// What is left of the limit; null when it is unlimited.
    #[schema(value_type = Option<MoneyText>)]
    pub available: Option<Money>,
}

/// What a customer's orders add up to, as fresh as `as_of` says (D33).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerMetrics)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerMetricsView {
    pub total_orders: u64,
    #[schema(value_type = MoneyText)]
    pub total_spent: Money,
    #[schema(value_type = Option<MoneyText>)]
    pub average_order_value: Option<Money>,
    pub cancelled_orders: u64,
    pub first_order_at: Option<DateTime<Utc>>,
    pub last_order_at: Option<DateTime<Utc>>,
    pub as_of: Option<DateTime<Utc>>,
}

impl From<&CustomerMetrics> for CustomerMetricsView {
    fn from(metrics: &CustomerMetrics) -> Self {
        Self {
            total_orders: metrics.total_orders,
            total_spent: metrics.total_spent,
            average_order_value: metrics.average_order_value(),
            cancelled_orders: metrics.cancelled_orders,
            first_order_at: metrics.first_order_at,
            last_order_at: metrics.last_order_at,
            as_of: metrics.as_of,
        }
    }
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerView {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub version: u64,
    pub customer_code: String,
    pub name: String,
    pub business_name: Option<String>,
    pub customer_type: CustomerType,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<AddressView>,
    pub tax_id: Option<String>,
    pub tax_exempt: bool,
    pub is_active: bool,
    pub on_hold: bool,
    pub on_hold_reason: Option<String>,
    #[schema(value_type = PaymentTermsWord)]
    pub payment_terms: PaymentTerms,
    #[schema(value_type = Option<MoneyText>)]
    pub credit_limit: Option<Money>,
    #[schema(value_type = PercentageText)]
    pub discount_percentage: Percentage,
    pub segment: Segment,
    #[schema(value_type = Option<DeliveryMethodWord>)]
    pub preferred_delivery_method: Option<DeliveryMethod>,
    pub allergens: Vec<String>,
    pub special_requirements: Option<String>,
    /// Unit prices of its own, by product, tiers in ascending order.
    pub price_list: BTreeMap<String, Vec<PriceTierView>>,
    pub delivery_preferences: Option<DeliveryPreferencesView>,
    pub communication: Option<CommunicationView>,
    pub credit: CreditView,
    pub metrics: CustomerMetricsView,
    /// When its personal data was erased (D34).
    pub erased_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub created_by: ActorView,
    pub updated_at: DateTime<Utc>,
    pub updated_by: ActorView,
}

impl CustomerView {
    /// The answer for a record.
    pub fn of(tenant: TenantId, customer: &Customer, standing: Standing) -> Self {
        let (row, body) = (&customer.row, &customer.body);
        Self {
            id: customer.id,
            tenant_id: tenant.0,
            version: customer.version,
            customer_code: row.customer_code.clone(),
            name: row.name.clone(),
            business_name: row.business_name.clone(),
            customer_type: row.customer_type,
            email: row.email.clone(),
            phone: row.phone.clone(),
            address: body.address.as_ref().map(AddressView::from),
            tax_id: body.tax_id.clone(),
            tax_exempt: body.tax_exempt,
            is_active: row.is_active,
            on_hold: row.on_hold,
            on_hold_reason: body.on_hold_reason.clone(),
            payment_terms: body.payment_terms,
            credit_limit: body.credit_limit,
            discount_percentage: body.discount_percentage,
            segment: row.segment,
            preferred_delivery_method: body.preferred_delivery_method,
            allergens: body.allergens.clone(),
            special_requirements: body.special_requirements.clone(),
            price_list: body
                .price_list
                .iter()
                .map(|(product, tiers)| (product.clone(), tiers.iter().map(PriceTierView::from).collect()))
                .collect(),
            delivery_preferences: body
                .delivery_preferences
                .as_ref()
                .map(DeliveryPreferencesView::from),
            communication: body.communication.as_ref().map(CommunicationView::from),
            credit: CreditView {
                exposure: standing.credit.exposure,
                available: credit::available(standing.credit.exposure, body.credit_limit),
            },
            metrics: (&standing.metrics).into(),
            erased_at: body.erased_at,
            created_at: row.created_at,
            created_by: (&body.created_by).into(),
            updated_at: body.updated_at,
            updated_by: (&body.updated_by).into(),
        }
    }
}
