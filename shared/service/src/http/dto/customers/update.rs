//! Bodies that change a customer: merge patches (RFC 7396).

use std::collections::BTreeMap;

use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;
use utoipa::ToSchema;

use super::parts::{self, DeliveryMethodWord, DeliveryPreferencesInput, PaymentTermsWord, TERMS};
use super::prices::{self, PriceTierInput};
use crate::http::dto::common::DecimalInput;
use crate::http::dto::patches::{AddressPatchSchema, CommunicationPatchSchema, settable};
use crate::http::fields::{Fields, FromFields, object};
use crate::http::parse;
use crate::usecases::customers::patch::CustomerPatch;
use crate::words::{CustomerType, Segment};

/// Body of `PATCH /customers/{customer_id}`: what is left out stays, null removes, objects are merged.
#[derive(ToSchema)]
#[schema(as = CustomerUpdate)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by CustomerPatch"
)]
pub struct CustomerUpdateSchema {
    /// Unique in the tenant. Cannot be removed.
    #[schema(max_length = 40)]
    customer_code: Option<String>,
    /// Cannot be removed.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// The firm's name.
    #[schema(max_length = 200)]
    business_name: Option<String>,
    /// Cannot be removed.
    customer_type: Option<CustomerType>,
    /// Unique in the tenant, whatever its case.
    #[schema(max_length = 254, format = "email")]
    email: Option<String>,
    /// Phone number.
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// Where deliveries go by default.
    address: Option<AddressPatchSchema>,
    /// Tax number.
    #[schema(max_length = 40)]
    tax_id: Option<String>,
    /// Cannot be removed.
    tax_exempt: Option<bool>,
    /// An inactive customer takes no orders. Cannot be removed.
    is_active: Option<bool>,
    /// Cannot be removed.
    segment: Option<Segment>,
    /// How the customer is served by default.
    #[schema(value_type = Option<DeliveryMethodWord>)]
    preferred_delivery_method: Option<DeliveryMethod>,
    /// Allergens the customer must not get: the whole list.
    #[schema(max_items = 30)]
    allergens: Option<Vec<String>>,
    /// What else production must mind.
    #[schema(max_length = 1000)]
    special_requirements: Option<String>,
    /// Unit prices of its own, by product: a product that is left out stays, null removes it.
    price_list: Option<BTreeMap<String, Option<Vec<PriceTierInput>>>>,
    /// When and how it likes to be delivered to.
    delivery_preferences: Option<DeliveryPreferencesInput>,
    /// How it wants to hear from us.
    communication: Option<CommunicationPatchSchema>,
    /// Admin only. Cannot be removed.
    #[schema(value_type = Option<PaymentTermsWord>)]
    payment_terms: Option<PaymentTerms>,
    /// Admin only. Null means unlimited, 0 none.
    #[schema(value_type = Option<DecimalInput>)]
    credit_limit: Option<Money>,
    /// Admin only. Standing discount on every order. Cannot be removed.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<Percentage>,
    /// Admin only. A customer on hold takes no orders. Cannot be removed.
    on_hold: Option<bool>,
    /// Admin only, and only while on hold; it goes with the hold.
    #[schema(max_length = 500)]
    on_hold_reason: Option<String>,
}

impl FromFields for CustomerPatch {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let customer_code = settable(f, "customer_code", parse::text(40));
        let name = settable(f, "name", parse::text(200));
        let business_name = f.nullable("business_name", parse::text(200));
        let customer_type = settable(f, "customer_type", parse::word(CustomerType::parse));
        let email = f.nullable("email", parse::email);
        let phone = f.nullable("phone", parse::text(40));
        let address = f.nullable("address", object);
        let tax_id = f.nullable("tax_id", parse::text(40));
        let tax_exempt = settable(f, "tax_exempt", parse::boolean);
        let is_active = settable(f, "is_active", parse::boolean);
        let segment = settable(f, "segment", parse::word(Segment::parse));
        let preferred = f.nullable("preferred_delivery_method", parse::word(DeliveryMethod::parse));
        let allergens = f.nullable("allergens", parts::allergens);
        let special_requirements = f.nullable("special_requirements", parse::text(1000));
        let price_list = f.nullable("price_list", prices::price_list_patch);
        let delivery_preferences = f.nullable("delivery_preferences", object);
        let communication = f.nullable("communication", object);
        let names_terms = TERMS.into_iter().any(|name| f.names(name));
        let payment_terms = settable(f, "payment_terms", parse::word(PaymentTerms::parse));
        let credit_limit = f.nullable("credit_limit", parse::money);
        let discount_percentage = settable(f, "discount_percentage", parse::percentage);
        let on_hold = settable(f, "on_hold", parse::boolean);
        let on_hold_reason = f.nullable("on_hold_reason", parse::text(500));
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
            is_active: is_active?,
            segment: segment?,
            preferred_delivery_method: preferred?,
            allergens: allergens?,
            special_requirements: special_requirements?,
            price_list: price_list?,
            delivery_preferences: delivery_preferences?,
            communication: communication?,
            payment_terms: payment_terms?,
            credit_limit: credit_limit?,
            discount_percentage: discount_percentage?,
            on_hold: on_hold?,
            on_hold_reason: on_hold_reason?,
            names_terms,
        })
    }
}
