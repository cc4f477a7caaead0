//! A pricing rule in requests and answers.

use chrono::Weekday;
use orders_domain::decimal::{Quantity, SignedPercentage};
use orders_domain::pricing::PricingRule;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::dto::common::{DecimalInput, PercentageText, QuantityText};
use crate::http::fields::{Fields, FromFields};
use crate::http::parse;
use crate::words::WeekdayWord;

/// Hours before a delivery that a rule may ask for: a delivery is at most two years ahead (D4).
const MOST_HOURS: u32 = 17_568;

/// A pricing rule as it is sent.
#[derive(ToSchema)]
#[schema(as = PricingRuleInput)]
#[expect(dead_code, reason = "only its schema is used; reading is done by PricingRule")]
pub struct PricingRuleSchema {
    /// What lines show for it; unique among the rules.
    #[schema(max_length = 100, examples("Saturday rush"))]
    name: String,
    /// Weekdays of delivery in the tenant's calendar; any when empty.
    #[schema(max_items = 7)]
    weekdays: Option<Vec<WeekdayWord>>,
    /// Hours from the order to its delivery, exclusive.
    #[schema(minimum = 1, maximum = 17568)]
    hours_before_delivery_below: Option<u32>,
    /// Least quantity of the line, inclusive.
    #[schema(value_type = Option<DecimalInput>)]
    min_quantity: Option<Quantity>,
    /// Products it applies to; all when empty.
    #[schema(max_items = 100, value_type = Option<Vec<ProductIdText>>)]
    product_ids: Option<Vec<String>>,
    /// Category it applies to.
    #[schema(max_length = 100)]
    category: Option<String>,
    /// What the price changes by, from -50 to 50 percent.
    #[schema(value_type = SignedDecimalInput)]
    adjust_percentage: SignedPercentage,
}

/// A product's id.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[A-Za-z0-9._:-]{1,64}$", examples("rye"))]
pub(super) struct ProductIdText(#[expect(dead_code, reason = "only its schema is used")] String);

/// A decimal that may be negative: a string, or a number of at most 15 significant digits.
pub(super) struct SignedDecimalInput;

impl utoipa::PartialSchema for SignedDecimalInput {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Number]))
            .description(Some(
                "A decimal that may be negative: a string, or a number of at most 15 significant digits.",
            ))
            .pattern(Some(r"^-?\d+(\.\d+)?$"))
            .examples(["-12.50"])
            .into()
    }
}

impl ToSchema for SignedDecimalInput {}

impl FromFields for PricingRule {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let name = f.required("name", parse::text(100));
        let weekdays = f.or(
            "weekdays",
            Vec::new(),
            parse::list(0..=7, parse::word(|raw| WeekdayWord::parse(raw).map(weekday))),
        );
        let hours = f.optional("hours_before_delivery_below", parse::integer(1..=MOST_HOURS));
        let min_quantity = f.optional("min_quantity", parse::quantity);
        let product_ids = f.or("product_ids", Vec::new(), parse::list(0..=100, parse::catalog_id));
        let category = f.optional("category", parse::text(100));
        let adjust_percentage = f.required(
            "adjust_percentage",
            parse::decimal(SignedPercentage::parse_adjustment),
        );
        Some(Self {
            name: name?,
            weekdays: weekdays?,
            hours_before_delivery_below: hours?,
            min_quantity: min_quantity?,
            product_ids: product_ids?,
            category: category?,
            adjust_percentage: adjust_percentage?,
        })
    }
}

/// A rule on when a line's price goes up or down: the first whose every given condition holds wins (D13).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PricingRule)]
#[expect(missing_docs, reason = "the fields are those of D13, under their names")]
pub struct PricingRuleView {
    pub name: String,
    pub weekdays: Vec<WeekdayWord>,
    pub hours_before_delivery_below: Option<u32>,
    #[schema(value_type = Option<QuantityText>)]
    pub min_quantity: Option<Quantity>,
    pub product_ids: Vec<String>,
    pub category: Option<String>,
    #[schema(value_type = PercentageText)]
    pub adjust_percentage: SignedPercentage,
}

impl From<&PricingRule> for PricingRuleView {
    fn from(rule: &PricingRule) -> Self {
        Self {
            name: rule.name.clone(),
            weekdays: rule.weekdays.iter().copied().map(word).collect(),
            hours_before_delivery_below: rule.hours_before_delivery_below,
            min_quantity: rule.min_quantity,
            product_ids: rule.product_ids.clone(),
            category: rule.category.clone(),
            adjust_percentage: rule.adjust_percentage,
        }
    }
}

const fn weekday(word: WeekdayWord) -> Weekday {
    match word {
        WeekdayWord::Monday => Weekday::Mon,
        WeekdayWord::Tuesday => Weekday::Tue,
        WeekdayWord::Wednesday => Weekday::Wed,
        WeekdayWord::Thursday => Weekday::Thu,
        WeekdayWord::Friday => Weekday::Fri,
        WeekdayWord::Saturday => Weekday::Sat,
        WeekdayWord::Sunday => Weekday::Sun,
    }
}

const fn word(weekday: Weekday) -> WeekdayWord {
    match weekday {
        Weekday::Mon => WeekdayWord::Monday,
        Weekday::Tue => WeekdayWord::Tuesday,
        Weekday::Wed => WeekdayWord::Wednesday,
        Weekday::Thu => WeekdayWord::Thursday,
        Weekday::Fri => WeekdayWord::Friday,
        Weekday::Sat => WeekdayWord::Saturday,
        Weekday::Sun => WeekdayWord::Sunday,
    }
}
