//! Parts that several resources share, and the shapes of decimals in the OpenAPI document.

use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::http::fields::{Fields, FromFields};
use crate::http::parse;
use crate::store::orders::Address;

/// An amount of money: two decimals, such as `"12.50"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d+\.\d{2}$", examples("12.50"))]
pub struct MoneyText(#[expect(dead_code, reason = "only its schema is used")] String);

/// A price per unit: four decimals, such as `"1.4500"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^\d+\.\d{4}$", examples("1.4500"))]
pub struct UnitPriceText(#[expect(dead_code, reason = "only its schema is used")] String);

/// A quantity: three decimals, such as `"12.000"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d+\.\d{3}$", examples("12.000"))]
pub struct QuantityText(#[expect(dead_code, reason = "only its schema is used")] String);

/// A percentage: two decimals, such as `"10.00"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d+\.\d{2}$", examples("10.00"))]
pub struct PercentageText(#[expect(dead_code, reason = "only its schema is used")] String);

/// A decimal in a request: a string, or a number of at most 15 significant digits (D3).
pub struct DecimalInput;

impl utoipa::PartialSchema for DecimalInput {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Number]))
            .description(Some(
                "A decimal: a string, or a number of at most 15 significant digits.",
            ))
            .pattern(Some(r"^\d+(\.\d+)?$"))
            .examples(["12.50"])
            .into()
    }
}

impl ToSchema for DecimalInput {}

/// A postal address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AddressView {
    /// Street and number.
    #[schema(max_length = 200)]
    pub line1: String,
    /// Anything more.
    #[schema(max_length = 200)]
    pub line2: Option<String>,
    /// City.
    #[schema(max_length = 100)]
    pub city: String,
    /// State or region.
    #[schema(max_length = 100)]
    pub state: Option<String>,
    /// Postal code.
    #[schema(max_length = 20)]
    pub postal_code: String,
    /// Country, ISO 3166-1 alpha-2.
    #[schema(min_length = 2, max_length = 2, examples("GB"))]
    pub country: String,
}

impl FromFields for Address {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let line1 = f.required("line1", parse::text(200));
        let line2 = f.optional("line2", parse::text(200));
        let city = f.required("city", parse::text(100));
        let state = f.optional("state", parse::text(100));
        let postal_code = f.required("postal_code", parse::text(20));
        let country = f.required(
            "country",
            parse::word(|raw| {
                (raw.len() == 2 && raw.bytes().all(|b| b.is_ascii_uppercase())).then(|| raw.to_owned())
            }),
        );
        Some(Self {
            line1: line1?,
            line2: line2?,
            city: city?,
            state: state?,
            postal_code: postal_code?,
            country: country?,
        })
    }
}

impl From<&Address> for AddressView {
    fn from(address: &Address) -> Self {
        Self {
            line1: address.line1.clone(),
            line2: address.line2.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            postal_code: address.postal_code.clone(),
            country: address.country.clone(),
        }
    }
}

/// Who made a change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActorView {
    /// The token's `sub`.
    pub user_id: String,
    /// The token's `name`.
    pub name: Option<String>,
    /// The role in force; `super_admin` for the platform, `system` for background work.
    pub role: String,
}

impl From<&Actor> for ActorView {
    fn from(actor: &Actor) -> Self {
        Self {
            user_id: actor.user_id.clone(),
            name: actor.name.clone(),
            role: actor.role.clone(),
        }
    }
}
