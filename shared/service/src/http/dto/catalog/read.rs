//! Reading catalog entries: from a body, whose id stands in the path, and from a row of an import, which brings its own.

use orders_domain::calendar::Weekday;
use orders_domain::catalog::{
    Ingredient, Offer, OpenReceipt, Ordering, OrderingMethod, Product, Ratio, Recipe, RecipeLine,
    RecipeQuantity, StockLot, Supplier,
};
use orders_domain::decimal::{Money, Percentage, Quantity, UnitPrice};

use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::ProblemCode;
use crate::store::catalog::CatalogKind;

/// Longest lead time, in days.
const MAX_LEAD_DAYS: u32 = 365;
/// Longest shelf life, in days.
const MAX_SHELF_LIFE_DAYS: u32 = 3650;

/// A catalog entry that can be read from an object.
pub trait ReadEntry: CatalogKind {
    /// Reads every field but the id.
    fn read_entry(fields: &mut Fields<'_>, id: String) -> Option<Self>;
    /// Puts the entry under an id.
    fn set_id(&mut self, id: String);
}

/// The body of a PUT: an entry without its id.
pub struct Body<T>(pub T);

impl<T: ReadEntry> FromFields for Body<T> {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        T::read_entry(f, String::new()).map(Self)
    }
}

/// A row of an import: an entry with its id.
pub struct Row<T>(pub T);

impl<T: ReadEntry> FromFields for Row<T> {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let id = f.required("id", parse::catalog_id);
        // Read in any case, so that every fault of the row is named.
        let entry = T::read_entry(f, id.clone().unwrap_or_default());
        id.and(entry).map(Self)
    }
}

fn allergens<'a>(value: &Json, at: &At<'a>) -> Option<Vec<String>> {
    parse::list(0..=30, parse::text(60))(value, at)
}

fn ratio(value: &Json, at: &At<'_>) -> Option<Ratio> {
    parse::decimal(Ratio::parse)(value, at)
}

fn recipe_quantity(value: &Json, at: &At<'_>) -> Option<RecipeQuantity> {
    parse::decimal(RecipeQuantity::parse)(value, at)
}

impl ReadEntry for Supplier {
    fn read_entry(f: &mut Fields<'_>, id: String) -> Option<Self> {
        let name = f.required("name", parse::text(200));
        let is_active = f.or("is_active", true, parse::boolean);
        let reliability = f.or("reliability", Ratio::ONE, ratio);
        let weekdays = parse::list(0..=7, parse::word(Weekday::parse));
        let working_days = f.or("working_days", Weekday::ALL.to_vec(), weekdays);
        let holidays = f.or("holidays", Vec::new(), parse::list(0..=400, parse::date));
        let safety_lead_days = f.or("safety_lead_days", 0, parse::integer(0..=MAX_LEAD_DAYS));
        Some(Self {
            id,
            name: name?,
            is_active: is_active?,
            reliability: reliability?,
            working_days: working_days?,
            holidays: holidays?,
            safety_lead_days: safety_lead_days?,
        })
    }

    fn set_id(&mut self, id: String) {
        self.id = id;
    }
}

impl ReadEntry for Ingredient {
    fn read_entry(f: &mut Fields<'_>, id: String) -> Option<Self> {
        let name = f.required("name", parse::text(200));
        let unit = f.required("unit", parse::text(20));
        let reserved = f.or("reserved", Quantity::ZERO, parse::quantity_or_zero);
        let stock_lots = f.or("stock_lots", Vec::new(), parse::list(0..=200, object));
        let stock_lots = stock_lots.and_then(|lots| distinct_lots(lots, &f.at("stock_lots")));
        let open_receipts = f.or("open_receipts", Vec::new(), parse::list(0..=200, object));
        let shelf_life_days = f.optional("shelf_life_days", parse::integer(0..=MAX_SHELF_LIFE_DAYS));
        let safety_stock_quantity = f.optional("safety_stock_quantity", parse::quantity_or_zero);
        let allergens = f.or("allergens", Vec::new(), allergens);
        let ordering = f.or("ordering", Ordering::default(), object);
        let offers = f.or("offers", Vec::new(), parse::list(0..=20, object));
        let quality_specifications = f.optional("quality_specifications", parse::text(1000));
        let special_requirements = f.optional("special_requirements", parse::text(1000));
        Some(Self {
            id,
            name: name?,
            unit: unit?,
            reserved: reserved?,
            stock_lots: stock_lots?,
            open_receipts: open_receipts?,
            shelf_life_days: shelf_life_days?,
            safety_stock_quantity: safety_stock_quantity?,
            allergens: allergens?,
            ordering: ordering?,
            offers: offers?,
            quality_specifications: quality_specifications?,
            special_requirements: special_requirements?,
        })
    }

    fn set_id(&mut self, id: String) {
        self.id = id;
    }
}

/// A lot id names one lot: the same one twice would count its stock twice.
fn distinct_lots(lots: Vec<StockLot>, at: &At<'_>) -> Option<Vec<StockLot>> {
    let mut seen = std::collections::HashSet::new();
    let mut doubled = false;
    for (index, lot) in lots.iter().enumerate() {
        if !seen.insert(lot.lot_id.as_str()) {
            doubled = true;
            at.below(&index.to_string())
                .below("lot_id")
                .fault::<()>(ProblemCode::InvalidValue, "Another lot above has this lot_id.");
        }
    }
    (!doubled).then_some(lots)
}

impl FromFields for StockLot {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let lot_id = f.required("lot_id", parse::text(64));
        let quantity = f.required("quantity", parse::quantity_or_zero);
        let expires_on = f.optional("expires_on", parse::date);
        Some(Self {
            lot_id: lot_id?,
            quantity: quantity?,
            expires_on: expires_on?,
        })
    }
}

impl FromFields for OpenReceipt {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let reference = f.required("reference", parse::text(64));
        let date = f.required("date", parse::date);
        let quantity = f.required("quantity", parse::quantity);
        Some(Self {
            reference: reference?,
            date: date?,
            quantity: quantity?,
        })
    }
}

fn ordering_method(word: &str) -> Option<OrderingMethod> {
    use OrderingMethod::{Eoq, Fixed, LotForLot, Poq, SilverMeal, WagnerWhitin};
    [LotForLot, Fixed, Eoq, Poq, SilverMeal, WagnerWhitin]
        .into_iter()
        .find(|method| method.as_str() == word)
}

impl FromFields for Ordering {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let method = f.or("method", OrderingMethod::LotForLot, parse::word(ordering_method));
        let setup_cost = f.or("setup_cost", Money::ZERO, parse::money);
        let holding_cost_per_day = f.or("holding_cost_per_day", UnitPrice::ZERO, parse::unit_price);
        let fixed_quantity = f.optional("fixed_quantity", parse::quantity);
        let periods = f.optional("periods", parse::integer(1..=90));
        if (method, fixed_quantity) == (Some(OrderingMethod::Fixed), Some(None)) {
            return f
                .at("fixed_quantity")
                .fault(ProblemCode::Required, "The method fixed needs a fixed_quantity.");
        }
        Some(Self {
            method: method?,
            setup_cost: setup_cost?,
            holding_cost_per_day: holding_cost_per_day?,
            fixed_quantity: fixed_quantity?,
            periods: periods?.map(u16::try_from).transpose().ok()?,
        })
    }
}

impl FromFields for Offer {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let supplier_id = f.required("supplier_id", parse::catalog_id);
        let unit_price = f.required("unit_price", parse::unit_price);
        let lead_time_days = f.optional("lead_time_days", parse::integer(0..=MAX_LEAD_DAYS));
        let deviation = f.optional("lead_time_standard_deviation_days", parse::quantity_or_zero);
        let minimum = f.or("minimum_order_quantity", Quantity::ZERO, parse::quantity_or_zero);
        let pack_size = f.or(
            "pack_size",
            orders_domain::catalog::DEFAULT_PACK_SIZE,
            parse::quantity,
        );
        let preferred = f.or("preferred", false, parse::boolean);
        Some(Self {
            supplier_id: supplier_id?,
            unit_price: unit_price?,
            lead_time_days: lead_time_days?,
            lead_time_standard_deviation_days: deviation?,
            minimum_order_quantity: minimum?,
            pack_size: pack_size?,
            preferred: preferred?,
        })
    }
}

impl ReadEntry for Product {
    fn read_entry(f: &mut Fields<'_>, id: String) -> Option<Self> {
        let name = f.required("name", parse::text(200));
        let category = f.optional("category", parse::text(100));
        let unit = f.required("unit", parse::text(20));
        let price = f.optional("price", parse::unit_price);
        let unit_cost = f.optional("unit_cost", parse::unit_price);
        let allergens = f.or("allergens", Vec::new(), allergens);
        let recipe = f.optional("recipe", object);
        Some(Self {
            id,
            name: name?,
            category: category?,
            unit: unit?,
            price: price?,
            unit_cost: unit_cost?,
            allergens: allergens?,
            recipe: recipe?,
        })
    }

    fn set_id(&mut self, id: String) {
        self.id = id;
    }
}

impl FromFields for Recipe {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let yield_quantity = f.required("yield_quantity", parse::quantity);
        let lead_days = f.or("lead_days", 0, parse::integer(0..=MAX_LEAD_DAYS));
        let lines = f.required("lines", parse::list(1..=100, object));
        Some(Self {
            yield_quantity: yield_quantity?,
            lead_days: lead_days?,
            lines: lines?,
        })
    }
}

impl FromFields for RecipeLine {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let item_id = f.required("item_id", parse::catalog_id);
        let quantity = f.required("quantity", recipe_quantity);
        let waste_percentage = f.or("waste_percentage", Percentage::ZERO, parse::percentage);
        Some(Self {
            item_id: item_id?,
            quantity: quantity?,
            waste_percentage: waste_percentage?,
        })
    }
}
