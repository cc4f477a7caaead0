//! What whoever takes an order should notice about it: its own warnings, none of which stops it.

use orders_domain::order_status::DeliveryMethod;

use super::availability::Asked;
use crate::store::orders::Order;

const NO_ADDRESS: &str = "No delivery address is known for this delivery.";
const NOT_CHECKED: &str = "Availability was not checked: inventory did not answer.";

/// Notes what inventory said of the lines, or did not say.
pub(super) fn note_availability(order: &mut Order, asked: &Asked) {
    order.body.availability_checked = matches!(asked, Asked::Answered(_));
    set(order, NOT_CHECKED, *asked == Asked::Unanswered);
}

/// Notes a delivery that knows no address.
pub(super) fn note_address(order: &mut Order) {
    let missing =
        order.row.delivery_method == DeliveryMethod::Delivery && order.body.delivery_address.is_none();
    set(order, NO_ADDRESS, missing);
}

fn set(order: &mut Order, warning: &str, on: bool) {
    order.body.warnings.retain(|known| known != warning);
    if on {
        order.body.warnings.push(warning.to_owned());
    }
}
