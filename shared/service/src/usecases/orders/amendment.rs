//! An amendment and what it makes of an order (D27): a merge patch, so that what is not sent stays, and null takes the
//! default of a new order.

use chrono::{DateTime, Utc};
use orders_domain::decimal::{Money, Percentage};
use orders_domain::order_status::DeliveryMethod;
use orders_domain::payments::due_date;
use orders_domain::pricing::Discount;

use super::availability::{self, Asked};
use super::build::default_window_end;
use super::draft::NewLine;
use super::figures::{self, discount_of};
use super::known::Known;
use super::lines::{self, allergens_in_common, keep_reports};
use super::notices;
use super::prices::PriceSources;
use super::rules::{self, Faults};
use crate::app::App;
use crate::auth::Access;
use crate::problem::{Problem, ProblemCode};
use crate::store::orders::{Address, Order};
use crate::usecases::patches::{AddressPatch, CommunicationPatch};

/// What is to change. Outer `None`: not sent. Inner `None`: null was sent.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "the fields are those of D27, under their names")]
pub struct Amendment {
    pub items: Option<Vec<NewLine>>,
    pub delivery_method: Option<DeliveryMethod>,
    pub delivery_address: Option<Option<AddressPatch>>,
    pub requested_delivery_at: Option<DateTime<Utc>>,
    pub delivery_window_end: Option<Option<DateTime<Utc>>>,
    pub delivery_fee: Option<Money>,
    pub delivery_fee_tax_rate: Option<Percentage>,
    pub special_instructions: Option<Option<String>>,
    pub internal_notes: Option<Option<String>>,
    pub discount_percentage: Option<Option<Percentage>>,
    pub discount_amount: Option<Option<Money>>,
    pub communication: Option<Option<CommunicationPatch>>,
}

impl Amendment {
    /// The lines that were sent.
    pub(super) fn items(&self) -> &[NewLine] {
        self.items.as_deref().unwrap_or_default()
    }

    /// Whether prices have to be worked out again. What has no influence on them never meets a rule about them.
    fn reprices(&self) -> bool {
        self.items.is_some()
            || self.delivery_fee.is_some()
            || self.delivery_fee_tax_rate.is_some()
            || self.discount_percentage.is_some()
            || self.discount_amount.is_some()
    }

    /// The order's discount after the amendment. Null takes away what is there: an amount that is shown beside a
    /// percentage is that percentage's, but a percentage that is null anyway says nothing about an amount.
    fn discount(&self, before: Discount) -> Discount {
        match (self.discount_percentage, self.discount_amount) {
            (Some(Some(percentage)), _) => Discount::Percentage(percentage),
            (_, Some(Some(amount))) => Discount::Amount(amount),
            (_, Some(None)) => Discount::None,
            (Some(None), None) if matches!(before, Discount::Percentage(_)) => Discount::None,
            (_, None) => before,
        }
    }
}

/// The order after the amendment, without stamps and history.
///
/// # Errors
/// 422 that names every faulty field.
pub(super) fn amended(
    app: &App,
    access: &Access,
    before: &Order,
    asked: &Amendment,
    known: &Known,
    availability: &Asked,
) -> Result<Order, Problem> {
    let mut next = before.clone();
    let mut faults = Faults::default();
    move_delivery(app, access, asked, &mut next, &mut faults);
    set_delivery_terms(access, asked, known, &mut next, &mut faults);
    if asked.items.is_some() {
        set_lines(app, access, asked, known, &mut next, &mut faults);
        if !availability::same_demand(&before.body.lines, asked.items()) {
            availability::check(availability, asked.items(), &mut faults);
            notices::note_availability(&mut next, availability);
        }
    }
    set_discount(access, asked, &mut next, &mut faults);
    set_texts(asked, known, &mut next);
    faults.refuse()?;
    if asked.reprices() {
        figures::price(access.settings(), &mut next)?;
    }
    notices::note_address(&mut next);
    next.refresh_demand();
    Ok(next)
}

/// When it is delivered. A window whose start alone moves keeps its length.
fn move_delivery(app: &App, access: &Access, asked: &Amendment, next: &mut Order, faults: &mut Faults) {
    let (begins, ends) = (next.row.requested_delivery_at, next.body.delivery_window_end);
    if let Some(at) = asked.requested_delivery_at.filter(|at| *at != begins) {
        rules::check_requested_at(app.now(), at, faults);
        next.row.requested_delivery_at = at;
        next.row.delivery_date = app.local_date(access, at);
        next.body.payment_due_date = due_date(next.row.delivery_date, next.body.payment_terms);
    }
    let at = next.row.requested_delivery_at;
    next.body.delivery_window_end = match asked.delivery_window_end {
        Some(Some(ends)) => ends,
        Some(None) => default_window_end(access.settings(), at),
        None => at.checked_add_signed(ends - begins).unwrap_or(at),
    };
    rules::check_window(at, next.body.delivery_window_end, faults);
}

/// How and where it is delivered, and for what fee.
fn set_delivery_terms(
    access: &Access,
    asked: &Amendment,
    known: &Known,
    next: &mut Order,
    faults: &mut Faults,
) {
    let old_method = next.row.delivery_method;
    let method = asked.delivery_method.unwrap_or(old_method);
    if method != old_method {
        rules::check_method(access.settings(), method, faults);
        next.row.delivery_method = method;
    }
    if let Some(fee) = asked.delivery_fee {
        next.body.delivery_fee = fee;
    }
    if let Some(rate) = asked.delivery_fee_tax_rate {
        next.body.delivery_fee_tax_rate = rate;
    }
    rules::check_fee(method, next.body.delivery_fee, faults);
    let customers = || {
        known
            .customer
            .as_ref()
            .and_then(|customer| customer.body.address.clone())
    };
    let stored = next.body.delivery_address.take();
    next.body.delivery_address = match (method, &asked.delivery_address) {
        (DeliveryMethod::Pickup, _) => None,
        (DeliveryMethod::Delivery, Some(Some(patch))) => merged(patch, stored.as_ref(), faults),
        (DeliveryMethod::Delivery, Some(None)) => customers(),
        (DeliveryMethod::Delivery, None) if method != old_method => stored.or_else(customers),
        (DeliveryMethod::Delivery, None) => stored,
    };
}

/// The whole list of lines, priced like new ones.
fn set_lines(
    app: &App,
    access: &Access,
    asked: &Amendment,
    known: &Known,
    next: &mut Order,
    faults: &mut Faults,
) {
    let customer = known.customer.as_ref();
    rules::check_lines(access.settings(), asked.items(), faults);
    let prices = PriceSources::of(app, access, customer, next.row.requested_delivery_at);
    let mut lines = lines::lines(asked.items(), &known.products, &prices, faults);
    keep_reports(&next.body.lines, &mut lines);
    next.body.allergens_in_common = allergens_in_common(&lines, customer);
    next.body.lines = lines;
}

/// The order's discount. One that was granted before stays, whatever is switched off since.
fn set_discount(access: &Access, asked: &Amendment, next: &mut Order, faults: &mut Faults) {
    let before = discount_of(next.body.discount_percentage, next.body.discount_amount);
    let discount = asked.discount(before);
    if discount == before {
        return;
    }
    rules::check_discount(access.settings(), discount, "", faults);
    (next.body.discount_percentage, next.body.discount_amount) = match discount {
        Discount::None => (None, Money::ZERO),
        Discount::Percentage(percentage) => (Some(percentage), Money::ZERO),
        Discount::Amount(amount) => (None, amount),
    };
}

fn set_texts(asked: &Amendment, known: &Known, next: &mut Order) {
    let body = &mut next.body;
    if let Some(text) = &asked.special_instructions {
        body.special_instructions.clone_from(text);
    }
    if let Some(text) = &asked.internal_notes {
        body.internal_notes.clone_from(text);
    }
    match &asked.communication {
        None => {}
        Some(Some(patch)) => body.communication = patch.merged(body.communication.as_ref()),
        Some(None) => {
            let customer = known.customer.as_ref();
            body.communication = customer.and_then(|customer| customer.body.communication.clone());
        }
    }
}

/// The address after the change. Where there was none, what an address needs must be sent.
fn merged(patch: &AddressPatch, before: Option<&Address>, faults: &mut Faults) -> Option<Address> {
    let missing = match patch.merged(before) {
        Ok(address) => return Some(address),
        Err(missing) => missing,
    };
    for name in missing {
        let pointer = format!("/delivery_address/{name}");
        faults.add(pointer, ProblemCode::Required, format!("{name} is required."));
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn percent(text: &str) -> Percentage {
        Percentage::parse(text).unwrap()
    }

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    // D27: percentage and amount as sent ("-" not sent, "null" null), and the discount before and after.
    #[rstest]
    #[case("-", "-", "5%", "5%")]
    #[case("-", "-", "5", "5")]
    #[case("10", "-", "5", "10%")]
    #[case("10", "null", "5", "10%")]
    #[case("-", "7", "5%", "7")]
    #[case("null", "7", "5%", "7")]
    #[case("null", "-", "5%", "")]
    #[case("null", "-", "5", "5")]
    #[case("-", "null", "5%", "")]
    #[case("-", "null", "5", "")]
    #[case("null", "null", "5", "")]
    fn a_discount_stays_unless_it_is_sent_or_taken_away(
        #[case] percentage: &str,
        #[case] amount: &str,
        #[case] before: &str,
        #[case] after: &str,
    ) {
        let discount = |text: &str| match text.strip_suffix('%') {
            _ if text.is_empty() => Discount::None,
            Some(text) => Discount::Percentage(percent(text)),
            None => Discount::Amount(money(text)),
        };
        let sent = |text: &str| match text {
            "-" => None,
            "null" => Some(None),
            text => Some(Some(text.to_owned())),
        };
        let asked = Amendment {
            discount_percentage: sent(percentage).map(|sent| sent.map(|text| percent(&text))),
            discount_amount: sent(amount).map(|sent| sent.map(|text| money(&text))),
            ..Amendment::default()
        };
        assert_eq!(asked.discount(discount(before)), discount(after));
    }
}
