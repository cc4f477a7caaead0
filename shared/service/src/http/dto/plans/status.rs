//! A plan's status in requests and answers: the words, and the body of `PUT /procurement/plans/{plan_id}/status`.

use utoipa::ToSchema;

use crate::http::fields::{Fields, FromFields};
use crate::http::parse;
use crate::usecases::plans::update_status::PlanMove;
use crate::words::PlanStatus;

/// Where a plan stands (D69).
pub struct PlanStatusWord;

// From the domain's own list.
impl utoipa::PartialSchema for PlanStatusWord {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let words = PlanStatus::ALL.iter().map(|word| word.as_str());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Where a plan stands (D69)."))
            .enum_values(Some(words))
            .into()
    }
}

impl ToSchema for PlanStatusWord {
    fn name() -> std::borrow::Cow<'static, str> {
        "PlanStatus".into()
    }
}

/// What should become of a plan.
#[derive(ToSchema)]
#[schema(as = PlanMove)]
#[expect(dead_code, reason = "only its schema is used; reading is done by PlanMove")]
pub struct PlanMoveSchema {
    /// The status it should have.
    #[schema(value_type = PlanStatusWord)]
    status: PlanStatus,
    /// What is to be said about it; kept in the plan's history, that of an approval also in `approval`.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

impl FromFields for PlanMove {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let status = f.required("status", parse::word(PlanStatus::parse));
        let note = f.optional("note", parse::text(1000));
        Some(Self {
            status: status?,
            note: note?,
        })
    }
}
