//! Taking personal data out of an order (D34): names, addresses, wishes and every free text. Amounts, quantities, ids of
//! products, statuses, times and who of the bakery did what stay.

use super::context::scrub_context;
use crate::store::orders::{HistoryEntry, Order, OrderBody, OrderLine, Payment};

/// Scrubs an order; tells whether there was anything.
pub(super) fn scrub(order: &mut Order) -> bool {
    let named = !order.row.customer_name.is_empty();
    order.row.customer_name.clear();
    let body = scrub_body(&mut order.body);
    named | body
}

fn scrub_body(body: &mut OrderBody) -> bool {
    let mut found = taken(&mut body.delivery_address)
        | taken(&mut body.special_instructions)
        | taken(&mut body.internal_notes)
        | taken(&mut body.communication)
        | emptied(&mut body.warnings)
        | emptied(&mut body.allergens_in_common);
    found |= std::mem::take(&mut body.customer_has_special_requirements);
    if let Some(hold) = &mut body.hold {
        found |= taken(&mut hold.note);
    }
    if let Some(cancellation) = &mut body.cancellation {
        found |= taken(&mut cancellation.reason);
    }
    for line in &mut body.lines {
        found |= scrub_line(line);
    }
    found | scrub_part(&mut body.history, &mut body.payments)
}

/// What a line is called may be the caller's own words too; the catalog knows what its product's id stands for.
fn scrub_line(line: &mut OrderLine) -> bool {
    let mut found = taken(&mut line.product_name)
        | taken(&mut line.sku)
        | taken(&mut line.category)
        | taken(&mut line.unit)
        | taken(&mut line.customization)
        | taken(&mut line.special_instructions)
        | emptied(&mut line.allergens);
    found |= !line.specifications.is_empty();
    line.specifications.clear();
    if let Some(quality) = &mut line.quality {
        found |= taken(&mut quality.requirements) | taken(&mut quality.notes);
    }
    found
}

/// Scrubs entries and payments, whether they stand in the order or in a part of its history.
pub(super) fn scrub_part(history: &mut Vec<HistoryEntry>, payments: &mut Vec<Payment>) -> bool {
    let mut found = false;
    for payment in payments {
        found |= taken(&mut payment.reference);
    }
    for entry in history {
        found |= scrub_reason(entry) | taken(&mut entry.note);
        if let Some(context) = &mut entry.context {
            found |= scrub_context(context);
        }
    }
    found
}

/// A reason that we gave ourselves is a word, such as why an order is on hold, and stays.
fn scrub_reason(entry: &mut HistoryEntry) -> bool {
    let ours = |reason: &String| {
        entry
            .after
            .hold_reason
            .is_some_and(|hold| hold.as_str() == reason)
            || reason == "auto_approve_orders"
    };
    match &entry.reason {
        Some(reason) if !ours(reason) => {
            entry.reason = None;
            true
        }
        _ => false,
    }
}

fn taken<T>(value: &mut Option<T>) -> bool {
    value.take().is_some()
}

fn emptied<T>(list: &mut Vec<T>) -> bool {
    let found = !list.is_empty();
    list.clear();
    found
}
