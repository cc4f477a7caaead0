//! What can be bought of what is wanted: a minimum order quantity and whole packs (D64), for the lots of every method.

use crate::catalog::{DEFAULT_PACK_SIZE, Offer};
use crate::decimal::Quantity;
use crate::planning::input::PlanError;

/// Minimum order quantity and pack size of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::planning) struct LotRule {
    pub(in crate::planning) minimum_order_quantity: Quantity,
    pub(in crate::planning) pack_size: Quantity,
}

impl LotRule {
    /// The rule of an offer, or what SPEC §9 takes where nothing is said.
    pub(in crate::planning) fn new(offer: Option<&Offer>) -> Self {
        let pack_size = offer.map_or(DEFAULT_PACK_SIZE, |offer| offer.pack_size);
        let minimum = offer.map_or(Quantity::ZERO, |offer| offer.minimum_order_quantity);
        Self {
            minimum_order_quantity: minimum.max(Quantity::ZERO),
            // A pack of nothing could never fill an order.
            pack_size: if pack_size.scaled() > 0 {
                pack_size
            } else {
                DEFAULT_PACK_SIZE
            },
        }
    }

    /// `0 if wanted = 0, else ceil(max(wanted, MOQ)/pack)·pack` (D64). Once per lot, after all demand was put together.
    pub(in crate::planning) fn lot(self, wanted: Quantity) -> Result<Quantity, PlanError> {
        if wanted.scaled() <= 0 {
            return Ok(Quantity::ZERO);
        }
        let (wanted, pack) = (
            wanted.max(self.minimum_order_quantity).scaled(),
            self.pack_size.scaled(),
        );
        let packs = wanted / pack + i64::from(wanted % pack > 0);
        packs
            .checked_mul(pack)
            .map(Quantity::from_scaled)
            .ok_or(PlanError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::quantity;

    // D64
    #[test]
    fn lots_are_whole_packs_and_at_least_the_minimum() {
        let lot = |net: &str, minimum: &str, pack: &str| {
            let rule = LotRule {
                minimum_order_quantity: quantity(minimum),
                pack_size: quantity(pack),
            };
            rule.lot(quantity(net)).unwrap().to_string()
        };
        assert_eq!(lot("80", "50", "25"), "100.000");
        assert_eq!(lot("0", "50", "25"), "0.000");
        assert_eq!(lot("0.001", "50", "25"), "50.000");
        assert_eq!(lot("75", "50", "25"), "75.000");
        // The minimum itself is no multiple of the pack: the next pack above it.
        assert_eq!(lot("1", "30", "25"), "50.000");
        assert_eq!(lot("2.501", "0", "0.5"), "3.000");
    }

    // SPEC §9: left out means a pack of 1 and no minimum; a pack of nothing is taken as left out.
    #[test]
    fn without_terms_whole_units_are_bought() {
        assert_eq!(LotRule::new(None).lot(quantity("2.4")).unwrap(), quantity("3"));
        let broken = Offer {
            pack_size: Quantity::ZERO,
            ..Offer::default()
        };
        assert_eq!(
            LotRule::new(Some(&broken)).lot(quantity("2.4")).unwrap(),
            quantity("3")
        );
    }

    #[test]
    fn a_lot_beyond_counting_is_an_error() {
        let rule = LotRule {
            minimum_order_quantity: Quantity::ZERO,
            pack_size: quantity("1000000"),
        };
        assert_eq!(
            rule.lot(Quantity::from_scaled(i64::MAX)),
            Err(PlanError::Overflow)
        );
    }
}
