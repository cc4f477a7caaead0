//! Customers in requests and answers.

use chrono::{DateTime, Utc};
use orders_domain::credit;
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::common::{ActorView, AddressView, DecimalInput, MoneyText, PercentageText};
use crate::auth::TenantId;
use crate::http::fields::{Fields, FromFields, object};
use crate::http::parse;
use crate::store::customers::{Credit, Customer, CustomerInIndex};
use crate::usecases::customers::create::NewCustomer;
use crate::words::{CustomerType, Segment};

/// Body of `POST /customers`.
#[derive(ToSchema)]
#[schema(as = NewCustomer)]
#[expect(dead_code, reason = "only its schema is used; reading is done by NewCustomer")]
pub struct NewCustomerSchema {
    /// Unique in the tenant; generated (`CUST-000001`) when absent.
    #[schema(max_length = 40, examples("CAFE-1"))]
    customer_code: Option<String>,
    /// The customer's name.
    #[schema(max_length = 200, examples("Café Noir"))]
    name: String,
    /// The firm's name.
    #[schema(max_length = 200)]
    business_name: Option<String>,
    /// Default `individual`.
    customer_type: Option<CustomerType>,
    /// Unique in the tenant, whatever its case.
    #[schema(max_length = 254, format = "email")]
    email: Option<String>,
    /// Phone number.
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// Where deliveries go by default.
    address: Option<AddressView>,
    /// Tax number.
    #[schema(max_length = 40)]
    tax_id: Option<String>,
    /// All tax rates are 0 for the customer.
    tax_exempt: Option<bool>,
    /// Default `regular`.
    segment: Option<Segment>,
    /// How the customer is served by default.
    #[schema(value_type = Option<DeliveryMethodWord>)]
    preferred_delivery_method: Option<DeliveryMethod>,
    /// Allergens the customer must not get.
    #[schema(max_items = 30)]
    allergens: Option<Vec<String>>,
    /// What else production must mind.
    #[schema(max_length = 1000)]
    special_requirements: Option<String>,
    /// Admin only. Default `immediate`.
    #[schema(value_type = Option<PaymentTermsWord>)]
    payment_terms: Option<PaymentTerms>,
    /// Admin only. Null means unlimited, 0 none.
    #[schema(value_type = Option<DecimalInput>)]
    credit_limit: Option<Money>,
    /// Admin only. Standing discount on every order.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<Percentage>,
}

/// How an order reaches the customer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DeliveryMethodWord {
    /// By us.
    Delivery,
    /// Collected.
    Pickup,
}

/// When invoices are due.
#[derive(ToSchema)]
pub enum PaymentTermsWord {
    /// On delivery.
    #[schema(rename = "immediate")]
    Immediate,
    /// 15 days later.
    #[schema(rename = "net_15")]
    Net15,
    /// 30 days later.
    #[schema(rename = "net_30")]
    Net30,
    /// 60 days later.
    #[schema(rename = "net_60")]
    Net60,
}

impl FromFields for NewCustomer {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let customer_code = f.optional("customer_code", parse::text(40));
        let name = f.required("name", parse::text(200));
        let business_name = f.optional("business_name", parse::text(200));
        let customer_type = f.or(
            "customer_type",
            CustomerType::Individual,
            parse::word(CustomerType::parse),
        );
        let email = f.optional("email", parse::email);
        let phone = f.optional("phone", parse::text(40));
        let address = f.optional("address", object);
        let tax_id = f.optional("tax_id", parse::text(40));
        let tax_exempt = f.or("tax_exempt", false, parse::boolean);
        let segment = f.or("segment", Segment::Regular, parse::word(Segment::parse));
        let preferred = f.optional("preferred_delivery_method", parse::word(DeliveryMethod::parse));
        let allergens = f.or("allergens", Vec::new(), parse::list(0..=30, parse::text(60)));
        let special_requirements = f.optional("special_requirements", parse::text(1000));
        let payment_terms = f.optional("payment_terms", parse::word(PaymentTerms::parse));
        let credit_limit = f.nullable("credit_limit", parse::money);
        let discount_percentage = f.optional("discount_percentage", parse::percentage);
        Some(Self {
            customer_code: customer_code?,
            name: name?,
            business_name: business_name?,
            customer_type: customer_type?,
            email: email?,
            phone: phone?,
            address: address?,
            tax_id: tax_id?,
            tax_exempt: tax_exempt?,
            segment: segment?,
            preferred_delivery_method: preferred?,
            allergens: allergens?,
            special_requirements: special_requirements?,
            payment_terms: payment_terms?,
            credit_limit: credit_limit?,
            discount_percentage: discount_percentage?,
        })
    }
}

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
    pub credit: CreditView,
    pub created_at: DateTime<Utc>,
    pub created_by: ActorView,
    pub updated_at: DateTime<Utc>,
    pub updated_by: ActorView,
}

impl CustomerView {
    /// The answer for a record.
    pub fn of(tenant: TenantId, customer: &Customer, account: Credit) -> Self {
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
            credit: CreditView {
                exposure: account.exposure,
                available: credit::available(account.exposure, body.credit_limit),
            },
            created_at: row.created_at,
            created_by: (&body.created_by).into(),
            updated_at: body.updated_at,
            updated_by: (&body.updated_by).into(),
        }
    }
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerRowView {
    pub id: Uuid,
    pub customer_code: String,
    pub name: String,
    pub business_name: Option<String>,
    pub customer_type: CustomerType,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub is_active: bool,
    pub on_hold: bool,
    pub segment: Segment,
    pub created_at: DateTime<Utc>,
    pub version: u64,
}

impl CustomerRowView {
    /// The row of a customer in an index; `None` when its key holds no id.
    pub fn of(found: CustomerInIndex) -> Option<Self> {
        let id = found
            .pk
            .rsplit('#')
            .next()
            .and_then(|id| Uuid::try_parse(id).ok())?;
        let row = found.r;
        Some(Self {
            id,
            customer_code: row.customer_code,
            name: row.name,
            business_name: row.business_name,
            customer_type: row.customer_type,
            email: row.email,
            phone: row.phone,
            is_active: row.is_active,
            on_hold: row.on_hold,
            segment: row.segment,
            created_at: row.created_at,
            version: found.ver,
        })
    }
}

/// The `is_active` filter.
pub fn parse_flag(raw: &str) -> Option<bool> {
    match raw {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
