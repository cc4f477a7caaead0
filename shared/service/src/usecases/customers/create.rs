//! Creating a customer: with its guards of code and e-mail and its place in the tenant's count, all or nothing (D30).

use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use orders_domain::permissions::Action;

use crate::app::App;
use crate::auth::Access;
use crate::http::idempotency::Identity;
use crate::problem::{Problem, ProblemCode};
use crate::store::customers::{Customer, CustomerBody, CustomerChange, CustomerRefused, CustomerRow, fold};
use crate::store::keys;
use crate::store::orders::Address;
use crate::usecases::Created;
use crate::words::{CustomerType, HistoryEvent, Segment};

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
    pub payment_terms: Option<PaymentTerms>,
    /// Outer `None`: not sent. Inner `None`: unlimited.
    pub credit_limit: Option<Option<Money>>,
    pub discount_percentage: Option<Percentage>,
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
    let sets_terms =
        new.payment_terms.is_some() || new.credit_limit.is_some() || new.discount_percentage.is_some();
    if sets_terms {
        access.require(Action::SetCustomerTerms)?;
    }
    let store = app.tenant_store(access);
    let key = keys::customer(access.tenant(), identity.id);
    let (before, registered) = tokio::join!(store.get::<Customer>(&key), store.register());
    registered?;
    if let Some(before) = before? {
        identity.matches(before.body.body_hash.as_deref())?;
        return Ok(Created::Before(before));
    }
    let generated = new.customer_code.is_none();
    let limit = app.settings(access).max_customers_per_tenant;
    let email_hash = new
        .email
        .as_deref()
        .map(|email| app.keyring().guard(access.tenant().0, &fold(email)));
    loop {
        let code = match &new.customer_code {
            Some(code) => code.clone(),
            None => store.next_customer_code().await?,
        };
        let customer = build(app, access, &new, &identity, code);
        let code_hash = app
            .keyring()
            .guard(access.tenant().0, &fold(&customer.row.customer_code));
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
            Err(CustomerRefused::CodeTaken) => Err(exists("/customer_code", "customer_code")),
            Err(CustomerRefused::EmailTaken) => Err(exists("/email", "email")),
            Err(CustomerRefused::LimitReached) => Err(Problem::new(
                ProblemCode::CustomerLimitReached,
                format!("This tenant may have {limit} customers, and has them."),
            )
            .with("limit", limit)),
        };
    }
}

fn exists(pointer: &str, field: &str) -> Problem {
    let mut problem = Problem::field(
        pointer,
        ProblemCode::CustomerAlreadyExists,
        format!("A customer with this {field} exists already."),
    );
    problem.extensions.insert("field".into(), field.into());
    problem
}

fn build(app: &App, access: &Access, new: &NewCustomer, identity: &Identity, code: String) -> Customer {
    let now = app.now();
    let created = CustomerChange {
        sequence: 1,
        event: HistoryEvent::Created,
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
            is_active: true,
            on_hold: false,
            segment: new.segment,
            created_at: now,
        },
        body: CustomerBody {
            address: new.address.clone(),
            tax_id: new.tax_id.clone(),
            tax_exempt: new.tax_exempt,
            on_hold_reason: None,
            payment_terms: new.payment_terms.unwrap_or(PaymentTerms::Immediate),
            credit_limit: new.credit_limit.flatten(),
            discount_percentage: new.discount_percentage.unwrap_or(Percentage::ZERO),
            preferred_delivery_method: new.preferred_delivery_method,
            allergens: new.allergens.clone(),
            special_requirements: new.special_requirements.clone(),
            erased_at: None,
            body_hash: identity.body_hash.clone(),
            created_by: access.actor().clone(),
            updated_at: now,
            updated_by: access.actor().clone(),
            history: vec![created],
        },
    }
}
