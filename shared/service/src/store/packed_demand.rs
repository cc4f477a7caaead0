//! The demand vector as one text, `rye=2000,roll=12000`: products in the order of the lines, quantities in thousandths.
//! It stands in an index and is read for every order of a horizon, so each byte counts; product ids hold neither `=`
//! nor `,` (D1).

use orders_domain::decimal::Quantity;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

use super::orders::DemandLine;

pub(super) fn serialize<S: Serializer>(lines: &Option<Vec<DemandLine>>, to: S) -> Result<S::Ok, S::Error> {
    match lines {
        Some(lines) => to.serialize_str(&pack(lines)),
        None => to.serialize_none(),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<DemandLine>>, D::Error> {
    let packed = Option::<String>::deserialize(from)?;
    packed
        .map(|text| unpack(&text).ok_or_else(|| D::Error::custom("a demand vector is not readable")))
        .transpose()
}

fn pack(lines: &[DemandLine]) -> String {
    let parts: Vec<_> = lines
        .iter()
        .map(|line| format!("{}={}", line.product_id, line.quantity.scaled()))
        .collect();
    parts.join(",")
}

fn unpack(text: &str) -> Option<Vec<DemandLine>> {
    text.split(',')
        .zip(1_u16..)
        .map(|(part, line)| {
            let (product_id, thousandths) = part.split_once('=')?;
            let quantity = Quantity::from_scaled(thousandths.parse().ok()?);
            Some(DemandLine {
                line,
                product_id: product_id.to_owned(),
                quantity,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_reads_back_as_it_was_written() {
        // D50
        let line = |line: u16, product_id: &str, scaled: i64| DemandLine {
            line,
            product_id: product_id.into(),
            quantity: Quantity::from_scaled(scaled),
        };
        let lines = vec![line(1, "rye:dark.v2", 2_000), line(2, "roll_12-x", 1)];
        assert_eq!(pack(&lines), "rye:dark.v2=2000,roll_12-x=1");
        assert_eq!(unpack(&pack(&lines)), Some(lines));
        assert_eq!(unpack("rye"), None);
        assert_eq!(unpack("rye=much"), None);
    }
}
