//! What an order must keep to before it is stored (D3, D4, D13, D20–D25b, D30). All faults are found at once.

use chrono::{DateTime, Months, Utc};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::pricing::{Discount, LineInput, OrderInput, PricedOrder, PricingError, price_order};

use super::create::{Known, NewLine, NewOrder};
use crate::problem::{FieldError, Problem, ProblemCode};
use crate::settings::Settings;
use crate::store::customers::Customer;
use crate::store::orders::OrderLine;
use crate::words::PriceSource;

/// No tenant may allow more lines than this; what exceeds it is refused before anything is read for it.
pub(super) const MOST_LINES: usize = 50;

/// Deliveries may be asked for this far ahead (D4).
const MONTHS_AHEAD: Months = Months::new(24);

#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, code: ProblemCode, detail: impl Into<String>) {
        self.0.push(FieldError {
            pointer: pointer.into(),
            code,
            detail: detail.into(),
        });
    }
}

/// Prices the order by the tenant's rules.
///
/// # Errors
/// 422 that names every faulty field.
pub(super) fn price(
    settings: &Settings,
    now: DateTime<Utc>,
    new: &NewOrder,
    known: &Known,
) -> Result<(Vec<OrderLine>, PricedOrder), Problem> {
    let mut faults = Faults::default();
    check_lines(settings, new, &mut faults);
    check_delivery(settings, now, new, known.customer.as_ref(), &mut faults);
    check_customer(settings, known.customer.as_ref(), &mut faults);
    check_discounts(settings, new, &mut faults);
    let inputs = line_inputs(new, known, &mut faults);
    if !faults.0.is_empty() {
        return Err(Problem::fields(faults.0));
    }
    let input = OrderInput {
        lines: &inputs.iter().map(|(input, _)| *input).collect::<Vec<_>>(),
        discount: order_discount(settings, new, known.customer.as_ref()),
        delivery_fee: new.delivery_fee,
        delivery_fee_tax_rate: new.delivery_fee_tax_rate,
        tax_exempt: known
            .customer
            .as_ref()
            .is_some_and(|customer| customer.body.tax_exempt),
        max_discount_percentage: settings.max_discount_percentage,
    };
    let priced = price_order(&input).map_err(|error| pricing_problem(&error))?;
    if priced.total_amount < settings.min_order_value || priced.total_amount > settings.max_order_value {
        let (least, most) = (settings.min_order_value, settings.max_order_value);
        return Err(Problem::new(
            ProblemCode::OrderValueOutOfRange,
            format!(
                "The total is {}; it must be from {least} to {most}.",
                priced.total_amount
            ),
        )
        .with("total_amount", priced.total_amount.to_string())
        .with("min_order_value", least.to_string())
        .with("max_order_value", most.to_string()));
    }
    let lines = new
        .items
        .iter()
        .zip(&inputs)
        .zip(&known.products)
        .zip(&priced.lines);
    let lines = lines
        .map(|(((line, (input, source)), product), priced)| {
            let product = product.as_ref();
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
                unit_price: input.unit_price,
                price_source: *source,
                discount_percentage: match line.discount {
                    Discount::Percentage(percentage) => Some(percentage),
                    _ => None,
                },
                discount_amount: priced.discount_amount,
                tax_rate: priced.tax_rate,
                gross_amount: priced.gross_amount,
                net_amount: priced.net_amount,
                allocated_discount: priced.allocated_discount,
                unit_cost: input.unit_cost,
                cost_amount: priced.cost_amount,
                margin_amount: priced.margin_amount,
                margin_percentage: priced.margin_percentage,
                customization: line.customization.clone(),
                special_instructions: line.special_instructions.clone(),
                allergens: allergens(line, product.map(|p| p.allergens.as_slice())),
            }
        })
        .collect();
    Ok((lines, priced))
}

fn allergens(line: &NewLine, of_product: Option<&[String]>) -> Vec<String> {
    line.allergens
        .clone()
        .unwrap_or_else(|| of_product.unwrap_or_default().to_vec())
}

fn check_lines(settings: &Settings, new: &NewOrder, faults: &mut Faults) {
    let most = usize::try_from(settings.max_order_items)
        .unwrap_or(MOST_LINES)
        .min(MOST_LINES);
    if new.items.len() > most {
        let detail = format!(
            "An order may have {most} lines, this one has {}.",
            new.items.len()
        );
        faults.add("/items", ProblemCode::TooManyItems, detail);
    }
}

fn check_delivery(
    settings: &Settings,
    now: DateTime<Utc>,
    new: &NewOrder,
    customer: Option<&Customer>,
    faults: &mut Faults,
) {
    let last = now.checked_add_months(MONTHS_AHEAD).unwrap_or(now);
    if new.requested_delivery_at < now {
        faults.add(
            "/requested_delivery_at",
            ProblemCode::InvalidDate,
            "The requested delivery is in the past.",
        );
    } else if new.requested_delivery_at > last {
        let detail = "The requested delivery is more than two years ahead.";
        faults.add("/requested_delivery_at", ProblemCode::InvalidDate, detail);
    }
    if new
        .delivery_window_end
        .is_some_and(|end| end < new.requested_delivery_at)
    {
        let detail = "The delivery window ends before it begins.";
        faults.add("/delivery_window_end", ProblemCode::InvalidDate, detail);
    }
    let method = delivery_method(new, customer);
    let enabled = match method {
        DeliveryMethod::Delivery => settings.delivery_enabled,
        DeliveryMethod::Pickup => settings.pickup_enabled,
    };
    if !enabled {
        let detail = format!("The delivery method {} is switched off.", method.as_str());
        faults.add("/delivery_method", ProblemCode::DeliveryMethodDisabled, detail);
    }
    if method == DeliveryMethod::Pickup && !new.delivery_fee.is_zero() {
        faults.add(
            "/delivery_fee",
            ProblemCode::InvalidValue,
            "An order for pickup has no delivery fee.",
        );
    }
}

/// The request's method, else the customer's, else delivery (D25).
pub(super) fn delivery_method(new: &NewOrder, customer: Option<&Customer>) -> DeliveryMethod {
    new.delivery_method
        .or_else(|| customer.and_then(|customer| customer.body.preferred_delivery_method))
        .unwrap_or(DeliveryMethod::Delivery)
}

fn check_customer(settings: &Settings, customer: Option<&Customer>, faults: &mut Faults) {
    if !settings.customer_validation_enabled {
        return;
    }
    match customer {
        None => faults.add(
            "/customer_id",
            ProblemCode::CustomerNotFound,
            "There is no such customer.",
        ),
        Some(customer) if !customer.row.is_active => {
            faults.add(
                "/customer_id",
                ProblemCode::CustomerInactive,
                "The customer is not active.",
            );
        }
        Some(customer) if customer.row.on_hold => {
            faults.add(
                "/customer_id",
                ProblemCode::CustomerOnHold,
                "The customer is on hold.",
            );
        }
        Some(_) => {}
    }
}

fn check_discounts(settings: &Settings, new: &NewOrder, faults: &mut Faults) {
    if settings.discount_enabled {
        return;
    }
    let mut refuse = |pointer: String| {
        faults.add(
            pointer,
            ProblemCode::DiscountsDisabled,
            "Discounts are switched off.",
        );
    };
    if let Some(field) = named(&new.discount) {
        refuse(format!("/{field}"));
    }
    for (index, line) in new.items.iter().enumerate() {
        if let Some(field) = named(&line.discount) {
            refuse(format!("/items/{index}/{field}"));
        }
    }
}

/// The field of a discount that is more than zero.
fn named(discount: &Discount) -> Option<&'static str> {
    match discount {
        Discount::Percentage(percentage) if !percentage.is_zero() => Some("discount_percentage"),
        Discount::Amount(amount) if !amount.is_zero() => Some("discount_amount"),
        _ => None,
    }
}

/// The request's discount, else the customer's standing one (D20), which is ignored while discounts are off (D13).
pub(super) fn order_discount(settings: &Settings, new: &NewOrder, customer: Option<&Customer>) -> Discount {
    match (new.discount, customer) {
        (Discount::None, Some(customer))
            if settings.discount_enabled && !customer.body.discount_percentage.is_zero() =>
        {
            Discount::Percentage(customer.body.discount_percentage)
        }
        (sent, _) => sent,
    }
}

/// Each line's price: the one sent, else the catalog's (D25b).
fn line_inputs(new: &NewOrder, known: &Known, faults: &mut Faults) -> Vec<(LineInput, PriceSource)> {
    // Lines beyond the most that any order may have are refused as such; their products were not even read.
    let lines = new.items.iter().zip(&known.products).take(MOST_LINES).enumerate();
    lines
        .filter_map(|(index, (line, product))| {
            let listed = product.as_ref().and_then(|product| product.price);
            let (unit_price, source) = match (line.unit_price, listed) {
                (Some(given), _) => (given, PriceSource::Given),
                (None, Some(listed)) => (listed, PriceSource::Catalog),
                (None, None) => {
                    let detail = format!("No price is known for product {}.", line.product_id);
                    faults.add(
                        format!("/items/{index}/unit_price"),
                        ProblemCode::PriceUnknown,
                        detail,
                    );
                    return None;
                }
            };
            let unit_cost = line
                .unit_cost
                .or_else(|| product.as_ref().and_then(|p| p.unit_cost));
            let input = LineInput {
                quantity: line.quantity,
                unit_price,
                discount: line.discount,
                tax_rate: line.tax_rate,
                unit_cost,
            };
            Some((input, source))
        })
        .collect()
}

fn pricing_problem(error: &PricingError) -> Problem {
    let (pointer, code) = match error {
        PricingError::LineDiscountExceedsGross { line } => (
            format!("/items/{line}/discount_amount"),
            ProblemCode::DiscountExceedsLine,
        ),
        PricingError::DiscountExceedsSubtotal => (
            "/discount_amount".to_owned(),
            ProblemCode::DiscountExceedsSubtotal,
        ),
        PricingError::DiscountExceedsMaximum => {
            return Problem::new(ProblemCode::DiscountExceedsMaximum, error.to_string());
        }
        PricingError::AmountOverflow => return Problem::new(ProblemCode::AmountOverflow, error.to_string()),
    };
    Problem::field(pointer, code, error.to_string())
}

/// The 422 for an order that has grown beyond what is stored.
pub(super) fn too_large() -> Problem {
    Problem::new(
        ProblemCode::OrderTooLarge,
        "The order with its texts and history is larger than 300 KB.",
    )
}
