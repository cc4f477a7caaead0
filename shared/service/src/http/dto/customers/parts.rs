//! What customers are made of in requests and answers: preferences, wishes, words.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::store::customers::DeliveryPreferences;
use crate::store::orders::Communication;
use crate::usecases::customers::patched_parts::DeliveryPreferencesPatch;
use crate::usecases::patches::CommunicationPatch;
use crate::words::WeekdayWord;

/// The fields that are an admin's: a member may not even name them (D12).
pub(super) const TERMS: [&str; 5] = [
    "payment_terms",
    "credit_limit",
    "discount_percentage",
    "on_hold",
    "on_hold_reason",
];

/// How an order reaches the customer.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DeliveryMethodWord {
    /// By us.
    Delivery,
    /// Collected.
    Pickup,
}

/// When invoices are due.
#[derive(ToSchema)]
pub enum PaymentTermsWord {
    /// On delivery.
    #[schema(rename = "immediate")]
    Immediate,
    /// 15 days later.
    #[schema(rename = "net_15")]
    Net15,
    /// 30 days later.
    #[schema(rename = "net_30")]
    Net30,
    /// 60 days later.
    #[schema(rename = "net_60")]
    Net60,
}

/// When and how a customer likes to be delivered to. As a change: what is left out stays, null removes.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; reading is done by DeliveryPreferencesPatch"
)]
pub struct DeliveryPreferencesInput {
    /// On which days, each once.
    #[schema(max_items = 7)]
    weekdays: Option<Vec<WeekdayWord>>,
    /// From when on, local time.
    #[schema(pattern = r"^([01]\d|2[0-3]):[0-5]\d$", examples("06:00"))]
    window_start: Option<String>,
    /// Until when, local time; after the start.
    #[schema(pattern = r"^([01]\d|2[0-3]):[0-5]\d$", examples("09:30"))]
    window_end: Option<String>,
    /// The round it is on.
    #[schema(max_length = 100)]
    route: Option<String>,
    /// What the driver should know.
    #[schema(max_length = 500)]
    notes: Option<String>,
}

impl FromFields for DeliveryPreferencesPatch {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let weekdays = f.nullable("weekdays", unique(7, parse::word(WeekdayWord::parse)));
        let window_start = f.nullable("window_start", time_of_day);
        let window_end = f.nullable("window_end", time_of_day);
        let route = f.nullable("route", parse::text(100));
        let notes = f.nullable("notes", parse::text(500));
        Some(Self {
            weekdays: weekdays?,
            window_start: window_start?,
            window_end: window_end?,
            route: route?,
            notes: notes?,
        })
    }
}

/// A new customer's preferences; none when they say nothing.
pub(super) fn delivery_preferences(value: &Json, at: &At<'_>) -> Option<Option<DeliveryPreferences>> {
    let patch = object::<DeliveryPreferencesPatch>(value, at)?;
    match patch.merged(None) {
        Ok(preferences) => Some(preferences),
        Err(detail) => at.below("window_end").fault(ProblemCode::InvalidValue, detail),
    }
}

/// When and how a customer likes to be delivered to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryPreferences)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct DeliveryPreferencesView {
    pub weekdays: Vec<WeekdayWord>,
    pub window_start: Option<String>,
    pub window_end: Option<String>,
    pub route: Option<String>,
    pub notes: Option<String>,
}

impl From<&DeliveryPreferences> for DeliveryPreferencesView {
    fn from(stored: &DeliveryPreferences) -> Self {
        Self {
            weekdays: stored.weekdays.clone(),
            window_start: stored.window_start.clone(),
            window_end: stored.window_end.clone(),
            route: stored.route.clone(),
            notes: stored.notes.clone(),
        }
    }
}

/// A new customer's wishes; none when it has none.
pub(super) fn communication(value: &Json, at: &At<'_>) -> Option<Option<Communication>> {
    object::<CommunicationPatch>(value, at).map(|patch| patch.merged(None))
}

/// Up to 30 allergens.
pub(super) fn allergens<'a>(value: &Json, at: &At<'a>) -> Option<Vec<String>> {
    parse::list(0..=30, parse::text(60))(value, at)
}

/// A list in which each element stands once.
fn unique<'a, T: PartialEq>(
    max: usize,
    parse: impl Fn(&Json, &At<'a>) -> Option<T>,
) -> impl FnOnce(&Json, &At<'a>) -> Option<Vec<T>> {
    move |value, at| {
        let elements = parse::list(0..=max, parse)(value, at)?;
        for (index, element) in elements.iter().enumerate() {
            if elements.iter().take(index).any(|other| other == element) {
                let at = at.below(&index.to_string());
                return at.fault(ProblemCode::InvalidValue, "It stands there already.");
            }
        }
        Some(elements)
    }
}

/// `HH:MM`, and nothing looser.
fn time_of_day(value: &Json, at: &At<'_>) -> Option<String> {
    let Json::String(raw) = value else {
        return at.wrong_type("a time of day", value);
    };
    let valid = raw.len() == 5 && chrono::NaiveTime::parse_from_str(raw, "%H:%M").is_ok();
    if valid && raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
        Some(raw.clone())
    } else {
        at.fault(ProblemCode::InvalidValue, "This is not a time of day (HH:MM).")
    }
}
