use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::store::record::size_bytes;
use crate::words::CustomerEvent;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

fn customer(entries: u64) -> Customer {
    let change = |sequence: u64| {
        serde_json::json!({
            "n": sequence, "e": "updated", "v": sequence, "a": 1, "b": {"u": "u", "r": "admin"},
        })
    };
    let customer = serde_json::json!({
        "id": Uuid::from_u128(2), "ver": entries, "wid": Uuid::from_u128(9),
        "r": {"co": "C", "n": "N", "t": "individual", "ac": true, "oh": false, "sg": "regular", "ca": 1},
        "b": {
            "te": false, "pt": "immediate", "dp": "0.00", "by": {"u": "u", "r": "admin"}, "ua": 1,
            "ub": {"u": "u", "r": "admin"}, "h": (1..=entries).map(change).collect::<Vec<_>>(),
        },
    });
    serde_json::from_value(customer).unwrap()
}

fn sequences(entries: &[CustomerChange]) -> Vec<u64> {
    entries.iter().map(|entry| entry.sequence).collect()
}

#[test]
fn forty_entries_stay_and_the_next_one_moves_all_but_twenty() {
    // DESIGN §3
    let (item, part) = items_of(TENANT, &customer(40)).unwrap();
    assert_eq!(part, None);
    assert_eq!(from_item::<Customer>(item).unwrap(), customer(40));
    let (item, part) = items_of(TENANT, &customer(41)).unwrap();
    let (kept, part) = (
        from_item::<Customer>(item).unwrap(),
        from_item::<HistoryPart<CustomerChange>>(part.unwrap()).unwrap(),
    );
    assert_eq!(sequences(&part.entries), (1..=21).collect::<Vec<_>>());
    assert_eq!(sequences(&kept.body.history), (22..=41).collect::<Vec<_>>());
    assert_eq!((kept.body.history_parts, part.number()), (1, 1));
    let key = keys::history_part(&keys::customer(TENANT, Uuid::from_u128(2)), 1);
    assert_eq!((part.pk, part.sk), (key.pk, key.sk));
    // Its stamp is the record's own: the two are one write.
    assert_eq!(part.write_id, kept.write_id);
}

#[test]
fn heavy_entries_move_before_there_are_forty() {
    // DESIGN §3
    let mut heavy = customer(20);
    for entry in &mut heavy.body.history {
        entry.changed_fields = vec!["x".repeat(1700)];
    }
    let (item, part) = items_of(TENANT, &heavy).unwrap();
    assert!(part.is_some());
    let kept = from_item::<Customer>(item.clone()).unwrap();
    assert_eq!(sequences(&kept.body.history), (12..=20).collect::<Vec<_>>());
    assert!(size_bytes(&item) < KEPT_ENTRY_BYTES + 1024);
}

#[test]
fn the_newest_entry_stays_however_heavy_it_is() {
    // The next entry is numbered after it.
    let mut heavy = customer(3);
    heavy.body.history[2].changed_fields = vec!["x".repeat(MOST_ENTRY_BYTES)];
    let (item, _) = items_of(TENANT, &heavy).unwrap();
    assert_eq!(sequences(&from_item::<Customer>(item).unwrap().body.history), [3]);
}

#[test]
fn the_parts_end_where_their_numbers_would_no_longer_sort() {
    let mut old = customer(60);
    old.body.history_parts = MOST_PARTS;
    let (item, part) = items_of(TENANT, &old).unwrap();
    assert_eq!((from_item::<Customer>(item).unwrap(), part), (old, None));
}

proptest! {
    // DESIGN §3: whatever entries weigh, and however often it spills, every one stands in exactly one place, in order.
    #[test]
    fn nothing_is_lost_or_doubled(weights in prop::collection::vec(0_usize..4000, 1..150)) {
        let mut record = customer(0);
        let mut parts = Vec::new();
        for (weight, sequence) in weights.iter().zip(1..) {
            record.version = sequence;
            record.body.history.push(CustomerChange {
                sequence,
                event: CustomerEvent::Updated,
                version: sequence,
                changed_at: record.row.created_at,
                changed_by: record.body.created_by.clone(),
                changed_fields: vec!["x".repeat(*weight)],
            });
            let (item, part) = items_of(TENANT, &record).unwrap();
            record = from_item(item).unwrap();
            if let Some(part) = part {
                parts.push(from_item::<HistoryPart<CustomerChange>>(part).unwrap());
            }
            prop_assert!(record.body.history.len() <= MOST_ENTRIES && !record.body.history.is_empty());
        }
        prop_assert_eq!(parts.len(), record.body.history_parts as usize);
        prop_assert!(parts.iter().zip(1..).all(|(part, number)| part.number() == number));
        let mut all: Vec<_> = parts.iter().flat_map(|part| sequences(&part.entries)).collect();
        all.extend(sequences(&record.body.history));
        prop_assert_eq!(all, (1..=weights.len() as u64).collect::<Vec<_>>());
    }
}
