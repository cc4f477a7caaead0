//! What a history entry says besides its figures, without personal data. What may stay is listed: a text under any other
//! name goes, so that a field that comes later is forgotten on the safe side. Names of fields stay.

use serde_json::Value;

/// Fields whose texts are amounts, words of ours, dates or ids. What a caller may word as it likes is not among them, be
/// it the name or the unit of a product: "Cake for Anna Smith".
const KEPT: &[&str] = &[
    "actual_delivery_at",
    "allocated_discount",
    "amount",
    "amount_paid",
    "balance_due",
    "change",
    "changed_fields",
    "cost_amount",
    "delivery_date",
    "delivery_fee",
    "delivery_fee_tax_rate",
    "delivery_method",
    "delivery_window_end",
    "discount_amount",
    "discount_percentage",
    "event_id",
    "gross_amount",
    "line_discount_amount",
    "margin_amount",
    "margin_percentage",
    "method",
    "net_amount",
    "payment_due_date",
    "payment_id",
    "payment_method",
    "payment_status",
    "payment_terms",
    "personal_data",
    "price_source",
    "pricing_rule",
    "product_id",
    "quantity",
    "quantity_delivered",
    "quantity_produced",
    "quantity_returned",
    "recipe_id",
    "requested_delivery_at",
    "returned_amount",
    "status",
    "subtotal",
    "tax_amount",
    "tax_rate",
    "template",
    "total_amount",
    "total_cost",
    "total_quantity",
    "unit_cost",
    "unit_price",
];
/// Members that say when, not what: what stands under them belongs to the field around them.
const SIDES: &[&str] = &["from", "to"];
/// Objects that hold fields, by name.
const HOLDERS: &[&str] = &["changed", "items", "production", "quality"];

/// Scrubs a context; tells whether there was anything.
pub(super) fn scrub_context(context: &mut Value) -> bool {
    scrub(context, false, true)
}

/// `kept`: texts may stay here. `open`: members are fields, and are judged by their own names.
fn scrub(value: &mut Value, kept: bool, open: bool) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::Object(members) if members.is_empty() => false,
        Value::Array(elements) if elements.is_empty() => false,
        Value::String(_) if kept => false,
        Value::Object(members) if open || kept => {
            let mut found = false;
            for (name, value) in members.iter_mut() {
                // `quality.status` and `items/0/quantity` are the fields at their end.
                let field = name.rsplit(['.', '/']).next().unwrap_or(name);
                found |= if SIDES.contains(&field) {
                    scrub(value, kept, open)
                } else {
                    let holds = HOLDERS.contains(&field);
                    scrub_field(value, KEPT.contains(&field), holds)
                };
            }
            found
        }
        Value::Array(elements) if open || kept => elements
            .iter_mut()
            .fold(false, |found, element| scrub(element, kept, open) | found),
        other => {
            *other = Value::Null;
            true
        }
    }
}

/// A field of its own name: kept, gone into, or, where it is only from and to, gone into for their sake.
fn scrub_field(value: &mut Value, kept: bool, holds: bool) -> bool {
    let only_sides = |members: &serde_json::Map<String, Value>| {
        !members.is_empty() && members.keys().all(|name| SIDES.contains(&name.as_str()))
    };
    match value {
        Value::Object(members) if !kept && !holds && only_sides(members) => {
            // The field's name stays, and that it changed; from and to go.
            let found = members.values().any(|value| !value.is_null());
            members.values_mut().for_each(|value| *value = Value::Null);
            found
        }
        value => scrub(value, kept, holds),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scrubbed(mut context: Value) -> Value {
        let before = context.clone();
        assert_eq!(scrub_context(&mut context), before != context);
        assert!(!context.to_string().contains("canary"), "{context}");
        assert!(!scrub_context(&mut context), "it is stable");
        context
    }

    #[test]
    fn an_amendments_figures_and_field_names_stay() {
        // D34, D27
        let context = json!({"changed": {
            "delivery_method": {"from": "pickup", "to": "delivery"},
            "delivery_address": {"from": null, "to": {"line1": "canary", "city": "canary", "status": "canary"}},
            "special_instructions": {"from": "canary", "to": "canary"},
            "discount_percentage": {"from": "0.00", "to": "5.00"},
            "communication": {"from": {"channels": ["canary"], "language": "canary"}, "to": null},
            "items": [
                {"line": 1, "change": "changed", "product_id": "rye", "quantity": {"from": "2.000", "to": "3.000"},
                 "previous_line": 2, "price_source": {"from": "given", "to": "dynamic"},
                 "pricing_rule": {"from": null, "to": "weekend"}, "recipe_id": {"from": "r1", "to": "r2"},
                 "product_name": {"from": null, "to": "canary"}, "sku": {"from": "canary", "to": null},
                 "category": {"from": "canary", "to": "canary"}, "unit": {"from": null, "to": "canary"},
                 "allergens": {"from": [], "to": ["canary"]}, "quality_requirements": {"from": null, "to": "canary"},
                 "customization": {"from": null, "to": "canary"},
                 "specifications": {"from": {}, "to": {"canary": "canary", "from": "canary", "status": "canary"}}},
                {"line": 2, "change": "removed", "product_id": "bun"},
            ],
        }});
        assert_eq!(
            scrubbed(context),
            json!({"changed": {
                "delivery_method": {"from": "pickup", "to": "delivery"},
                "delivery_address": {"from": null, "to": null},
                "special_instructions": {"from": null, "to": null},
                "discount_percentage": {"from": "0.00", "to": "5.00"},
                "communication": {"from": null, "to": null},
                "items": [
                    {"line": 1, "change": "changed", "product_id": "rye", "quantity": {"from": "2.000", "to": "3.000"},
                     "previous_line": 2, "price_source": {"from": "given", "to": "dynamic"},
                     "pricing_rule": {"from": null, "to": "weekend"}, "recipe_id": {"from": "r1", "to": "r2"},
                     "product_name": {"from": null, "to": null}, "sku": {"from": null, "to": null},
                     "category": {"from": null, "to": null}, "unit": {"from": null, "to": null},
                     "allergens": {"from": null, "to": null}, "quality_requirements": {"from": null, "to": null},
                     "customization": {"from": null, "to": null},
                     "specifications": {"from": null, "to": null}},
                    {"line": 2, "change": "removed", "product_id": "bun"},
                ],
            }})
        );
    }

    #[test]
    fn payments_and_reports_keep_what_they_count() {
        // D34, D28, D28b
        let payment = json!({"payment_id": "p", "amount": "5.00", "method": "cash", "status": "succeeded"});
        assert_eq!(scrubbed(payment.clone()), payment);
        let named_only = json!({"line": 2, "changed": {"quality.notes": {}, "quantity_returned": {"from": "0.000", "to": "1.000"}}});
        assert_eq!(scrubbed(named_only.clone()), named_only);
        let report = json!({"line": 2, "changed": {
            "quality.status": {"from": "pending", "to": "failed"}, "quality.notes": "canary",
            "quality": {"status": {"from": "pending", "to": "failed"}, "notes": {"from": null, "to": "canary"}},
            "quantity_delivered": {"from": null, "to": "1.000"},
        }});
        assert_eq!(
            scrubbed(report),
            json!({"line": 2, "changed": {
                "quality.status": {"from": "pending", "to": "failed"}, "quality.notes": null,
                "quality": {"status": {"from": "pending", "to": "failed"}, "notes": {"from": null, "to": null}},
                "quantity_delivered": {"from": null, "to": "1.000"},
            }})
        );
    }

    #[test]
    fn what_is_not_known_goes() {
        // D34
        assert_eq!(scrubbed(json!("canary")), Value::Null);
        assert_eq!(scrubbed(json!(["canary", 1, true])), json!([null, 1, true]));
        assert_eq!(scrubbed(json!({"anything": "canary"})), json!({"anything": null}));
        assert_eq!(
            scrubbed(json!({"anything": {"status": "canary"}})),
            json!({"anything": null})
        );
        assert_eq!(
            scrubbed(json!({"anything": ["canary"]})),
            json!({"anything": null})
        );
    }
}
