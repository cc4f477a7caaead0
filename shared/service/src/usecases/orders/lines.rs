//! The lines of an order: made of what was sent and what the catalog knows, and found again when they are sent anew.

use std::collections::BTreeSet;

use orders_domain::catalog::Product;
use orders_domain::decimal::Money;
use orders_domain::pricing::Discount;

use super::draft::NewLine;
use super::prices::{LinePrice, NoPrice, PriceSources};
use super::rules::Faults;
use crate::problem::ProblemCode;
use crate::store::customers::Customer;
use crate::store::orders::{OrderLine, Quality};
use crate::words::QualityStatus;

/// The lines that were sent, with their unit prices and what else the catalog knows. A line without a price is a fault
/// and left out.
pub(super) fn lines(
    items: &[NewLine],
    products: &[Option<Product>],
    prices: &PriceSources<'_>,
    faults: &mut Faults,
) -> Vec<OrderLine> {
    let mut lines = Vec::with_capacity(products.len());
    for (index, (line, product)) in items.iter().zip(products).enumerate() {
        let product = product.as_ref();
        let (code, detail) = match prices.price(line, product) {
            Ok(price) => {
                lines.push(line_of(line, product, price));
                continue;
            }
            Err(NoPrice::Unknown) => (
                ProblemCode::PriceUnknown,
                format!("No price is known for product {}.", line.product_id),
            ),
            Err(NoPrice::BeyondGreatest { rule }) => (
                ProblemCode::AmountOverflow,
                format!("The pricing rule {rule} raises the unit price beyond what is allowed."),
            ),
        };
        faults.add(format!("/items/{index}/unit_price"), code, detail);
    }
    lines
}

/// A line whose amounts are still to be worked out.
fn line_of(line: &NewLine, product: Option<&Product>, price: LinePrice) -> OrderLine {
    let (discount_percentage, discount_amount) = match line.discount {
        Discount::None => (None, Money::ZERO),
        Discount::Percentage(percentage) => (Some(percentage), Money::ZERO),
        Discount::Amount(amount) => (None, amount),
    };
    let of_product = || {
        product
            .map(|product| product.allergens.clone())
            .unwrap_or_default()
    };
    OrderLine {
        product_id: line.product_id.clone(),
        product_name: line
            .product_name
            .clone()
            .or_else(|| product.map(|p| p.name.clone())),
        sku: line.sku.clone(),
        category: line
            .category
            .clone()
            .or_else(|| product.and_then(|p| p.category.clone())),
        unit: line.unit.clone().or_else(|| product.map(|p| p.unit.clone())),
        quantity: line.quantity,
        unit_price: price.unit_price,
        price_source: price.source,
        pricing_rule: price.pricing_rule,
        discount_percentage,
        discount_amount,
        tax_rate: line.tax_rate,
        gross_amount: Money::ZERO,
        net_amount: Money::ZERO,
        allocated_discount: Money::ZERO,
        unit_cost: line.unit_cost.or_else(|| product.and_then(|p| p.unit_cost)),
        cost_amount: None,
        margin_amount: None,
        margin_percentage: None,
        specifications: line.specifications.clone(),
        customization: line.customization.clone(),
        special_instructions: line.special_instructions.clone(),
        allergens: line.allergens.clone().unwrap_or_else(of_product),
        recipe_id: line.recipe_id.clone(),
        production: None,
        quality: line.quality_requirements.clone().map(|requirements| Quality {
            requirements: Some(requirements),
            status: QualityStatus::Pending,
            notes: None,
            checked_by: None,
            checked_at: None,
        }),
        quantity_delivered: None,
        quantity_returned: None,
    }
}

/// For each new line the old one that it continues, by position: one of the same product, of the same quantity rather
/// than another, the first rather than a later one. No old line is continued twice.
pub(super) fn continued(before: &[OrderLine], after: &[OrderLine]) -> Vec<Option<usize>> {
    let mut origins = vec![None; after.len()];
    let mut free = vec![true; before.len()];
    for same_quantity in [true, false] {
        for (line, origin) in after.iter().zip(&mut origins) {
            if origin.is_some() {
                continue;
            }
            *origin = before.iter().zip(&free).position(|(old, free)| {
                *free
                    && old.product_id == line.product_id
                    && (!same_quantity || old.quantity == line.quantity)
            });
            if let Some(taken) = origin.and_then(|index| free.get_mut(index)) {
                *taken = false;
            }
        }
    }
    origins
}

/// Gives new lines what production, quality checks and delivery have reported of the lines they continue (D28b).
pub(super) fn keep_reports(before: &[OrderLine], after: &mut [OrderLine]) {
    let origins = continued(before, after);
    for (line, origin) in after.iter_mut().zip(origins) {
        let Some(old) = origin.and_then(|index| before.get(index)) else {
            continue;
        };
        if let Some(checked) = &old.quality {
            line.quality = Some(Quality {
                requirements: line.quality.take().and_then(|sent| sent.requirements),
                ..checked.clone()
            });
        }
        line.production = old.production.clone();
        line.quantity_delivered = old.quantity_delivered;
        line.quantity_returned = old.quantity_returned;
    }
}

/// The allergens of the lines that the customer must avoid, in lower case, for the alert of D40.
pub(super) fn allergens_in_common(lines: &[OrderLine], customer: Option<&Customer>) -> Vec<String> {
    let of_customer: BTreeSet<String> = customer
        .iter()
        .flat_map(|customer| &customer.body.allergens)
        .map(|allergen| allergen.to_lowercase())
        .collect();
    let of_lines: BTreeSet<String> = lines
        .iter()
        .flat_map(|line| &line.allergens)
        .map(|allergen| allergen.to_lowercase())
        .collect();
    of_customer.intersection(&of_lines).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use orders_domain::decimal::{Percentage, Quantity, UnitPrice};
    use rstest::rstest;

    use super::*;
    use crate::words::PriceSource;

    /// Lines such as `rye:2 roll:1`.
    fn ordered(text: &str) -> Vec<OrderLine> {
        let lines = text.split_whitespace().map(|line| {
            let (product_id, quantity) = line.split_once(':').unwrap();
            let line = NewLine {
                product_id: product_id.into(),
                product_name: None,
                sku: None,
                category: None,
                unit: None,
                quantity: Quantity::parse(quantity).unwrap(),
                unit_price: None,
                discount: Discount::None,
                tax_rate: Percentage::ZERO,
                unit_cost: None,
                specifications: BTreeMap::new(),
                customization: None,
                special_instructions: None,
                allergens: None,
                recipe_id: None,
                quality_requirements: None,
            };
            let price = LinePrice {
                unit_price: UnitPrice::ZERO,
                source: PriceSource::Given,
                pricing_rule: None,
            };
            line_of(&line, None, price)
        });
        lines.collect()
    }

    // D27, D28b: positions from 1, "-" for a line that continues none.
    #[rstest]
    #[case("rye:2 roll:1", "rye:2 roll:1", "1 2")]
    #[case("rye:2 roll:1", "roll:1 rye:2", "2 1")]
    #[case("rye:2 rye:3", "rye:3", "2")]
    #[case("rye:2 rye:3", "rye:5 rye:2", "2 1")]
    #[case("rye:2 rye:2", "rye:2 rye:5 rye:1", "1 2 -")]
    #[case("rye:2", "cake:2", "-")]
    #[case("", "rye:1", "-")]
    fn a_new_line_continues_an_old_one_of_its_product(
        #[case] before: &str,
        #[case] after: &str,
        #[case] expected: &str,
    ) {
        let origins = continued(&ordered(before), &ordered(after)).into_iter();
        let shown: Vec<_> = origins
            .map(|origin| origin.map_or("-".to_owned(), |index| (index + 1).to_string()))
            .collect();
        assert_eq!(shown.join(" "), expected);
    }
}
