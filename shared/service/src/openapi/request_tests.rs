//! Every request type reads exactly the fields of its schema, and takes texts up to exactly the documented length (D2).

use orders_domain::catalog::{
    Ingredient, Offer, OpenReceipt, Ordering, Product, Recipe, RecipeLine, StockLot, Supplier,
};
use orders_domain::pricing::PricingRule;
use serde_json::Value;

use crate::http::dto::catalog::read::Body;
use crate::http::dto::plans::request::RunParameters;
use crate::http::fields::{FromFields, names, read_body};
use crate::http::json::Json;
use crate::problem::ProblemCode;
use crate::store::customers::PriceTier;
use crate::store::orders::{Address, Communication};
use crate::usecases::alerts::update_status::AlertMove;
use crate::usecases::customers::create::NewCustomer;
use crate::usecases::customers::patch::CustomerPatch;
use crate::usecases::customers::patched_parts::DeliveryPreferencesPatch;
use crate::usecases::orders::amend::Amendment;
use crate::usecases::orders::create::{NewLine, NewOrder};
use crate::usecases::orders::record_payment::NewPayment;
use crate::usecases::orders::update_item::{LineReport, ProductionReport, QualityReport};
use crate::usecases::orders::update_status::StatusMove;
use crate::usecases::patches::{AddressPatch, CommunicationPatch};
use crate::usecases::plans::start::NewPlan;
use crate::usecases::plans::update_requirement::RequirementUpdate;
use crate::usecases::plans::update_status::PlanMove;
use crate::usecases::settings::update::SettingsPatch;

fn schema(name: &str) -> Value {
    let document: Value = serde_json::from_str(&super::to_json().unwrap()).unwrap();
    document["components"]["schemas"][name].clone()
}

fn check<T: FromFields>(name: &str) {
    let schema = schema(name);
    let properties = schema["properties"]
        .as_object()
        .unwrap_or_else(|| panic!("{name} has no properties"));
    let mut documented: Vec<_> = properties.keys().map(String::as_str).collect();
    documented.sort_unstable();
    let mut read = names::<T>();
    read.sort_unstable();
    assert_eq!(read, documented, "{name}");
    for (field, property) in properties {
        let plain = property.get("pattern").is_none() && property.get("format").is_none();
        if let Some(longest) = property["maxLength"]
            .as_u64()
            .filter(|_| plain && property.get("minLength").is_none())
        {
            let too_long = |length: u64| {
                let text = "x".repeat(usize::try_from(length).unwrap());
                let body = Json::Object(vec![(field.clone(), Json::String(text))]);
                let errors = read_body::<T>(&body).map_or_else(|problem| problem.errors, |_| Vec::new());
                errors
                    .iter()
                    .any(|e| e.pointer == format!("/{field}") && e.code == ProblemCode::TooLong)
            };
            assert!(!too_long(longest), "{name}.{field} refuses {longest} characters");
            assert!(
                too_long(longest + 1),
                "{name}.{field} takes more than {longest} characters"
            );
        }
    }
}

#[test]
fn request_types_read_what_their_schemas_say() {
    check::<NewOrder>("NewOrder");
    check::<NewLine>("NewOrderItem");
    check::<Amendment>("OrderAmendment");
    check::<AddressPatch>("AddressPatch");
    check::<CommunicationPatch>("CommunicationPatch");
    check::<Communication>("CommunicationInput");
    check::<StatusMove>("StatusMove");
    check::<AlertMove>("AlertMove");
    check::<NewPayment>("NewPayment");
    check::<LineReport>("LineReport");
    check::<ProductionReport>("ProductionReport");
    check::<QualityReport>("QualityReport");
    check::<NewCustomer>("NewCustomer");
    check::<CustomerPatch>("CustomerUpdate");
    check::<DeliveryPreferencesPatch>("DeliveryPreferencesInput");
    check::<PriceTier>("PriceTierInput");
    check::<Address>("AddressView");
    check::<NewPlan>("NewPlan");
    check::<RunParameters>("NewPlanParameters");
    check::<PlanMove>("PlanMove");
    check::<RequirementUpdate>("RequirementUpdate");
    check::<Body<Supplier>>("SupplierInput");
    check::<Body<Ingredient>>("IngredientInput");
    check::<Body<Product>>("ProductInput");
    check::<StockLot>("StockLotInput");
    check::<OpenReceipt>("OpenReceiptInput");
    check::<Ordering>("OrderingInput");
    check::<Offer>("OfferInput");
    check::<Recipe>("RecipeInput");
    check::<RecipeLine>("RecipeLineInput");
    check::<SettingsPatch>("SettingsPatch");
    check::<PricingRule>("PricingRuleInput");
}
