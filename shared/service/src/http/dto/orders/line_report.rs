//! Body of `PATCH /orders/{order_id}/items/{line}` (D28b).

use orders_domain::decimal::Quantity;
use utoipa::ToSchema;

use crate::http::dto::common::DecimalInput;
use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::usecases::orders::update_item::{LineReport, ProductionReport, QualityReport};
use crate::words::{ProductionStatus, QualityStatus};

/// Body of `PATCH /orders/{order_id}/items/{line}`: at least one of production, quality and the quantities. What is left
/// out stays as it is.
#[derive(ToSchema)]
#[schema(as = LineReport)]
#[expect(dead_code, reason = "only its schema is used; reading is done by LineReport")]
pub struct LineReportSchema {
    /// How far production is; not before the order is confirmed.
    #[schema(nullable = false)]
    production: Option<ProductionReportSchema>,
    /// What the quality check said; not before the order is confirmed.
    #[schema(nullable = false)]
    quality: Option<QualityReportSchema>,
    /// How much the customer got, at most what was ordered; from out_for_delivery on.
    #[schema(value_type = DecimalInput, required = false)]
    quantity_delivered: Option<Quantity>,
    /// How much has come back in all, at most what was delivered; once the order is delivered.
    #[schema(value_type = DecimalInput, required = false)]
    quantity_returned: Option<Quantity>,
    /// Why.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// How far a line's production is.
#[derive(ToSchema)]
#[schema(as = ProductionReport)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by ProductionReport"
)]
pub struct ProductionReportSchema {
    /// Where it stands.
    #[schema(nullable = false)]
    status: Option<ProductionStatus>,
    /// How much is made; may be more than was ordered.
    #[schema(value_type = DecimalInput, required = false)]
    quantity_produced: Option<Quantity>,
}

/// What a line's quality check said.
#[derive(ToSchema)]
#[schema(as = QualityReport)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by QualityReport"
)]
pub struct QualityReportSchema {
    /// The result; who checked and when follows from the request.
    #[schema(nullable = false)]
    status: Option<QualityStatus>,
    /// What was noted; null removes it.
    #[schema(max_length = 1000)]
    notes: Option<String>,
}

impl FromFields for LineReport {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let production = given(f, "production", object);
        let quality = given(f, "quality", object);
        let quantity_delivered = given(f, "quantity_delivered", parse::quantity_or_zero);
        let quantity_returned = given(f, "quantity_returned", parse::quantity_or_zero);
        let reason = f.optional("reason", parse::text(500));
        let report = Self {
            production: production?.unwrap_or_default(),
            quality: quality?.unwrap_or_default(),
            quantity_delivered: quantity_delivered?,
            quantity_returned: quantity_returned?,
            reason: reason?,
        };
        if report.is_empty() {
            return f.here().fault(
                ProblemCode::Required,
                "Report at least one of production, quality, quantity_delivered and quantity_returned.",
            );
        }
        Some(report)
    }
}

impl FromFields for ProductionReport {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let status = given(f, "status", parse::word(ProductionStatus::parse));
        let quantity_produced = given(f, "quantity_produced", parse::quantity_or_zero);
        Some(Self {
            status: status?,
            quantity_produced: quantity_produced?,
        })
    }
}

impl FromFields for QualityReport {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let status = given(f, "status", parse::word(QualityStatus::parse));
        let notes = f.nullable("notes", parse::text(1000));
        Some(Self {
            status: status?,
            notes: notes?,
        })
    }
}

/// The value of a field that may be absent but not null: in a patch null removes, and this cannot be removed.
fn given<'a, T>(
    f: &mut Fields<'a>,
    name: &'static str,
    parse: impl FnOnce(&Json, &At<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match f.nullable(name, parse)? {
        None => Some(None),
        Some(Some(value)) => Some(Some(value)),
        Some(None) => f
            .at(name)
            .fault(ProblemCode::InvalidType, format!("{name} cannot be null.")),
    }
}
