//! The shapes of catalog entries in the OpenAPI document: as they are sent (`…Input`) and as they are shown.
//!
//! One table makes both, because they differ in their decimals and in what may be left out, and must not differ in
//! anything else. A test holds the shown form against the serialised one.

#![expect(dead_code, reason = "only the schemas are used; reading is done by ReadEntry")]

use chrono::{DateTime, NaiveDate, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::common::{ActorView, DecimalInput, MoneyText, PercentageText, QuantityText, UnitPriceText};

/// A share from 0 to 1: four decimals, such as `"0.9500"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^[01]\.\d{4}$", examples("0.9500"))]
pub struct RatioText(String);

/// The quantity of a recipe line: six decimals, such as `"0.000250"`.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^\d+\.\d{6}$", examples("0.000250"))]
pub struct RecipeQuantityText(String);

/// A weekday.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum WeekdayWord {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A lot-sizing method (D64).
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum OrderingMethodWord {
    LotForLot,
    Fixed,
    Eoq,
    Poq,
    SilverMeal,
    WagnerWhitin,
}

/// Declares a nested shape: its name when sent and when shown, and each field with its type when sent and when shown.
macro_rules! shapes {
    ($(#[doc = $doc:literal] $input:ident $output:ident { $(#[doc = $about:literal] $(#[schema($($rule:tt)*)])* $field:ident: $sent:ty => $shown:ty;)+ })+) => {$(
        #[doc = $doc]
        #[derive(ToSchema)]
        pub struct $input { $(#[doc = $about] $(#[schema($($rule)*)])* $field: $sent,)+ }

        #[doc = $doc]
        #[derive(ToSchema)]
        pub struct $output { $(#[doc = $about] $(#[schema($($rule)*)])* $field: $shown,)+ }
    )+};
}

/// Declares an entry: like [`shapes`], with the row of an import, which brings its id, and the stamps of the shown form.
macro_rules! entries {
    ($(#[doc = $doc:literal] $input:ident $row:ident $output:ident { $(#[doc = $about:literal] $(#[schema($($rule:tt)*)])* $field:ident: $sent:ty => $shown:ty;)+ })+) => {$(
        #[doc = $doc]
        #[derive(ToSchema)]
        pub struct $input { $(#[doc = $about] $(#[schema($($rule)*)])* $field: $sent,)+ }

        #[doc = $doc]
        #[derive(ToSchema)]
        pub struct $row {
            /// Identifier, unique in the tenant.
            #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
            id: String,
            $(#[doc = $about] $(#[schema($($rule)*)])* $field: $sent,)+
        }

        #[doc = $doc]
        #[derive(ToSchema)]
        pub struct $output {
            /// Identifier, unique in the tenant.
            #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
            id: String,
            $(#[doc = $about] $(#[schema($($rule)*)])* $field: $shown,)+
            /// The tenant.
            tenant_id: Uuid,
            /// Counts the changes; also the ETag.
            version: u64,
            /// When it was first written.
            created_at: DateTime<Utc>,
            /// Who wrote it first.
            created_by: ActorView,
            /// When it was last changed.
            updated_at: DateTime<Utc>,
            /// Who changed it last.
            updated_by: ActorView,
        }
    )+};
}

entries! {
    /// Somebody to buy from.
    SupplierInput SupplierRow Supplier {
        /// Name as shown.
        #[schema(max_length = 200, examples("Harbour Mill"))]
        name: String => String;
        /// Whether new orders may go there. Default true.
        is_active: Option<bool> => bool;
        /// Share of deliveries that come in time and in full, 0 to 1, four decimals. Default 1.
        reliability: Option<DecimalInput> => RatioText;
        /// Days on which orders are taken. Default all.
        #[schema(max_items = 7)]
        working_days: Option<Vec<WeekdayWord>> => Vec<WeekdayWord>;
        /// Dates on which no orders are taken.
        #[schema(max_items = 400)]
        holidays: Option<Vec<NaiveDate>> => Vec<NaiveDate>;
        /// Calendar days of buffer added to every lead time (D65). Default 0.
        #[schema(maximum = 365)]
        safety_lead_days: Option<u32> => u32;
    }
    /// Something that is bought. Quantities are in `unit`.
    IngredientInput IngredientRow Ingredient {
        /// Name as shown.
        #[schema(max_length = 200, examples("Strong white flour"))]
        name: String => String;
        /// Unit of every quantity.
        #[schema(max_length = 20, examples("kg"))]
        unit: String => String;
        /// Promised to something else. Default 0.
        reserved: Option<DecimalInput> => QuantityText;
        /// What is in the house.
        #[schema(max_items = 200)]
        stock_lots: Option<Vec<StockLotInput>> => Vec<StockLot>;
        /// What was ordered and has not come.
        #[schema(max_items = 200)]
        open_receipts: Option<Vec<OpenReceiptInput>> => Vec<OpenReceipt>;
        /// Days it keeps after it came; null when it keeps.
        #[schema(maximum = 3650)]
        shelf_life_days: Option<u32> => Option<u32>;
        /// The buffer of the safety stock method `fixed` (D62).
        safety_stock_quantity: Option<DecimalInput> => Option<QuantityText>;
        /// Allergens it contains.
        #[schema(max_items = 30)]
        allergens: Option<Vec<String>> => Vec<String>;
        /// How order quantities are made. Default lot for lot.
        ordering: Option<OrderingInput> => Ordering;
        /// Who sells it and on what terms.
        #[schema(max_items = 20)]
        offers: Option<Vec<OfferInput>> => Vec<Offer>;
        /// What a delivery is checked for.
        #[schema(max_length = 1000)]
        quality_specifications: Option<String> => Option<String>;
        /// Anything a buyer has to mind.
        #[schema(max_length = 1000)]
        special_requirements: Option<String> => Option<String>;
    }
    /// Something that is sold, or made on the way to it (a dough).
    ProductInput ProductRow Product {
        /// Name as shown.
        #[schema(max_length = 200, examples("Sourdough loaf"))]
        name: String => String;
        /// Group it is sold in.
        #[schema(max_length = 100)]
        category: Option<String> => Option<String>;
        /// Unit of its quantities.
        #[schema(max_length = 20, examples("piece"))]
        unit: String => String;
        /// Price of one unit; null when it has no list price.
        price: Option<DecimalInput> => Option<UnitPriceText>;
        /// Cost of one unit, for margins.
        unit_cost: Option<DecimalInput> => Option<UnitPriceText>;
        /// Allergens it contains.
        #[schema(max_items = 30)]
        allergens: Option<Vec<String>> => Vec<String>;
        /// How it is made; null when it is bought as it is.
        recipe: Option<RecipeInput> => Option<Recipe>;
    }
}

shapes! {
    /// A quantity that came together and expires together.
    StockLotInput StockLot {
        /// Identifier of the lot, once per ingredient.
        #[schema(max_length = 64)]
        lot_id: String => String;
        /// What is left of it.
        quantity: DecimalInput => QuantityText;
        /// The last day on which it may be used; null when it keeps.
        expires_on: Option<NaiveDate> => Option<NaiveDate>;
    }
    /// An order to a supplier that has not come yet.
    OpenReceiptInput OpenReceipt {
        /// Purchase order or plan number.
        #[schema(max_length = 64)]
        reference: String => String;
        /// The day on which it is expected.
        date: NaiveDate => NaiveDate;
        /// What is still to come.
        quantity: DecimalInput => QuantityText;
    }
    /// How order quantities are made of net requirements (D64).
    OrderingInput Ordering {
        /// Default `lot_for_lot`.
        method: Option<OrderingMethodWord> => OrderingMethodWord;
        /// Cost of placing one order. Default 0.
        setup_cost: Option<DecimalInput> => MoneyText;
        /// Cost of keeping one unit for one day. Default 0.
        holding_cost_per_day: Option<DecimalInput> => UnitPriceText;
        /// The lot of the method `fixed`, which needs it.
        fixed_quantity: Option<DecimalInput> => Option<QuantityText>;
        /// Days one lot of the method `poq` covers; worked out when null.
        #[schema(minimum = 1, maximum = 90)]
        periods: Option<u16> => Option<u16>;
    }
    /// On what terms a supplier sells an ingredient.
    OfferInput Offer {
        /// The supplier.
        #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
        supplier_id: String => String;
        /// Price of one unit of the ingredient.
        unit_price: DecimalInput => UnitPriceText;
        /// Calendar days from order to delivery; null takes PROCUREMENT_LEAD_TIME_DAYS.
        #[schema(maximum = 365)]
        lead_time_days: Option<u32> => Option<u32>;
        /// How much the lead time varies: standard deviation in days, for statistical safety stock (D62). Left out: not at all.
        lead_time_standard_deviation_days: Option<DecimalInput> => Option<QuantityText>;
        /// The least that is sold at once. Default 0.
        minimum_order_quantity: Option<DecimalInput> => QuantityText;
        /// Orders are multiples of this. Default 1.
        pack_size: Option<DecimalInput> => QuantityText;
        /// Taken whenever it can deliver in time (D66). Default false.
        preferred: Option<bool> => bool;
    }
    /// What goes into a batch of a product.
    RecipeInput Recipe {
        /// How much of the product one batch gives.
        yield_quantity: DecimalInput => QuantityText;
        /// Days before the product's own need by which the lines are needed (D60). Default 0.
        #[schema(maximum = 365)]
        lead_days: Option<u32> => u32;
        /// What goes in.
        #[schema(min_items = 1, max_items = 100)]
        lines: Vec<RecipeLineInput> => Vec<RecipeLine>;
    }
    /// One thing that goes into a batch.
    RecipeLineInput RecipeLine {
        /// An ingredient or another product.
        #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$")]
        item_id: String => String;
        /// How much goes into one batch, up to six decimals.
        quantity: DecimalInput => RecipeQuantityText;
        /// What is lost on top, percent. Default 0.
        waste_percentage: Option<DecimalInput> => PercentageText;
    }
}

/// Body of `POST /catalog/import`.
#[derive(ToSchema)]
pub struct CatalogImportInput {
    /// Who is bought from.
    #[schema(max_items = 100)]
    suppliers: Option<Vec<SupplierRow>>,
    /// What is bought.
    #[schema(max_items = 100)]
    ingredients: Option<Vec<IngredientRow>>,
    /// What is made or sold.
    #[schema(max_items = 100)]
    products: Option<Vec<ProductRow>>,
}
