//! Bodies that create a customer.

use std::collections::BTreeMap;

use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use utoipa::ToSchema;

use super::parts::{self, DeliveryMethodWord, DeliveryPreferencesInput, PaymentTermsWord, TERMS};
use super::prices::{self, PriceTierInput};
use crate::http::dto::common::{AddressView, CommunicationSchema, DecimalInput};
use crate::http::fields::{Fields, FromFields, object};
use crate::http::parse;
use crate::problem::ProblemCode;
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
    /// Unit prices of its own, by product; at most 200 products.
    price_list: Option<BTreeMap<String, Vec<PriceTierInput>>>,
    /// When and how it likes to be delivered to.
    delivery_preferences: Option<DeliveryPreferencesInput>,
    /// How it wants to hear from us.
    communication: Option<CommunicationSchema>,
    /// Default true. An inactive customer takes no orders.
    is_active: Option<bool>,
    /// Admin only. Default `immediate`.
    #[schema(value_type = Option<PaymentTermsWord>)]
    payment_terms: Option<PaymentTerms>,
    /// Admin only. Null means unlimited, 0 none.
    #[schema(value_type = Option<DecimalInput>)]
    credit_limit: Option<Money>,
    /// Admin only. Standing discount on every order.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<Percentage>,
    /// Admin only. A customer on hold takes no orders. Default false.
    on_hold: Option<bool>,
    /// Admin only, and only with `on_hold`.
    #[schema(max_length = 500)]
    on_hold_reason: Option<String>,
}

impl FromFields for NewCustomer {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let customer_code = f.optional("customer_code", parse::text(40));
        let name = f.required("name", parse::text(200));
        let business_name = f.optional("business_name", parse::text(200));
        let kind = parse::word(CustomerType::parse);
        let customer_type = f.or("customer_type", CustomerType::Individual, kind);
        let email = f.optional("email", parse::email);
        let phone = f.optional("phone", parse::text(40));
        let address = f.optional("address", object);
        let tax_id = f.optional("tax_id", parse::text(40));
        let tax_exempt = f.or("tax_exempt", false, parse::boolean);
        let segment = f.or("segment", Segment::Regular, parse::word(Segment::parse));
        let preferred = f.optional("preferred_delivery_method", parse::word(DeliveryMethod::parse));
        let allergens = f.or("allergens", Vec::new(), parts::allergens);
        let special_requirements = f.optional("special_requirements", parse::text(1000));
        let price_list = f.optional("price_list", prices::price_list);
        let delivery_preferences = f.optional("delivery_preferences", parts::delivery_preferences);
        let communication = f.optional("communication", parts::communication);
        let is_active = f.or("is_active", true, parse::boolean);
        let names_terms = TERMS.into_iter().any(|name| f.names(name));
        let payment_terms = f.optional("payment_terms", parse::word(PaymentTerms::parse));
        let credit_limit = f.optional("credit_limit", parse::money);
        let discount_percentage = f.optional("discount_percentage", parse::percentage);
        let on_hold = f.optional("on_hold", parse::boolean);
        let on_hold_reason = f.optional("on_hold_reason", parse::text(500));
        if matches!(
            (&on_hold, &on_hold_reason),
            (Some(None | Some(false)), Some(Some(_)))
        ) {
            let detail = "Only a customer on hold has a reason for it.";
            f.at("on_hold_reason")
                .fault::<()>(ProblemCode::InvalidValue, detail);
        }
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
            price_list: price_list?.unwrap_or_default(),
            delivery_preferences: delivery_preferences?.flatten(),
            communication: communication?.flatten(),
            is_active: is_active?,
            payment_terms: payment_terms?.unwrap_or(PaymentTerms::Immediate),
            credit_limit: credit_limit?,
            discount_percentage: discount_percentage?.unwrap_or(Percentage::ZERO),
            on_hold: on_hold?.unwrap_or(false),
            on_hold_reason: on_hold_reason?,
            names_terms,
        })
    }
}
