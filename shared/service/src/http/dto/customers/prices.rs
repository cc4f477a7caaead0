//! Price lists in requests and answers.

use std::collections::BTreeMap;

use orders_domain::decimal::{Quantity, UnitPrice};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::dto::common::{DecimalInput, QuantityText, UnitPriceText};
use crate::http::fields::{At, Fields, FromFields, object};
use crate::http::json::Json;
use crate::http::parse;
use crate::problem::{ProblemCode, echo};
use crate::store::customers::PriceTier;
use crate::usecases::customers::patched_parts::MAX_PRICED_PRODUCTS;

/// Tiers a product may have in a price list.
const MAX_TIERS: usize = 10;

/// A unit price from a quantity on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; reading is done by PriceTier")]
pub struct PriceTierInput {
    /// From which quantity on it holds; 0 for every quantity. Each stands once in a product's list.
    #[schema(value_type = DecimalInput)]
    min_quantity: Quantity,
    /// The price of one unit.
    #[schema(value_type = DecimalInput)]
    unit_price: UnitPrice,
}

impl FromFields for PriceTier {
    fn read(f: &mut Fields<'_>) -> Option<Self> {
        let min_quantity = f.required("min_quantity", parse::quantity_or_zero);
        let unit_price = f.required("unit_price", parse::unit_price);
        Some(Self {
            min_quantity: min_quantity?,
            unit_price: unit_price?,
        })
    }
}

/// A unit price from a quantity on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceTier)]
pub struct PriceTierView {
    /// From which quantity on it holds.
    #[schema(value_type = QuantityText)]
    pub min_quantity: Quantity,
    /// The price of one unit.
    #[schema(value_type = UnitPriceText)]
    pub unit_price: UnitPrice,
}

impl From<&PriceTier> for PriceTierView {
    fn from(tier: &PriceTier) -> Self {
        Self {
            min_quantity: tier.min_quantity,
            unit_price: tier.unit_price,
        }
    }
}

/// A price list: by product, tiers in ascending order.
pub(super) fn price_list(value: &Json, at: &At<'_>) -> Option<BTreeMap<String, Vec<PriceTier>>> {
    by_product(value, at, tiers)
}

/// Changes to a price list: null removes a product.
pub(super) fn price_list_patch(
    value: &Json,
    at: &At<'_>,
) -> Option<BTreeMap<String, Option<Vec<PriceTier>>>> {
    by_product(value, at, |value, at| match value {
        Json::Null => Some(None),
        value => tiers(value, at).map(Some),
    })
}

fn by_product<T>(
    value: &Json,
    at: &At<'_>,
    parse: impl Fn(&Json, &At<'_>) -> Option<T>,
) -> Option<BTreeMap<String, T>> {
    let Json::Object(members) = value else {
        return at.wrong_type("an object", value);
    };
    if members.len() > MAX_PRICED_PRODUCTS {
        let detail = format!("At most {MAX_PRICED_PRODUCTS} products, found {}.", members.len());
        return at.fault(ProblemCode::TooLong, detail);
    }
    let parsed = members.iter().map(|(product, value)| {
        let shown = echo(product);
        let at = at.below(&shown);
        if !parse::is_catalog_id(product) {
            let detail = format!("\"{shown}\" is not an id: 1 to 64 of A-Z a-z 0-9 . _ : -");
            return at.fault(ProblemCode::InvalidValue, detail);
        }
        Some((product.clone(), parse(value, &at)?))
    });
    // All of them first, so that every fault is reported.
    let parsed: Vec<_> = parsed.collect();
    parsed.into_iter().collect()
}

fn tiers(value: &Json, at: &At<'_>) -> Option<Vec<PriceTier>> {
    let mut tiers = parse::list(1..=MAX_TIERS, object::<PriceTier>)(value, at)?;
    for (index, tier) in tiers.iter().enumerate() {
        if tiers
            .iter()
            .take(index)
            .any(|other| other.min_quantity == tier.min_quantity)
        {
            let at = at.below(&index.to_string()).below("min_quantity");
            return at.fault(
                ProblemCode::InvalidValue,
                "This min_quantity stands there already.",
            );
        }
    }
    tiers.sort_by_key(|tier| tier.min_quantity);
    Some(tiers)
}
