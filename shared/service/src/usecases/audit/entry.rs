//! What the audit copy keeps of an entry of an order's history. It is the same before and after an erasure (D34), so that
//! a row can be held against its entry for ever.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::Value;

use crate::messaging::envelope::PaymentData;
use crate::store::audit::{AuditEntry, AuditPayment};
use crate::store::orders::HistoryEntry;
use crate::words::HistoryEvent;

/// Members of a context that hold changed fields. What stands under any other name is a value: it may be a customer's
/// words, names of members included, and an erasure may take it.
const HOLDERS: [&str; 4] = ["changed", "items", "production", "quality"];

/// The audit copy of an entry.
pub fn of_entry(entry: &HistoryEntry) -> AuditEntry {
    let payment = entry
        .context
        .as_ref()
        .filter(|_| entry.event == HistoryEvent::PaymentRecorded)
        .and_then(|context| PaymentData::deserialize(context).ok());
    AuditEntry {
        sequence: entry.sequence,
        event: entry.event,
        from_status: entry.from_status,
        to_status: entry.to_status,
        user_id: entry.changed_by.user_id.clone(),
        role: entry.changed_by.role.clone(),
        changed_at: entry.changed_at,
        version: entry.version,
        after: entry.after.clone(),
        payment: payment.map(|payment| AuditPayment {
            payment_id: payment.payment_id,
            amount: payment.amount,
            method: payment.method,
            status: payment.status,
        }),
        changed_fields: entry.context.as_ref().map(changed_fields).unwrap_or_default(),
    }
}

/// The names of the fields that a context says were changed, such as `delivery_fee` and `items.quantity`.
fn changed_fields(context: &Value) -> Vec<String> {
    let mut names = BTreeSet::new();
    if let Some(changed) = context.get("changed") {
        collect(changed, "", &mut names);
    }
    // An erasure's entry says what it is by this alone.
    if context.get("personal_data").is_some() {
        names.insert("personal_data".to_owned());
    }
    names.into_iter().collect()
}

fn collect(holder: &Value, path: &str, names: &mut BTreeSet<String>) {
    match holder {
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, path, names)),
        Value::Object(members) => {
            for (name, value) in members {
                let full = format!("{path}{name}");
                if HOLDERS.contains(&name.as_str()) && !is_change(value) {
                    collect(value, &format!("{full}."), names);
                } else if value.is_object() {
                    names.insert(full);
                }
            }
        }
        _ => {}
    }
}

/// `{from, to}`, or nothing where only the name is told.
fn is_change(value: &Value) -> bool {
    let member = |name: &String| name == "from" || name == "to";
    value
        .as_object()
        .is_some_and(|members| members.keys().all(member))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_of_changed_fields_are_kept() {
        // D34, §4
        let context = json!({"changed": {
            "delivery_address": {"from": null, "to": {"line1": "canary", "canary": "canary"}},
            "special_instructions": {"from": "canary", "to": "canary"},
            "items": [
                {"line": 1, "change": "changed", "product_id": "canary", "quantity": {"from": "2.000", "to": "3.000"},
                 "specifications": {"from": {"canary": "canary"}, "to": {}}},
                {"line": 2, "change": "removed", "product_id": "bun", "unit_price": {"from": "1.0000", "to": null}},
            ],
        }});
        assert_eq!(
            changed_fields(&context),
            [
                "delivery_address",
                "items.quantity",
                "items.specifications",
                "items.unit_price",
                "special_instructions"
            ]
        );
        let report = json!({"line": 1, "changed": {
            "quality.notes": {}, "quality.status": {"from": "pending", "to": "failed"},
            "quality": {"notes": {"from": null, "to": "canary"}},
        }});
        assert_eq!(changed_fields(&report), ["quality.notes", "quality.status"]);
        assert_eq!(
            changed_fields(&json!({"personal_data": "erased"})),
            ["personal_data"]
        );
        assert!(changed_fields(&json!({"payment_id": "p", "amount": "5.00"})).is_empty());
    }
}
