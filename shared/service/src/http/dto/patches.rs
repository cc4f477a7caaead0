//! Merge patches of what orders and customers share (RFC 7396), as requests send them.

use utoipa::ToSchema;

use super::common::{channels, country, language};
use crate::http::fields::{At, Fields, FromFields};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::usecases::patches::{AddressPatch, CommunicationPatch};
use crate::words::CommunicationChannel;

/// What is to change of an address. Where there is none yet, `line1`, `city`, `postal_code` and `country` are needed.
#[derive(ToSchema)]
#[schema(as = AddressPatch)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by AddressPatch"
)]
pub struct AddressPatchSchema {
    /// Street and number.
    #[schema(max_length = 200, nullable = false)]
    line1: Option<String>,
    /// Anything more.
    #[schema(max_length = 200)]
    line2: Option<String>,
    /// City.
    #[schema(max_length = 100, nullable = false)]
    city: Option<String>,
    /// State or region.
    #[schema(max_length = 100)]
    state: Option<String>,
    /// Postal code.
    #[schema(max_length = 20, nullable = false)]
    postal_code: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[schema(min_length = 2, max_length = 2, examples("GB"), nullable = false)]
    country: Option<String>,
}

/// What is to change of how the customer wants to hear from us.
#[derive(ToSchema)]
#[schema(as = CommunicationPatch)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by CommunicationPatch"
)]
pub struct CommunicationPatchSchema {
    /// Through which channels, each once. Null: none.
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

impl FromFields for AddressPatch {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let line1 = settable(f, "line1", parse::text(200));
        let line2 = f.nullable("line2", parse::text(200));
        let city = settable(f, "city", parse::text(100));
        let state = f.nullable("state", parse::text(100));
        let postal_code = settable(f, "postal_code", parse::text(20));
        let country = settable(f, "country", country);
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

impl FromFields for CommunicationPatch {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let channels = f.nullable("channels", channels);
        let language = f.nullable("language", language);
        Some(Self {
            channels: channels?,
            language: language?,
        })
    }
}

/// A field that a patch may set and never remove.
pub fn settable<'a, T>(
    f: &mut Fields<'a>,
    name: &'static str,
    parse: impl FnOnce(&Json, &At<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match f.nullable(name, parse)? {
        Some(None) => {
            let detail = format!("{name} can be changed, not removed.");
            f.at(name).fault(ProblemCode::InvalidValue, detail)
        }
        absent_or_set => Some(absent_or_set.flatten()),
    }
}
