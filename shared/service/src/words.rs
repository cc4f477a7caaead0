//! Closed sets of words that requests, answers and items share.

pub use orders_domain::procurement::PlanStatus;

/// Declares an enum whose variants are snake_case words, with `as_str`, `parse`, `ALL` and serde.
macro_rules! words {
    ($(#[doc = $doc:literal] $name:ident { $($variant:ident = $word:literal,)+ })+) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[doc = $word] #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The word.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)+ } }
            /// The value of a word.
            pub fn parse(word: &str) -> Option<Self> { match word { $($word => Some(Self::$variant),)+ _ => None } }
        }

        // By hand: the derived schema does not see a rename that a macro passes on.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, Type};
                let words = Self::ALL.iter().map(|word| word.as_str());
                ObjectBuilder::new().schema_type(Type::String).description(Some($doc.trim())).enum_values(Some(words)).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

words! {
    /// What kind of buyer a customer is.
    CustomerType { Individual = "individual", Business = "business", CentralBakery = "central_bakery", }
    /// How a customer is looked after.
    Segment { Regular = "regular", Vip = "vip", Wholesale = "wholesale", }
    /// What kind of order it is.
    OrderType { Standard = "standard", Rush = "rush", Standing = "standing", Special = "special", }
    /// How urgent production should take it.
    Priority { Low = "low", Normal = "normal", High = "high", }
    /// Where the order came from.
    Source { Manual = "manual", Online = "online", Phone = "phone", App = "app", Api = "api", Standing = "standing", }
    /// Through which channel it was sold.
    SalesChannel { Direct = "direct", Retail = "retail", Wholesale = "wholesale", Online = "online", }
    /// Where a line's price came from (D25b).
    PriceSource { Given = "given", PriceList = "price_list", Catalog = "catalog", Dynamic = "dynamic", }
    /// How the tenant works (D80).
    BusinessModel { IndividualBakery = "individual_bakery", CentralBakery = "central_bakery", }
    /// Why a plan is made.
    PlanType { Regular = "regular", Emergency = "emergency", Seasonal = "seasonal", }
    /// What an entry of a plan's history tells.
    PlanEvent { Created = "created", StatusChanged = "status_changed", RequirementUpdated = "requirement_updated", }
    /// Where an alert stands (D42).
    AlertStatus { Active = "active", Acknowledged = "acknowledged", Resolved = "resolved", Dismissed = "dismissed", }
    /// How far production of a line is (§4).
    ProductionStatus {
        Pending = "pending", Scheduled = "scheduled", InProduction = "in_production", Completed = "completed",
    }
    /// What a line's quality check said (§4).
    QualityStatus { Pending = "pending", Passed = "passed", Failed = "failed", }
    /// What became of a payment (D28).
    PaymentOutcome { Succeeded = "succeeded", Failed = "failed", Refunded = "refunded", }
    /// Through which channel a customer wants to hear from us (§4).
    CommunicationChannel { Email = "email", Sms = "sms", Whatsapp = "whatsapp", Phone = "phone", }
    /// A day of the week.
    WeekdayWord {
        Monday = "mon", Tuesday = "tue", Wednesday = "wed", Thursday = "thu", Friday = "fri", Saturday = "sat",
        Sunday = "sun",
    }
    /// What an entry of a customer's history tells (D43).
    CustomerEvent { Created = "created", Updated = "updated", Erased = "erased", }
    /// What a history entry tells (§4).
    HistoryEvent {
        Created = "created", StatusChanged = "status_changed", Amended = "amended",
        PaymentRecorded = "payment_recorded", Note = "note", Notified = "notified", QualityChecked = "quality_checked",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_parse_back_and_nothing_else_does() {
        for status in AlertStatus::ALL {
            assert_eq!(AlertStatus::parse(status.as_str()), Some(*status));
        }
        assert_eq!(AlertStatus::parse("Active"), None);
    }
}
