//! What a bakery makes and buys: suppliers, ingredients with stock and offers, products with recipes (SPEC §9).
//!
//! The structs are stored and shown as they are. A field left out takes the default of SPEC §9, so that an older
//! record still reads.

mod measures;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::{Weekday, WorkingCalendar};
use crate::decimal::{Money, Percentage, Quantity, UnitPrice};

pub use measures::{Ratio, RecipeQuantity};

/// The share of a supplier's deliveries that come in time and in full, 0 to 1; it weighs in supplier choice and risk.
pub type Reliability = Ratio;

/// Everything a plan needs to know, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Catalog {
    /// What is sold or made as an intermediate (a dough).
    pub products: BTreeMap<String, Product>,
    /// What is bought.
    pub ingredients: BTreeMap<String, Ingredient>,
    /// Who it is bought from.
    pub suppliers: BTreeMap<String, Supplier>,
}

/// Somebody to buy from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Supplier {
    /// Identifier, unique in the tenant.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Whether new orders may go there.
    pub is_active: bool,
    /// Reliability, 0 to 1.
    pub reliability: Reliability,
    /// Days on which orders are taken; empty means all.
    pub working_days: Vec<Weekday>,
    /// Dates on which no orders are taken.
    pub holidays: Vec<NaiveDate>,
    /// Calendar days of buffer added to every lead time of this supplier (D65).
    pub safety_lead_days: u32,
}

impl Default for Supplier {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            is_active: true,
            reliability: Reliability::ONE,
            working_days: Weekday::ALL.to_vec(),
            holidays: Vec::new(),
            safety_lead_days: 0,
        }
    }
}

impl Supplier {
    /// The days on which this supplier takes orders.
    pub fn calendar(&self) -> WorkingCalendar<'_> {
        WorkingCalendar::new(&self.working_days, &self.holidays)
    }
}

/// Something that is bought, with what is there of it and who offers it. Quantities are in `unit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ingredient {
    /// Identifier, unique in the tenant.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Unit of every quantity of this ingredient: kg, l, piece …
    pub unit: String,
    /// Quantity promised to something else than the orders planned here.
    pub reserved: Quantity,
    /// What is in the house.
    pub stock_lots: Vec<StockLot>,
    /// What has been ordered and has not come yet.
    pub open_receipts: Vec<OpenReceipt>,
    /// Days it keeps after it was received; `None` when it keeps.
    pub shelf_life_days: Option<u32>,
    /// The buffer of the safety stock method `fixed` (D62).
    pub safety_stock_quantity: Option<Quantity>,
    /// Allergens it contains.
    pub allergens: Vec<String>,
    /// How order quantities are made.
    pub ordering: Ordering,
    /// Who sells it and on what terms.
    pub offers: Vec<Offer>,
    /// What a delivery is checked for.
    pub quality_specifications: Option<String>,
    /// Anything a buyer has to mind.
    pub special_requirements: Option<String>,
}

/// A quantity that came together and expires together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StockLot {
    /// Identifier of the lot.
    pub lot_id: String,
    /// What is left of it.
    pub quantity: Quantity,
    /// The last day on which it may be used; `None` when it keeps.
    pub expires_on: Option<NaiveDate>,
}

/// An order to a supplier that has not come yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenReceipt {
    /// Purchase order or plan number.
    pub reference: String,
    /// The day on which it is expected.
    pub date: NaiveDate,
    /// What is still to come.
    pub quantity: Quantity,
}

/// How order quantities are made of net requirements (D64). Amounts that a method does not use are left at zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ordering {
    /// The lot-sizing method.
    pub method: OrderingMethod,
    /// Cost of placing one order.
    pub setup_cost: Money,
    /// Cost of keeping one unit for one day.
    pub holding_cost_per_day: UnitPrice,
    /// The lot of the method `fixed`.
    pub fixed_quantity: Option<Quantity>,
    /// How many days one lot of the method `poq` covers; worked out when left out.
    pub periods: Option<u16>,
}

/// A lot-sizing method (D64).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderingMethod {
    /// One lot per day with a net requirement, of just that quantity.
    #[default]
    LotForLot,
    /// Lots of a fixed quantity.
    Fixed,
    /// Economic order quantity.
    Eoq,
    /// Periodic order quantity.
    Poq,
    /// Silver and Meal's heuristic.
    SilverMeal,
    /// Wagner and Whitin's exact optimum.
    WagnerWhitin,
}

impl OrderingMethod {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LotForLot => "lot_for_lot",
            Self::Fixed => "fixed",
            Self::Eoq => "eoq",
            Self::Poq => "poq",
            Self::SilverMeal => "silver_meal",
            Self::WagnerWhitin => "wagner_whitin",
        }
    }
}

/// On what terms a supplier sells an ingredient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Offer {
    /// The supplier.
    pub supplier_id: String,
    /// Price of one unit of the ingredient.
    pub unit_price: UnitPrice,
    /// Calendar days from order to delivery; `None` takes PROCUREMENT_LEAD_TIME_DAYS (D13).
    pub lead_time_days: Option<u32>,
    /// How much the lead time varies: standard deviation in days, for statistical safety stock (D62).
    pub lead_time_standard_deviation_days: Option<Quantity>,
    /// The least that is sold at once.
    pub minimum_order_quantity: Quantity,
    /// Orders are multiples of this.
    pub pack_size: Quantity,
    /// Whether this supplier is taken whenever it can deliver in time (D66).
    pub preferred: bool,
}

/// The pack size of an offer that names none: one unit (SPEC §9).
pub const DEFAULT_PACK_SIZE: Quantity = Quantity::from_scaled(1_000);

impl Default for Offer {
    fn default() -> Self {
        Self {
            supplier_id: String::new(),
            unit_price: UnitPrice::ZERO,
            lead_time_days: None,
            lead_time_standard_deviation_days: None,
            minimum_order_quantity: Quantity::ZERO,
            pack_size: DEFAULT_PACK_SIZE,
            preferred: false,
        }
    }
}

/// Something that is sold, or made on the way to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// Identifier, unique in the tenant.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Group it is sold in.
    pub category: Option<String>,
    /// Unit of its quantities.
    pub unit: String,
    /// Price of one unit; `None` when it is not sold by list.
    pub price: Option<UnitPrice>,
    /// Cost of one unit, for margins.
    pub unit_cost: Option<UnitPrice>,
    /// Allergens it contains.
    pub allergens: Vec<String>,
    /// How it is made; `None` when it is bought as it is.
    pub recipe: Option<Recipe>,
}

/// What goes into a batch of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// How much of the product one batch gives, in the product's unit.
    pub yield_quantity: Quantity,
    /// Days before the product's own need by which its lines are needed (D60).
    pub lead_days: u32,
    /// What goes in.
    pub lines: Vec<RecipeLine>,
}

/// One thing that goes into a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecipeLine {
    /// An ingredient or another product.
    pub item_id: String,
    /// How much goes into one batch, in the item's unit, waste not counted.
    pub quantity: RecipeQuantity,
    /// What is lost on top, percent of `quantity`.
    pub waste_percentage: Percentage,
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC §9: what is left out.
    #[test]
    fn fields_left_out_take_the_published_defaults() {
        let ingredient: Ingredient = serde_json::from_str(
            r#"{"id":"flour","name":"Flour","unit":"kg","offers":[{"supplier_id":"mill","unit_price":"0.9"}]}"#,
        )
        .unwrap();
        assert_eq!(ingredient.reserved, Quantity::ZERO);
        assert_eq!(ingredient.ordering.method, OrderingMethod::LotForLot);
        let offer = ingredient.offers.first().unwrap();
        assert_eq!(offer.pack_size, Quantity::from_scaled(1_000));
        assert_eq!(offer.minimum_order_quantity, Quantity::ZERO);
        assert_eq!(offer.lead_time_days, None);
        assert_eq!(offer.lead_time_standard_deviation_days, None);
        assert!(!offer.preferred);

        let supplier: Supplier = serde_json::from_str(r#"{"id":"mill","name":"Mill"}"#).unwrap();
        assert!(supplier.is_active);
        assert_eq!(supplier.reliability, Reliability::ONE);
        assert_eq!(supplier.working_days.len(), 7);

        let line: RecipeLine = serde_json::from_str(r#"{"item_id":"flour","quantity":"0.5"}"#).unwrap();
        assert_eq!(line.waste_percentage, Percentage::ZERO);
    }

    #[test]
    fn every_ordering_method_reads_and_writes_its_word() {
        for word in [
            "lot_for_lot",
            "fixed",
            "eoq",
            "poq",
            "silver_meal",
            "wagner_whitin",
        ] {
            let method: OrderingMethod = serde_json::from_str(&format!("\"{word}\"")).unwrap();
            assert_eq!(method.as_str(), word);
            assert_eq!(serde_json::to_string(&method).unwrap(), format!("\"{word}\""));
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let product: Product = serde_json::from_str(
            r#"{"id":"roll","name":"Roll","category":"bread","unit":"piece","price":"0.4500","unit_cost":null,
                "allergens":["gluten"],"recipe":{"yield_quantity":"100","lead_days":1,
                "lines":[{"item_id":"dough","quantity":"6.25","waste_percentage":"2.5"}]}}"#,
        )
        .unwrap();
        let written = serde_json::to_value(&product).unwrap();
        assert_eq!(written["recipe"]["lines"][0]["quantity"], "6.250000");
        assert_eq!(written["recipe"]["yield_quantity"], "100.000");
        assert_eq!(serde_json::from_value::<Product>(written).unwrap(), product);
    }
}
