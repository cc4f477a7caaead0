//! One line in the bodies of `POST /orders` and `PATCH /orders/{order_id}`.

use std::collections::BTreeMap;

use orders_domain::decimal::Percentage;
use orders_domain::pricing::Discount;
use utoipa::ToSchema;

use crate::http::dto::common::DecimalInput;
use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::{ProblemCode, echo};
use crate::usecases::orders::create::NewLine;

/// Most specifications a line may have.
const MOST_SPECIFICATIONS: usize = 20;

/// One line of an order.
#[derive(ToSchema)]
#[schema(as = NewOrderItem)]
#[expect(dead_code, reason = "only its schema is used; reading is done by NewLine")]
pub struct NewOrderItemSchema {
    /// The product; it need not be in the catalog when a price is given.
    #[schema(max_length = 64, pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    product_id: String,
    /// Default: the catalog's.
    #[schema(max_length = 200)]
    product_name: Option<String>,
    /// Article number.
    #[schema(max_length = 64)]
    sku: Option<String>,
    /// Default: the catalog's.
    #[schema(max_length = 100)]
    category: Option<String>,
    /// Default: the catalog's.
    #[schema(max_length = 20)]
    unit: Option<String>,
    /// How much, more than 0, up to 3 decimals.
    #[schema(value_type = DecimalInput)]
    quantity: String,
    /// Price per unit, up to 4 decimals. Default: the customer's price list, else the catalog's.
    #[schema(value_type = Option<DecimalInput>)]
    unit_price: Option<String>,
    /// Discount on the line in percent; not together with `discount_amount`.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<String>,
    /// Discount on the line as an amount; not together with `discount_percentage`.
    #[schema(value_type = Option<DecimalInput>)]
    discount_amount: Option<String>,
    /// Tax rate in percent. Default 0.
    #[schema(value_type = Option<DecimalInput>)]
    tax_rate: Option<String>,
    /// Cost per unit. Default: the catalog's.
    #[schema(value_type = Option<DecimalInput>)]
    unit_cost: Option<String>,
    /// Texts by name, such as `"slicing": "12 mm"`: at most 20, names of at most 60, values of at most 200 characters.
    #[schema(value_type = Option<SpecificationTexts>)]
    specifications: Option<BTreeMap<String, String>>,
    /// What is made differently.
    #[schema(max_length = 1000)]
    customization: Option<String>,
    /// For production.
    #[schema(max_length = 1000)]
    special_instructions: Option<String>,
    /// Default: the catalog's.
    #[schema(max_items = 30)]
    allergens: Option<Vec<String>>,
    /// The recipe that production is to use.
    #[schema(max_length = 64, pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    recipe_id: Option<String>,
    /// What the line's quality must be.
    quality: Option<NewOrderItemQualitySchema>,
}

/// What a line's quality must be.
#[derive(ToSchema)]
#[schema(as = NewOrderItemQuality)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by QualityRequirements"
)]
pub struct NewOrderItemQualitySchema {
    /// What it is checked for.
    #[schema(max_length = 1000)]
    requirements: Option<String>,
}

/// Texts by name, with their bounds.
pub struct SpecificationTexts;

impl utoipa::PartialSchema for SpecificationTexts {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(200));
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(60));
        ObjectBuilder::new()
            .description(Some("Texts by name."))
            .property_names(Some(name))
            .additional_properties(Some(text))
            .max_properties(Some(MOST_SPECIFICATIONS))
            .into()
    }
}

impl ToSchema for SpecificationTexts {}

impl FromFields for NewLine {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let product_id = f.required("product_id", parse::catalog_id);
        let product_name = f.optional("product_name", parse::text(200));
        let sku = f.optional("sku", parse::text(64));
        let category = f.optional("category", parse::text(100));
        let unit = f.optional("unit", parse::text(20));
        let quantity = f.required("quantity", parse::quantity);
        let unit_price = f.optional("unit_price", parse::unit_price);
        let discount = read_discount(f);
        let tax_rate = f.or("tax_rate", Percentage::ZERO, parse::percentage);
        let unit_cost = f.optional("unit_cost", parse::unit_price);
        let specifications = f.or("specifications", BTreeMap::new(), specifications);
        let customization = f.optional("customization", parse::text(1000));
        let special_instructions = f.optional("special_instructions", parse::text(1000));
        let allergens = f.optional("allergens", parse::list(0..=30, parse::text(60)));
        let recipe_id = f.optional("recipe_id", parse::catalog_id);
        let quality = f.optional("quality", object::<QualityRequirements>);
        Some(Self {
            product_id: product_id?,
            product_name: product_name?,
            sku: sku?,
            category: category?,
            unit: unit?,
            quantity: quantity?,
            unit_price: unit_price?,
            discount: discount?,
            tax_rate: tax_rate?,
            unit_cost: unit_cost?,
            specifications: specifications?,
            customization: customization?,
            special_instructions: special_instructions?,
            allergens: allergens?,
            recipe_id: recipe_id?,
            quality_requirements: quality?.and_then(|quality| quality.0),
        })
    }
}

/// What may be said of a line's quality before it is made.
pub struct QualityRequirements(Option<String>);

impl FromFields for QualityRequirements {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        f.optional("requirements", parse::text(1000)).map(Self)
    }
}

/// A percentage or an amount, not both (D20).
pub(super) fn read_discount(f: &mut Fields<'_>) -> Option<Discount> {
    let percentage = f.optional("discount_percentage", parse::percentage);
    let amount = f.optional("discount_amount", parse::money);
    match (percentage?, amount?) {
        (None, None) => Some(Discount::None),
        (Some(percentage), None) => Some(Discount::Percentage(percentage)),
        (None, Some(amount)) => Some(Discount::Amount(amount)),
        (Some(_), Some(_)) => two_discounts(f),
    }
}

/// The fault of sending a percentage and an amount (D20).
pub(super) fn two_discounts<T>(f: &Fields<'_>) -> Option<T> {
    f.at("discount_amount").fault(
        ProblemCode::InvalidValue,
        "Send discount_percentage or discount_amount, not both.",
    )
}

/// An object of texts. Names are texts too: what differs only in blanks around it, or in its normal form, is one name.
fn specifications(value: &Json, at: &At<'_>) -> Option<BTreeMap<String, String>> {
    let Json::Object(members) = value else {
        return at.wrong_type("an object", value);
    };
    if members.len() > MOST_SPECIFICATIONS {
        let detail = format!("At most {MOST_SPECIFICATIONS}, found {}.", members.len());
        return at.fault(ProblemCode::TooLong, detail);
    }
    let mut texts = BTreeMap::new();
    let mut faulty = false;
    for (name, text) in members {
        let place = at.below(&echo(name));
        let name = parse::text(60)(&Json::String(name.clone()), &place);
        let text = parse::text(200)(text, &place);
        match (name, text) {
            (Some(name), Some(text)) => {
                if texts.insert(name, text).is_some() {
                    faulty = true;
                    place.fault::<()>(ProblemCode::InvalidValue, "The name is there twice.");
                }
            }
            _ => faulty = true,
        }
    }
    (!faulty).then_some(texts)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::http::fields::read_body;

    fn read(specifications: &Value) -> Result<BTreeMap<String, String>, Vec<String>> {
        let body =
            json!({"product_id": "rye", "quantity": "1", "specifications": specifications}).to_string();
        let read = read_body::<NewLine>(&Json::parse(body.as_bytes()).unwrap());
        read.map(|line| line.specifications).map_err(|problem| {
            let errors = problem.errors.iter();
            errors
                .map(|error| format!("{} {}", error.pointer, error.code.as_str()))
                .collect()
        })
    }

    // §4 specifications, D2
    #[test]
    fn specifications_are_bounded_in_number_and_length() {
        let of = |count: usize| -> Value {
            (0..count)
                .map(|n| (format!("n{n}"), json!("x")))
                .collect::<Map<_, _>>()
                .into()
        };
        assert_eq!(read(&of(20)).unwrap().len(), 20);
        assert_eq!(read(&of(21)).unwrap_err(), ["/specifications too-long"]);
        let sized = |name: usize, value: usize| json!({"n".repeat(name): "v".repeat(value)});
        assert_eq!(read(&sized(60, 200)).unwrap().len(), 1);
        assert_eq!(read(&sized(1, 201)).unwrap_err(), ["/specifications/n too-long"]);
        assert_eq!(read(&sized(61, 1)).unwrap_err().len(), 1);
        assert!(read(&Value::Null).unwrap().is_empty());
    }

    // §4 specifications, D2
    #[rstest]
    #[case(json!({"a": 1}), "/specifications/a invalid-type")]
    #[case(json!({"a": " "}), "/specifications/a invalid-text")]
    #[case(json!({" ": "a"}), "/specifications/  invalid-text")]
    #[case(json!({"a": "b\u{202e}c"}), "/specifications/a invalid-text")]
    #[case(json!({"a": "1", "a ": "2"}), "/specifications/a  invalid-value")]
    #[case(json!(["a"]), "/specifications invalid-type")]
    fn specifications_are_texts_by_name(#[case] sent: Value, #[case] fault: &str) {
        assert_eq!(read(&sent).unwrap_err(), [fault]);
    }
}
