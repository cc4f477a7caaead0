//! What an amendment changed, for its history entry (D27): the fields that a caller may send, as they were and as they
//! are, and nothing that stayed.

use orders_domain::decimal::{Money, Percentage};
use orders_domain::pricing::Discount;
use serde_json::{Map, Value, json};

use super::figures::discount_of;
use super::lines::continued;
use crate::store::orders::{Address, Communication, Order, OrderLine};

/// Fields by name, in the words of an answer.
type Fields = Vec<(&'static str, Value)>;

/// The changed fields, each with `from` and `to`; of the lines a list of those that were added, removed or changed.
pub(super) fn between(before: &Order, after: &Order) -> Map<String, Value> {
    let mut changed = differences(&order_fields(before), &order_fields(after));
    let items = line_changes(&before.body.lines, &after.body.lines);
    if !items.is_empty() {
        changed.insert("items".into(), items.into());
    }
    changed
}

fn differences(before: &Fields, after: &Fields) -> Map<String, Value> {
    let pairs = before.iter().zip(after).filter(|((_, from), (_, to))| from != to);
    pairs
        .map(|((name, from), (_, to))| ((*name).to_owned(), json!({"from": from, "to": to})))
        .collect()
}

fn line_changes(before: &[OrderLine], after: &[OrderLine]) -> Vec<Value> {
    let origins = continued(before, after);
    let mut changes = Vec::new();
    for (index, (line, origin)) in after.iter().zip(&origins).enumerate() {
        let old = origin.and_then(|origin| before.get(origin).map(|old| (origin, old)));
        let (word, mut fields) = match old {
            None => ("added", differences(&none_of(amounts(line)), &amounts(line))),
            Some((origin, old)) => {
                let mut fields = differences(&line_fields(old), &line_fields(line));
                if origin != index {
                    fields.insert("previous_line".into(), (origin + 1).into());
                }
                if fields.is_empty() {
                    continue;
                }
                ("changed", fields)
            }
        };
        name_line(&mut fields, index, word, line);
        changes.push(Value::Object(fields));
    }
    for (index, line) in before.iter().enumerate() {
        if !origins.contains(&Some(index)) {
            let mut fields = differences(&amounts(line), &none_of(amounts(line)));
            name_line(&mut fields, index, "removed", line);
            changes.push(Value::Object(fields));
        }
    }
    changes
}

fn name_line(fields: &mut Map<String, Value>, index: usize, change: &str, line: &OrderLine) {
    fields.insert("line".into(), (index + 1).into());
    fields.insert("change".into(), change.into());
    fields.insert("product_id".into(), line.product_id.clone().into());
}

fn none_of(fields: Fields) -> Fields {
    fields.into_iter().map(|(name, _)| (name, Value::Null)).collect()
}

/// What a line that came or went is told by.
fn amounts(line: &OrderLine) -> Fields {
    vec![
        ("quantity", line.quantity.to_string().into()),
        ("unit_price", line.unit_price.to_string().into()),
    ]
}

fn line_fields(line: &OrderLine) -> Fields {
    let requirements = line
        .quality
        .as_ref()
        .and_then(|quality| quality.requirements.clone());
    let mut fields = amounts(line);
    fields.extend([
        ("price_source", line.price_source.as_str().into()),
        ("pricing_rule", json!(line.pricing_rule)),
        ("tax_rate", json!(line.tax_rate)),
        ("unit_cost", json!(line.unit_cost)),
        ("product_name", json!(line.product_name)),
        ("sku", json!(line.sku)),
        ("category", json!(line.category)),
        ("unit", json!(line.unit)),
        ("specifications", json!(line.specifications)),
        ("customization", json!(line.customization)),
        ("special_instructions", json!(line.special_instructions)),
        ("allergens", json!(line.allergens)),
        ("recipe_id", json!(line.recipe_id)),
        ("quality_requirements", json!(requirements)),
    ]);
    fields.extend(discount(line.discount_percentage, line.discount_amount));
    fields
}

fn order_fields(order: &Order) -> Fields {
    let (row, body) = (&order.row, &order.body);
    let mut fields = vec![
        ("delivery_method", row.delivery_method.as_str().into()),
        (
            "delivery_address",
            json!(body.delivery_address.as_ref().map(address)),
        ),
        ("requested_delivery_at", json!(row.requested_delivery_at)),
        ("delivery_window_end", json!(body.delivery_window_end)),
        ("delivery_fee", json!(body.delivery_fee)),
        ("delivery_fee_tax_rate", json!(body.delivery_fee_tax_rate)),
        ("special_instructions", json!(body.special_instructions)),
        ("internal_notes", json!(body.internal_notes)),
        (
            "communication",
            json!(body.communication.as_ref().map(communication)),
        ),
    ];
    fields.extend(discount(body.discount_percentage, body.discount_amount));
    fields
}

/// A discount as it was granted: the amount that a percentage comes to is no change of its own.
fn discount(percentage: Option<Percentage>, amount: Money) -> Fields {
    let amount = match discount_of(percentage, amount) {
        Discount::Amount(amount) => json!(amount),
        _ => Value::Null,
    };
    vec![
        ("discount_percentage", json!(percentage)),
        ("discount_amount", amount),
    ]
}

fn address(address: &Address) -> Value {
    json!({
        "line1": address.line1, "line2": address.line2, "city": address.city, "state": address.state,
        "postal_code": address.postal_code, "country": address.country,
    })
}

fn communication(communication: &Communication) -> Value {
    json!({"channels": communication.channels, "language": communication.language})
}
