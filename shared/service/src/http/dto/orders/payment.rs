//! Body of `POST /orders/{order_id}/payments`.

use orders_domain::decimal::Money;
use orders_domain::payments::PaymentMethod;
use utoipa::ToSchema;

use super::request::PaymentMethodWord;
use crate::http::dto::common::DecimalInput;
use crate::http::fields::{At, Fields, FromFields};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::usecases::orders::record_payment::NewPayment;
use crate::words::PaymentOutcome;

/// Body of `POST /orders/{order_id}/payments`.
#[derive(ToSchema)]
#[schema(as = NewPayment)]
#[expect(dead_code, reason = "only its schema is used; reading is done by NewPayment")]
pub struct NewPaymentSchema {
    /// More than 0; a refund is a positive amount too.
    #[schema(value_type = DecimalInput)]
    amount: Money,
    /// How it was paid, or given back.
    #[schema(value_type = PaymentMethodWord)]
    method: PaymentMethod,
    /// The payment provider's or the bank's own reference.
    #[schema(max_length = 200)]
    reference: Option<String>,
    /// What became of it.
    status: PaymentOutcome,
}

impl FromFields for NewPayment {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let amount = f.required("amount", some_money);
        let method = f.required("method", parse::word(PaymentMethod::parse));
        let reference = f.optional("reference", parse::text(200));
        let status = f.required("status", parse::word(PaymentOutcome::parse));
        Some(Self {
            amount: amount?,
            method: method?,
            reference: reference?,
            status: status?,
        })
    }
}

/// An amount above 0.
fn some_money(value: &Json, at: &At<'_>) -> Option<Money> {
    let amount = parse::money(value, at)?;
    if amount.is_zero() {
        return at.fault(ProblemCode::InvalidDecimal, "The amount must be more than 0.");
    }
    Some(amount)
}
