//! Body of `PUT /procurement/plans/{plan_id}/requirements/{ingredient_id}`.

use chrono::NaiveDate;
use orders_domain::decimal::{Quantity, UnitPrice};
use orders_domain::planning::RequirementStatus;
use utoipa::ToSchema;

use super::super::common::DecimalInput;
use super::requirement_parts::RequirementStatusWord;
use crate::http::fields::{Fields, FromFields};
use crate::http::parse;
use crate::usecases::plans::update_requirement::RequirementUpdate;

/// What should change of a requirement; what is left out or null stays as it is. `order_quantity`, `supplier_id` and
/// `order_by_date` while the plan is `draft` or `pending_approval`; `status`, `ordered_quantity`, `received_quantity`,
/// `unit_cost` and `received_date` while it is `approved` or `in_execution`; the others in both.
#[derive(ToSchema)]
#[schema(as = RequirementUpdate)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by RequirementUpdate"
)]
pub struct RequirementUpdateSchema {
    /// What to buy; 0 buys nothing. Minimum and pack size are not enforced.
    #[schema(value_type = Option<DecimalInput>)]
    order_quantity: Option<Quantity>,
    /// From whom: the chosen supplier or one of the backups. Price, lead time, lot sizes and dates follow.
    #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    supplier_id: Option<String>,
    /// The day to order.
    order_by_date: Option<NaiveDate>,
    /// The day it is to come; once the plan is approved, the day the supplier announces.
    expected_receipt_date: Option<NaiveDate>,
    /// Where the purchase stands. Without it the status follows from the quantities; `ordered` without a quantity says
    /// that what is planned was ordered, `received` that all of it has come.
    #[schema(value_type = Option<RequirementStatusWord>)]
    status: Option<RequirementStatus>,
    /// What has been ordered in all.
    #[schema(value_type = Option<DecimalInput>)]
    ordered_quantity: Option<Quantity>,
    /// What has come in all; may be more than was ordered, and may be corrected.
    #[schema(value_type = Option<DecimalInput>)]
    received_quantity: Option<Quantity>,
    /// The price that was agreed.
    #[schema(value_type = Option<DecimalInput>)]
    unit_cost: Option<UnitPrice>,
    /// When the last of it has come. Default today, when more has come.
    received_date: Option<NaiveDate>,
    /// Anything to remember; null takes it away.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

impl FromFields for RequirementUpdate {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let order_quantity = f.optional("order_quantity", parse::quantity_or_zero);
        let supplier_id = f.optional("supplier_id", parse::catalog_id);
        let order_by_date = f.optional("order_by_date", parse::date);
        let expected_receipt_date = f.optional("expected_receipt_date", parse::date);
        let status = f.optional("status", parse::word(RequirementStatus::parse));
        let ordered_quantity = f.optional("ordered_quantity", parse::quantity_or_zero);
        let received_quantity = f.optional("received_quantity", parse::quantity_or_zero);
        let unit_cost = f.optional("unit_cost", parse::unit_price);
        let received_date = f.optional("received_date", parse::date);
        let note = f.nullable("note", parse::text(1000));
        Some(Self {
            order_quantity: order_quantity?,
            supplier_id: supplier_id?,
            order_by_date: order_by_date?,
            expected_receipt_date: expected_receipt_date?,
            status: status?,
            ordered_quantity: ordered_quantity?,
            received_quantity: received_quantity?,
            unit_cost: unit_cost?,
            received_date: received_date?,
            note: note?,
        })
    }
}
