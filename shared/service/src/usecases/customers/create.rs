//! Creating a customer: with its guards of code and e-mail and its place in the tenant's count, all or nothing (D30).

use std::collections::BTreeMap;

use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use orders_domain::permissions::Action;

use super::unique;
use crate::app::App;
use crate::auth::Access;
use crate::http::idempotency::Identity;
use crate::problem::{Problem, ProblemCode};
use crate::store::customers::{
    Customer, CustomerBody, CustomerChange, CustomerRefused, CustomerRow, DeliveryPreferences, PriceTier,
    UniqueValue,
};
use crate::store::keys;
use crate::store::orders::{Address, Communication};
use crate::usecases::Created;
use crate::words::{CustomerEvent, CustomerType, Segment};

/// A customer to be created.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct NewCustomer {
    pub customer_code: Option<String>,
    pub name: String,
    pub business_name: Option<String>,
    pub customer_type: CustomerType,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<Address>,
    pub tax_id: Option<String>,
    pub tax_exempt: bool,
    pub segment: Segment,
    pub preferred_delivery_method: Option<DeliveryMethod>,
    pub allergens: Vec<String>,
    pub special_requirements: Option<String>,
    pub price_list: BTreeMap<String, Vec<PriceTier>>,
    pub delivery_preferences: Option<DeliveryPreferences>,
    pub communication: Option<Communication>,
    pub is_active: bool,
    pub payment_terms: PaymentTerms,
    pub credit_limit: Option<Money>,
    pub discount_percentage: Percentage,
    pub on_hold: bool,
    pub on_hold_reason: Option<String>,
    /// Whether the request names one of the five fields above, which are an admin's, even with its default (D12).
    pub names_terms: bool,
}

/// Creates a customer, or finds the one that the same request had made before.
///
/// # Errors
/// 403 when a member sends a field of the customer's terms; 409 for a taken code or e-mail and at the limit.
pub async fn create(
    app: &App,
    access: &Access,
    new: NewCustomer,
    identity: Identity,
) -> Result<Created<Customer>, Problem> {
    if new.names_terms {
        access.require(Action::SetCustomerTerms)?;
    }
    let store = app.tenant_store(access);
    let key = keys::customer(access.tenant(), identity.id);
    let (before, registered, overrides) = tokio::join!(
        store.get::<Customer>(&key),
        store.register(),
        // The limit is the one setting that is never taken from the cache (D13).
        store.settings_overrides()
    );
    registered?;
    if let Some(before) = before? {
        identity.matches(before.body.body_hash.as_deref())?;
        return Ok(Created::Before(before));
    }
    let generated = new.customer_code.is_none();
    let settings = app.config().settings.overridden(&overrides?);
    let limit = settings.max_customers_per_tenant;
    let email_hash = new
        .email
        .as_deref()
        .map(|email| unique::hash(app, access.tenant(), email));
    loop {
        let code = match &new.customer_code {
            Some(code) => code.clone(),
            None => store.next_customer_code().await?,
        };
        let customer = build(app, access, &new, &identity, code);
        let code_hash = unique::hash(app, access.tenant(), &customer.row.customer_code);
        let outcome = store
            .insert_customer(&customer, &code_hash, email_hash.as_deref(), limit)
            .await?;
        return match outcome {
            Ok(()) => Ok(Created::Now(customer)),
            Err(CustomerRefused::Before(before)) => {
                identity.matches(before.body.body_hash.as_deref())?;
                Ok(Created::Before(*before))
            }
            // Somebody chose a code of the generated form by hand: take the next one.
            Err(CustomerRefused::CodeTaken) if generated => continue,
            Err(CustomerRefused::CodeTaken) => Err(unique::taken(UniqueValue::Code)),
            Err(CustomerRefused::EmailTaken) => Err(unique::taken(UniqueValue::Email)),
            Err(CustomerRefused::LimitReached) => Err(Problem::new(
                ProblemCode::CustomerLimitReached,
                format!("This tenant may have {limit} customers, and has them."),
            )
            .with("limit", limit)),
        };
    }
}

fn build(app: &App, access: &Access, new: &NewCustomer, identity: &Identity, code: String) -> Customer {
    let now = app.now();
    let created = CustomerChange {
        sequence: 1,
        event: CustomerEvent::Created,
        version: 1,
        changed_at: now,
        changed_by: access.actor().clone(),
        changed_fields: Vec::new(),
    };
    Customer {
        id: identity.id,
        version: 1,
        write_id: app.ids().fresh(),
        row: CustomerRow {
            customer_code: code,
            name: new.name.clone(),
            business_name: new.business_name.clone(),
            customer_type: new.customer_type,
            email: new.email.clone(),
            phone: new.phone.clone(),
            is_active: new.is_active,
            on_hold: new.on_hold,
            segment: new.segment,
            created_at: now,
            erasure: None,
        },
        body: CustomerBody {
            address: new.address.clone(),
            tax_id: new.tax_id.clone(),
            tax_exempt: new.tax_exempt,
            on_hold_reason: new.on_hold_reason.clone(),
            payment_terms: new.payment_terms,
            credit_limit: new.credit_limit,
            discount_percentage: new.discount_percentage,
            preferred_delivery_method: new.preferred_delivery_method,
            allergens: new.allergens.clone(),
            special_requirements: new.special_requirements.clone(),
            erased_at: None,
            body_hash: identity.body_hash.clone(),
            created_on: Some(app.local_date(access, now)),
            created_by: access.actor().clone(),
            updated_at: now,
            updated_by: access.actor().clone(),
            price_list: new.price_list.clone(),
            delivery_preferences: new.delivery_preferences.clone(),
            communication: new.communication.clone(),
            history: vec![created],
            history_parts: 0,
        },
    }
}
