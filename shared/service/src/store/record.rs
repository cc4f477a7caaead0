//! The envelope every item wears: keys, kind, schema version, version and write stamp.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::StoreError;
use super::keys::{Key, Keys};
use crate::auth::TenantId;

/// An item as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

/// A kind of record the table holds. Its serde form is the item less the envelope.
///
/// By convention `r` is what a list row shows (projected into the indexes) and `b` is the rest.
pub trait Record: Serialize + DeserializeOwned + Send {
    /// The value of `k`, short, as it stands in every index.
    const KIND: &'static str;
    /// The schema this code writes.
    const SCHEMA: u32 = 1;

    /// Where the record stands.
    fn keys(&self, tenant: TenantId) -> Keys;

    /// Turns an item of schema `from` into one of schema `from + 1`; `None` when that is not possible. An item that
    /// comes from an index has only the projected attributes.
    fn upcast(from: u32, item: Item) -> Option<Item> {
        let _ = (from, item);
        None
    }
}

/// A record that is changed in place, under a version.
pub trait Versioned: Record {
    /// The version, 1 for a new record.
    fn version(&self) -> u64;
    /// The stamp of the write that made this version.
    fn write_id(&self) -> Uuid;
}

/// The item of a record.
///
/// # Errors
/// [`StoreError::Corrupt`] when the record does not serialise, which is a fault of ours.
pub fn to_item<R: Record>(tenant: TenantId, record: &R) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(record)
        .map_err(|error| StoreError::Corrupt(format!("{} does not serialise: {error}", R::KIND)))?;
    let keys = record.keys(tenant);
    item.insert("k".into(), AttributeValue::S(R::KIND.into()));
    item.insert("sv".into(), AttributeValue::N(R::SCHEMA.to_string()));
    insert_key(&mut item, "pk", "sk", keys.primary);
    for (pk, sk, key) in [
        ("g1p", "g1s", keys.g1),
        ("g2p", "g2s", keys.g2),
        ("g3p", "g3s", keys.g3),
    ] {
        // An absent index key is left out: a NULL would be refused.
        if let Some(key) = key {
            insert_key(&mut item, pk, sk, key);
        }
    }
    Ok(item)
}

fn insert_key(item: &mut Item, pk: &str, sk: &str, key: Key) {
    item.insert(pk.into(), AttributeValue::S(key.pk));
    item.insert(sk.into(), AttributeValue::S(key.sk));
}

/// What an index gives of a record: its row, without the rest.
pub trait IndexRow: DeserializeOwned {
    /// The record it is a part of.
    type Of: Record;
}

/// The record of an item, brought up to this code's schema.
///
/// # Errors
/// [`StoreError::UnknownSchema`] for a schema newer than this code, which is refused, never guessed;
/// [`StoreError::Corrupt`] when the item is not what its kind says.
pub fn from_item<R: Record>(item: Item) -> Result<R, StoreError> {
    parse(current::<R>(item)?, R::KIND)
}

/// The row of an item in an index, under the same rules as the whole record.
///
/// # Errors
/// As [`from_item`].
pub fn from_index<T: IndexRow>(item: Item) -> Result<T, StoreError> {
    parse(current::<T::Of>(item)?, T::Of::KIND)
}

/// The item in this code's schema.
fn current<R: Record>(mut item: Item) -> Result<Item, StoreError> {
    let kind = text(&item, "k").unwrap_or_default();
    if kind != R::KIND {
        return Err(StoreError::Corrupt(format!(
            "found an item of kind {kind:?}, expected {:?}",
            R::KIND
        )));
    }
    let found = match item.get("sv") {
        Some(AttributeValue::N(raw)) => raw
            .parse::<u32>()
            .map_err(|_| StoreError::Corrupt("sv is no number".into()))?,
        _ => return Err(StoreError::Corrupt("sv is missing".into())),
    };
    if found > R::SCHEMA {
        return Err(StoreError::UnknownSchema { kind: R::KIND, found });
    }
    for from in found..R::SCHEMA {
        item = R::upcast(from, item)
            .ok_or_else(|| StoreError::Corrupt(format!("{} has no way up from schema {from}", R::KIND)))?;
    }
    Ok(item)
}

fn parse<T: DeserializeOwned>(item: Item, kind: &str) -> Result<T, StoreError> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|error| {
        StoreError::Corrupt(format!(
            "{kind} does not parse: {}",
            without_values(&error.to_string())
        ))
    })
}

/// An error of parsing without the value it quotes, which may be a customer's data: causes are logged.
fn without_values(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let expected = rest.find(", expected").and_then(|at| rest.get(at..));
        return format!("unknown variant{}", expected.unwrap_or(""));
    }
    let quoted = message
        .split_once('"')
        .and_then(|(before, rest)| Some((before, rest.rsplit_once('"')?.1)));
    quoted.map_or_else(
        || message.to_owned(),
        |(before, after)| format!("{before}…{after}"),
    )
}

/// A text attribute.
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// A whole-number attribute.
pub fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The size of an item in bytes by DynamoDB's rules, which decide what it costs and whether it fits.
pub fn size_bytes(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value_size(value))
        .sum()
}

/// The sizes of the elements of a list inside a map attribute, as [`size_bytes`] counts them.
pub(super) fn list_sizes(item: &Item, map: &str, list: &str) -> Vec<usize> {
    let found = item.get(map).and_then(|value| value.as_m().ok()?.get(list));
    let list = found.and_then(|value| value.as_l().ok());
    list.into_iter()
        .flatten()
        .map(|value| 1 + value_size(value))
        .collect()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        // About one byte per two digits and one more, as documented.
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::M(map) => {
            3 + map
                .iter()
                .map(|(name, value)| 1 + name.len() + value_size(value))
                .sum::<usize>()
        }
        AttributeValue::L(list) => 3 + list.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        AttributeValue::Ss(set) => set.iter().map(String::len).sum(),
        AttributeValue::Ns(set) => set.iter().map(|digits| digits.len().div_ceil(2) + 1).sum(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Thing {
        b: String,
    }

    impl Record for Thing {
        const KIND: &'static str = "TH";
        const SCHEMA: u32 = 3;
        fn keys(&self, tenant: TenantId) -> Keys {
            Keys::only(Key::new(format!("T#{tenant}"), "thing"))
        }
        fn upcast(from: u32, mut item: Item) -> Option<Item> {
            match from {
                1 => None,
                _ => {
                    let old = item.remove("a")?;
                    item.insert("b".into(), old);
                    Some(item)
                }
            }
        }
    }

    fn stored(schema: &str, name: &str) -> Item {
        HashMap::from([
            ("k".into(), AttributeValue::S("TH".into())),
            ("sv".into(), AttributeValue::N(schema.into())),
            (name.into(), AttributeValue::S("x".into())),
        ])
    }

    #[test]
    fn a_record_round_trips_and_leaves_absent_index_keys_out() {
        let thing = Thing { b: "x".into() };
        let item = to_item(TenantId(Uuid::nil()), &thing).unwrap();
        assert!(!item.contains_key("g1p"));
        assert_eq!(from_item::<Thing>(item).unwrap(), thing);
    }

    #[test]
    fn older_schemas_are_brought_up_and_newer_ones_refused() {
        assert_eq!(from_item::<Thing>(stored("2", "a")).unwrap().b, "x");
        assert!(matches!(
            from_item::<Thing>(stored("4", "b")),
            Err(StoreError::UnknownSchema { kind: "TH", found: 4 })
        ));
        assert!(matches!(
            from_item::<Thing>(stored("1", "a")),
            Err(StoreError::Corrupt(_))
        ));
    }

    #[derive(Debug, Deserialize)]
    struct ThingRow {
        b: String,
    }

    impl IndexRow for ThingRow {
        type Of = Thing;
    }

    #[test]
    fn rows_of_an_index_are_held_to_the_same_schema() {
        assert_eq!(from_index::<ThingRow>(stored("2", "a")).unwrap().b, "x");
        assert!(matches!(
            from_index::<ThingRow>(stored("4", "b")),
            Err(StoreError::UnknownSchema { kind: "TH", found: 4 })
        ));
    }

    #[test]
    fn what_does_not_parse_is_told_without_its_values() {
        // D34
        #[derive(Debug, Serialize, Deserialize)]
        enum Word {
            One,
        }
        let item = AttributeValue::M(HashMap::from([(
            "b".to_owned(),
            AttributeValue::S("canary".into()),
        )]));
        let error =
            parse::<HashMap<String, HashMap<String, Word>>>(HashMap::from([("a".into(), item)]), "TH");
        assert_eq!(
            error.unwrap_err().to_string(),
            "TH does not parse: unknown variant, expected `One`"
        );
        assert_eq!(
            without_values(r#"invalid type: string "a \"canary\" sings", expected u32"#),
            "invalid type: string …, expected u32"
        );
        assert_eq!(without_values("missing field `n`"), "missing field `n`");
    }

    #[test]
    fn sizes_follow_the_documented_rules() {
        let item = HashMap::from([
            ("pk".to_owned(), AttributeValue::S("abc".into())),
            ("n".to_owned(), AttributeValue::N("1234".into())),
            (
                "l".to_owned(),
                AttributeValue::L(vec![AttributeValue::Bool(true)]),
            ),
        ]);
        assert_eq!(size_bytes(&item), (2 + 3) + (1 + 3) + (1 + 3 + 2));
    }
}
