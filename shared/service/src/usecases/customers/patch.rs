//! What a merge patch (RFC 7396) does to a customer: fields it does not name stay, null removes, objects are merged.

use std::collections::BTreeMap;

use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::PaymentTerms;

use super::patched_parts::{DeliveryPreferencesPatch, MAX_PRICED_PRODUCTS};
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::store::customers::{Customer, PriceTier};
use crate::usecases::patches::{AddressPatch, Clearable, CommunicationPatch};
use crate::words::{CustomerType, Segment};

/// Changes to a customer.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CustomerPatch {
    pub customer_code: Option<String>,
    pub name: Option<String>,
    pub business_name: Clearable<String>,
    pub customer_type: Option<CustomerType>,
    pub email: Clearable<String>,
    pub phone: Clearable<String>,
    pub address: Clearable<AddressPatch>,
    pub tax_id: Clearable<String>,
    pub tax_exempt: Option<bool>,
    pub is_active: Option<bool>,
    pub segment: Option<Segment>,
    pub preferred_delivery_method: Clearable<DeliveryMethod>,
    pub allergens: Clearable<Vec<String>>,
    pub special_requirements: Clearable<String>,
    /// By product; `None` removes one.
    pub price_list: Clearable<BTreeMap<String, Option<Vec<PriceTier>>>>,
    pub delivery_preferences: Clearable<DeliveryPreferencesPatch>,
    pub communication: Clearable<CommunicationPatch>,
    pub payment_terms: Option<PaymentTerms>,
    pub credit_limit: Clearable<Money>,
    pub discount_percentage: Option<Percentage>,
    pub on_hold: Option<bool>,
    pub on_hold_reason: Clearable<String>,
    /// Whether it names one of the five fields above, which are an admin's, even if it leaves it as it is (D12).
    pub names_terms: bool,
}

/// A customer under change, and the names of the fields that have really changed.
struct Draft {
    customer: Customer,
    changed: Vec<String>,
    faults: Vec<FieldError>,
}

impl Draft {
    fn set<T: PartialEq>(&mut self, name: &str, field: impl Fn(&mut Customer) -> &mut T, value: T) {
        let field = field(&mut self.customer);
        if *field != value {
            *field = value;
            self.changed.push(name.to_owned());
        }
    }

    fn fault(&mut self, pointer: &str, code: ProblemCode, detail: impl Into<String>) {
        self.faults.push(FieldError {
            pointer: pointer.to_owned(),
            code,
            detail: detail.into(),
        });
    }
}

/// Sets the fields that a patch names.
macro_rules! set {
    ($draft:ident, $patch:ident, $($name:ident in $part:ident),+ $(,)?) => {$(
        if let Some(value) = $patch.$name.clone() {
            $draft.set(stringify!($name), |customer| &mut customer.$part.$name, value);
        }
    )+};
}

impl CustomerPatch {
    /// The customer with the changes, and the names of the fields that have really changed.
    ///
    /// # Errors
    /// 422 for what does not hold together once it is merged.
    pub fn applied(&self, customer: &Customer) -> Result<(Customer, Vec<String>), Problem> {
        let mut draft = Draft {
            customer: customer.clone(),
            changed: Vec::new(),
            faults: Vec::new(),
        };
        set!(draft, self,
            customer_code in row, name in row, business_name in row, customer_type in row, email in row, phone in row,
            is_active in row, segment in row, tax_id in body, tax_exempt in body, payment_terms in body,
            preferred_delivery_method in body, special_requirements in body, credit_limit in body,
            discount_percentage in body,
        );
        if let Some(allergens) = self.allergens.clone() {
            draft.set(
                "allergens",
                |customer| &mut customer.body.allergens,
                allergens.unwrap_or_default(),
            );
        }
        self.merge_objects(&mut draft);
        self.hold(&mut draft);
        if draft.faults.is_empty() {
            Ok((draft.customer, draft.changed))
        } else {
            Err(Problem::fields(draft.faults))
        }
    }

    fn merge_objects(&self, draft: &mut Draft) {
        if let Some(patch) = &self.address {
            let merged = patch
                .as_ref()
                .map(|patch| patch.merged(draft.customer.body.address.as_ref()));
            match merged.transpose() {
                Ok(address) => draft.set("address", |customer| &mut customer.body.address, address),
                Err(missing) => missing.iter().for_each(|name| {
                    let detail = format!("{name} is required.");
                    draft.fault(&format!("/address/{name}"), ProblemCode::Required, detail);
                }),
            }
        }
        if let Some(patch) = &self.delivery_preferences {
            let before = draft.customer.body.delivery_preferences.as_ref();
            let merged = patch.as_ref().map(|patch| patch.merged(before)).transpose();
            match merged {
                Ok(preferences) => draft.set(
                    "delivery_preferences",
                    |customer| &mut customer.body.delivery_preferences,
                    preferences.flatten(),
                ),
                Err(detail) => {
                    draft.fault(
                        "/delivery_preferences/window_end",
                        ProblemCode::InvalidValue,
                        detail,
                    );
                }
            }
        }
        if let Some(patch) = &self.communication {
            let before = draft.customer.body.communication.as_ref();
            let merged = patch.as_ref().and_then(|patch| patch.merged(before));
            draft.set(
                "communication",
                |customer| &mut customer.body.communication,
                merged,
            );
        }
        if let Some(patch) = &self.price_list {
            let mut merged = BTreeMap::new();
            if let Some(patch) = patch {
                merged.clone_from(&draft.customer.body.price_list);
                for (product, tiers) in patch {
                    match tiers {
                        Some(tiers) => drop(merged.insert(product.clone(), tiers.clone())),
                        None => drop(merged.remove(product)),
                    }
                }
            }
            if merged.len() > MAX_PRICED_PRODUCTS {
                let detail = format!("At most {MAX_PRICED_PRODUCTS} products, found {}.", merged.len());
                draft.fault("/price_list", ProblemCode::TooLong, detail);
            }
            draft.set("price_list", |customer| &mut customer.body.price_list, merged);
        }
    }

    /// The reason goes with the hold.
    fn hold(&self, draft: &mut Draft) {
        if let Some(on_hold) = self.on_hold {
            draft.set("on_hold", |customer| &mut customer.row.on_hold, on_hold);
        }
        let on_hold = draft.customer.row.on_hold;
        let reason = match &self.on_hold_reason {
            Some(Some(_)) if !on_hold => {
                let detail = "Only a customer on hold has a reason for it.";
                return draft.fault("/on_hold_reason", ProblemCode::InvalidValue, detail);
            }
            Some(reason) => reason.clone(),
            None if on_hold => return,
            None => None,
        };
        draft.set(
            "on_hold_reason",
            |customer| &mut customer.body.on_hold_reason,
            reason,
        );
    }
}
