//! The one error edge: every failure becomes an RFC 9457 problem document (D5), with a public half for the client
//! and an internal half for the log.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Declares the codes with their status and title, once, for the code, the OpenAPI document and the docs.
macro_rules! problem_codes {
    ($($variant:ident = $code:literal, $status:literal, $title:literal;)+) => {
        /// The stable name of a problem; `type` ends in it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $(#[doc = $title] $variant,)+ }

        impl ProblemCode {
            /// Every code there is.
            pub const ALL: &'static [ProblemCode] = &[$(ProblemCode::$variant,)+];

            /// The word in the document, such as `not-found`.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }

            /// The HTTP status that goes with the code.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status,)+ } }

            /// A short sentence, the same for every occurrence.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title,)+ } }
        }
    };
}

problem_codes! {
    MalformedJson = "malformed-json", 400, "The body is not valid JSON";
    InvalidQuery = "invalid-query", 400, "The query string is not understood";
    InvalidCursor = "invalid-cursor", 400, "The cursor is not valid here";
    InvalidHeader = "invalid-header", 400, "A request header is not valid";
    IdempotencyKeyRequired = "idempotency-key-required", 400, "An Idempotency-Key header is required";
    InvalidToken = "invalid-token", 401, "The bearer token is missing or not valid";
    TenantAccessDenied = "tenant-access-denied", 403, "The token gives no access to this tenant";
    PermissionDenied = "permission-denied", 403, "The role does not allow this";
    NotFound = "not-found", 404, "There is nothing here";
    MethodNotAllowed = "method-not-allowed", 405, "The method is not allowed here";
    NotAcceptable = "not-acceptable", 406, "The answer does not exist in a media type that is accepted";
    VersionConflict = "version-conflict", 409, "Somebody else changed the record at the same time";
    InvalidStatusTransition = "invalid-status-transition", 409, "The status cannot change like this";
    CreditLimitExceeded = "credit-limit-exceeded", 409, "The customer's credit limit does not allow this";
    CustomerAlreadyExists = "customer-already-exists", 409, "A customer with this code or e-mail exists";
    CustomerLimitReached = "customer-limit-reached", 409, "The tenant has as many customers as it may have";
    OrderNotAmendable = "order-not-amendable", 409, "The order is too far on to be amended";
    AmountAlreadyPaid = "amount-already-paid", 409, "More has been paid than the order would come to";
    OrderNotPayable = "order-not-payable", 409, "A cancelled order takes no payment";
    OrderLineNotReportable = "order-line-not-reportable", 409, "The order is not where this can be reported";
    RequirementNotEditable = "requirement-not-editable", 409, "The plan is not where this can be changed";
    PlanNotComputed = "plan-not-computed", 409, "The plan has no requirements";
    CustomerHasOpenOrders = "customer-has-open-orders", 409, "The customer has orders that are not finished";
    CustomerErased = "customer-erased", 409, "The customer's personal data was erased";
    StaleVersion = "stale-version", 412, "The record has changed since it was read";
    PayloadTooLarge = "payload-too-large", 413, "The body is too large";
    UnsupportedMediaType = "unsupported-media-type", 415, "The body must be application/json";
    ValidationFailed = "validation-failed", 422, "Some fields are not valid";
    Required = "required", 422, "A required field is missing";
    UnknownField = "unknown-field", 422, "A field is not known";
    InvalidType = "invalid-type", 422, "A field has the wrong type";
    InvalidValue = "invalid-value", 422, "A field has a value that is not allowed";
    InvalidText = "invalid-text", 422, "A text has characters that are not allowed";
    TooLong = "too-long", 422, "A text or list is too long";
    InvalidDecimal = "invalid-decimal", 422, "A number is not a valid decimal here";
    InvalidDate = "invalid-date", 422, "A date or time is not valid here";
    IdempotencyKeyReused = "idempotency-key-reused", 422, "The Idempotency-Key was used with another body";
    ReasonRequired = "reason-required", 422, "This change needs a reason";
    CustomerNotFound = "customer-not-found", 422, "The customer does not exist";
    CustomerInactive = "customer-inactive", 422, "The customer is not active";
    CustomerOnHold = "customer-on-hold", 422, "The customer is on hold";
    TooManyItems = "too-many-items", 422, "The order has too many lines";
    OrderValueOutOfRange = "order-value-out-of-range", 422, "The order's total is outside the allowed range";
    OrderTooLarge = "order-too-large", 422, "The order is too large to store";
    DeliveryMethodDisabled = "delivery-method-disabled", 422, "The delivery method is switched off";
    DiscountsDisabled = "discounts-disabled", 422, "Discounts are switched off";
    DiscountExceedsMaximum = "discount-exceeds-maximum", 422, "The discounts together exceed the maximum";
    DiscountExceedsLine = "discount-exceeds-line", 422, "A line discount exceeds its line";
    DiscountExceedsSubtotal = "discount-exceeds-subtotal", 422, "The order discount exceeds the subtotal";
    AmountOverflow = "amount-overflow", 422, "An amount is too large";
    ProductUnavailable = "product-unavailable", 422, "A product is not available";
    PaymentExceedsBalance = "payment-exceeds-balance", 422, "The payment is more than is due";
    RefundExceedsPaid = "refund-exceeds-paid", 422, "The refund is more than was paid";
    QuantityExceedsOrdered = "quantity-exceeds-ordered", 422, "More than was ordered";
    QuantityExceedsDelivered = "quantity-exceeds-delivered", 422, "More than was delivered";
    PriceUnknown = "price-unknown", 422, "No price is known for a product";
    RecipeCycle = "recipe-cycle", 422, "The recipes contain themselves";
    RateLimited = "rate-limited", 429, "Too many requests";
    Internal = "internal-error", 500, "Something went wrong on our side";
    OrderProcessingDisabled = "order-processing-disabled", 503, "Orders are not taken at the moment";
    ProcurementPlanningDisabled = "procurement-planning-disabled", 503, "Procurement planning is switched off";
    Unavailable = "unavailable", 503, "The service cannot answer at the moment";
}

/// One faulty field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// RFC 6901 pointer into the body, such as `/items/0/quantity`.
    pub pointer: String,
    /// What is wrong with it.
    pub code: ProblemCode,
    /// A sentence for the person who fixes it.
    pub detail: String,
}

/// A failure on its way to the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The stable name.
    pub code: ProblemCode,
    /// What happened this time, fit for the client.
    pub detail: Cow<'static, str>,
    /// Every faulty field.
    pub errors: Vec<FieldError>,
    /// Named extension members, such as `allowed`.
    pub extensions: Map<String, Value>,
    /// What only the log may know.
    pub internal: Option<String>,
}

impl Problem {
    /// A problem with a sentence for the client.
    pub fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
            internal: None,
        }
    }

    /// Something of ours broke; the client learns only that.
    pub fn internal(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(
            ProblemCode::Internal,
            "The request failed for a reason on our side.",
        );
        problem.internal = Some(cause.into());
        problem
    }

    /// A dependency is down; the client should try again.
    pub fn unavailable(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(ProblemCode::Unavailable, "Please try again in a moment.");
        problem.internal = Some(cause.into());
        problem
    }

    /// The one body for everything that is not there, so that a foreign id reads like an unknown one (D11).
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "There is nothing at this address.")
    }

    /// One faulty field.
    pub fn field(pointer: impl Into<String>, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        }])
    }

    /// All faulty fields at once: one gives its own code to the document, several `validation-failed` (D5).
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut problem = match errors.as_slice() {
            [only] => Self::new(only.code, only.detail.clone()),
            many => Self::new(
                ProblemCode::ValidationFailed,
                format!("{} fields are not valid; see errors.", many.len()),
            ),
        };
        problem.errors = errors;
        problem
    }

    /// Adds a named extension member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Seconds after which a retry makes sense, for 429 and 503.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        match self.code.status() {
            429 | 503 => Some(2),
            _ => None,
        }
    }

    /// The document as the client reads it.
    pub fn to_document(&self, request_id: &str) -> Value {
        let mut document = self.extensions.clone();
        document.insert(
            "type".into(),
            format!("urn:orders-service:problem:{}", self.code.as_str()).into(),
        );
        document.insert("title".into(), self.code.title().into());
        document.insert("status".into(), self.code.status().into());
        document.insert("detail".into(), self.detail.as_ref().into());
        document.insert("code".into(), self.code.as_str().into());
        document.insert("request_id".into(), request_id.into());
        if !self.errors.is_empty() {
            let errors = self.errors.iter().map(|error| {
                serde_json::json!({
                    "pointer": error.pointer, "code": error.code.as_str(), "detail": error.detail
                })
            });
            document.insert("errors".into(), errors.collect());
        }
        Value::Object(document)
    }
}

/// At most 64 characters of what a client sent, for use in a message (D5).
pub fn echo(raw: &str) -> String {
    let mut shown: String = raw.chars().filter(|c| !c.is_control()).take(64).collect();
    if raw.chars().count() > 64 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_faulty_field_gives_its_code_and_several_give_validation_failed() {
        // D5
        let one = Problem::field("/items", ProblemCode::Required, "missing");
        assert_eq!(one.to_document("r-1")["code"], "required");
        let two = Problem::fields([one.errors.clone(), one.errors].concat());
        let document = two.to_document("r-1");
        assert_eq!(document["code"], "validation-failed");
        assert_eq!(document["type"], "urn:orders-service:problem:validation-failed");
        assert_eq!(document["errors"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn raw_input_is_echoed_to_64_characters_without_control_characters() {
        // D5
        assert_eq!(echo(&"x".repeat(100)).chars().count(), 65);
        assert_eq!(echo("a\u{0}b\nc"), "abc");
    }
}
