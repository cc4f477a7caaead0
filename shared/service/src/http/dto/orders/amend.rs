//! Body of `PATCH /orders/{order_id}` (D27): a merge patch (RFC 7396), nested objects included; lists are replaced whole.

use utoipa::ToSchema;

use super::line::{NewOrderItemSchema, two_discounts};
use crate::http::dto::common::DecimalInput;
use crate::http::dto::customers::DeliveryMethodWord;
use crate::http::dto::patches::{AddressPatchSchema, CommunicationPatchSchema, settable};
use crate::http::fields::{Fields, FromFields, object};
use crate::http::parse;
use crate::usecases::orders::amend::Amendment;

use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;

/// Body of `PATCH /orders/{order_id}`.
#[derive(ToSchema)]
#[schema(as = OrderAmendment)]
#[expect(dead_code, reason = "only its schema is used; reading is done by Amendment")]
pub struct AmendmentSchema {
    /// All lines there are to be, priced like new ones; at most MAX_ORDER_ITEMS, never more than 50.
    #[schema(min_items = 1, nullable = false)]
    items: Option<Vec<NewOrderItemSchema>>,
    /// How it is to reach the customer.
    #[schema(value_type = DeliveryMethodWord, required = false)]
    delivery_method: Option<String>,
    /// Where to; what is not sent of it stays. Null: the customer's.
    delivery_address: Option<AddressPatchSchema>,
    /// When it is wanted; not in the past, at most two years ahead. The delivery window keeps its length.
    #[schema(format = DateTime, nullable = false)]
    requested_delivery_at: Option<String>,
    /// Null: DEFAULT_DELIVERY_WINDOW_HOURS after the requested time.
    #[schema(format = DateTime)]
    delivery_window_end: Option<String>,
    /// Null: 0. Must be 0 for pickup.
    #[schema(value_type = Option<DecimalInput>)]
    delivery_fee: Option<String>,
    /// Null: 0.
    #[schema(value_type = Option<DecimalInput>)]
    delivery_fee_tax_rate: Option<String>,
    /// For production and delivery.
    #[schema(max_length = 2000)]
    special_instructions: Option<String>,
    /// For the house only.
    #[schema(max_length = 2000)]
    internal_notes: Option<String>,
    /// Discount on the whole order in percent, in place of what there was; not together with `discount_amount`. Null takes
    /// a percentage away.
    #[schema(value_type = Option<DecimalInput>)]
    discount_percentage: Option<String>,
    /// Discount on the whole order as an amount, in place of what there was; not together with `discount_percentage`. Null
    /// takes the order's discount away.
    #[schema(value_type = Option<DecimalInput>)]
    discount_amount: Option<String>,
    /// How the customer wants to hear of this order; what is not sent of it stays. Null: the customer's.
    communication: Option<CommunicationPatchSchema>,
}

impl FromFields for Amendment {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let items = settable(f, "items", parse::list(1..=usize::MAX, object));
        let delivery_method = settable(f, "delivery_method", parse::word(DeliveryMethod::parse));
        let delivery_address = f.nullable("delivery_address", object);
        let requested_delivery_at = settable(f, "requested_delivery_at", parse::instant);
        let delivery_window_end = f.nullable("delivery_window_end", parse::instant);
        let delivery_fee = f.nullable("delivery_fee", parse::money);
        let delivery_fee_tax_rate = f.nullable("delivery_fee_tax_rate", parse::percentage);
        let special_instructions = f.nullable("special_instructions", parse::text(2000));
        let internal_notes = f.nullable("internal_notes", parse::text(2000));
        let discount_percentage = f.nullable("discount_percentage", parse::percentage);
        let discount_amount = f.nullable("discount_amount", parse::money);
        let communication = f.nullable("communication", object);
        if let (Some(Some(Some(_))), Some(Some(Some(_)))) = (discount_percentage, discount_amount) {
            return two_discounts(f);
        }
        Some(Self {
            items: items?,
            delivery_method: delivery_method?,
            delivery_address: delivery_address?,
            requested_delivery_at: requested_delivery_at?,
            delivery_window_end: delivery_window_end?,
            delivery_fee: delivery_fee?.map(|fee| fee.unwrap_or(Money::ZERO)),
            delivery_fee_tax_rate: delivery_fee_tax_rate?.map(|rate| rate.unwrap_or(Percentage::ZERO)),
            special_instructions: special_instructions?,
            internal_notes: internal_notes?,
            discount_percentage: discount_percentage?,
            discount_amount: discount_amount?,
            communication: communication?,
        })
    }
}
