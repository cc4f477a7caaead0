//! Parts that several resources share, and the shapes of decimals in the OpenAPI document.

use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::http::fields::{At, Fields, FromFields};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::store::orders::{Address, Communication};
use crate::words::CommunicationChannel;

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
        let country = f.required("country", country);
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

/// A country: two capital letters, as in ISO 3166-1 alpha-2.
pub fn country(value: &Json, at: &At<'_>) -> Option<String> {
    let code =
        |raw: &str| (raw.len() == 2 && raw.bytes().all(|b| b.is_ascii_uppercase())).then(|| raw.to_owned());
    parse::word(code)(value, at)
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

/// How a customer wants to hear from us.
#[derive(ToSchema)]
#[schema(as = CommunicationInput)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by Communication"
)]
pub struct CommunicationSchema {
    /// Through which channels, each once. Default: none.
    #[schema(max_items = 4)]
    channels: Option<Vec<CommunicationChannel>>,
    /// In which language: a BCP 47 tag.
    #[schema(
        max_length = 35,
        pattern = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        examples("de", "pt-BR")
    )]
    language: Option<String>,
}

impl FromFields for Communication {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let channels = f.or("channels", Vec::new(), channels);
        let language = f.optional("language", language);
        Some(Self {
            channels: channels?,
            language: language?,
        })
    }
}

/// At most four channels, none of them twice.
pub fn channels(value: &Json, at: &At<'_>) -> Option<Vec<CommunicationChannel>> {
    let channels = parse::list(0..=4, parse::word(CommunicationChannel::parse))(value, at)?;
    let twice = (1..channels.len()).find(|index| channels[..*index].contains(&channels[*index]));
    match twice {
        None => Some(channels),
        Some(index) => at
            .below(&index.to_string())
            .fault(ProblemCode::InvalidValue, "The channel is there twice."),
    }
}

/// A language: a BCP 47 tag of at most 35 characters.
pub fn language(value: &Json, at: &At<'_>) -> Option<String> {
    let tag = parse::text(35)(value, at)?;
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default();
    let valid = (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (2..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    if valid {
        Some(tag)
    } else {
        at.fault(
            ProblemCode::InvalidValue,
            "Expected a language tag such as de or pt-BR.",
        )
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::http::fields::read_body;

    // §4 communication
    #[rstest]
    #[case(
        r#"{"channels": ["email", "sms", "whatsapp", "phone"], "language": "pt-BR"}"#,
        Ok(4)
    )]
    #[case(r#"{"language": "zh-Hant-TW"}"#, Ok(0))]
    #[case(r#"{"channels": null, "language": null}"#, Ok(0))]
    #[case(
        r#"{"channels": ["email", "sms", "email"]}"#,
        Err("/channels/2 invalid-value")
    )]
    #[case(
        r#"{"channels": ["email", "sms", "email", "sms", "phone"]}"#,
        Err("/channels too-long")
    )]
    #[case(r#"{"channels": ["fax"]}"#, Err("/channels/0 invalid-value"))]
    #[case(r#"{"language": "d"}"#, Err("/language invalid-value"))]
    #[case(r#"{"language": "germ"}"#, Err("/language invalid-value"))]
    #[case(r#"{"language": "de-"}"#, Err("/language invalid-value"))]
    #[case(r#"{"language": "de-x"}"#, Err("/language invalid-value"))]
    #[case(r#"{"language": "d3"}"#, Err("/language invalid-value"))]
    #[case(r#"{"language": "de-abcdefghi"}"#, Err("/language invalid-value"))]
    #[case(r#"{"fax": "1"}"#, Err("/fax unknown-field"))]
    fn communication_is_channels_and_a_language(#[case] body: &str, #[case] expected: Result<usize, &str>) {
        let read = read_body::<Communication>(&Json::parse(body.as_bytes()).unwrap());
        let shown = read.map(|read| read.channels.len()).map_err(|problem| {
            let error = &problem.errors[0];
            format!("{} {}", error.pointer, error.code.as_str())
        });
        assert_eq!(shown, expected.map_err(str::to_owned));
    }
}
