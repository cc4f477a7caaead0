//! Ids kept once each, in one text, and numbered in the order in which they came.

use std::hash::{BuildHasher, BuildHasherDefault};

use super::interning::IdHasher;

/// Ids with dense numbers from 0. A million ids cost a few large allocations instead of a million small ones.
#[derive(Debug, Clone, Default)]
pub(super) struct IdTable {
    /// All ids, one after the other.
    text: String,
    /// Where each id ends in `text`.
    ends: Vec<usize>,
    /// A hash table with open addressing: a power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
}

/// Part of an id's hash beside its number, so that other ids are told apart without a look at the text.
#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    number: u32,
}

/// The number of no id. Numbers stop before it.
const NOBODY: u32 = u32::MAX;

const EMPTY: Slot = Slot {
    hash: 0,
    number: NOBODY,
};

const FIRST_SLOTS: usize = 16;

impl IdTable {
    /// The number of an id, a new one when it is not there yet.
    ///
    /// Ids beyond 2^32 − 1 all get the last number; nothing that counts rows in 32 bits ever has so many.
    pub(super) fn number(&mut self, id: &str) -> u32 {
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = hash(id);
        let mut position = hash as usize & (self.slots.len() - 1);
        loop {
            let slot = self.slots[position];
            if slot.number == NOBODY {
                break;
            }
            if slot.hash == hash && self.id(slot.number) == id {
                return slot.number;
            }
            position = (position + 1) & (self.slots.len() - 1);
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(NOBODY);
        if number == NOBODY {
            return NOBODY;
        }
        self.text.push_str(id);
        self.ends.push(self.text.len());
        self.slots[position] = Slot { hash, number };
        number
    }

    /// The id of a number; the empty text for a number that was not given.
    #[inline]
    pub(super) fn id(&self, number: u32) -> &str {
        let number = number as usize;
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        start
            .zip(self.ends.get(number))
            .and_then(|(start, end)| self.text.get(start..*end))
            .unwrap_or_default()
    }

    /// The ids in the order of their numbers.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let id = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            id
        })
    }

    /// For every number, how many ids come before its own by text.
    pub(super) fn positions_by_id(&self) -> Vec<u32> {
        // The first sixteen bytes decide nearly always, and lie beside the number.
        let mut sorted: Vec<(u128, u32)> = (0..)
            .zip(self.iter())
            .map(|(number, id)| (leading_bytes(id), number))
            .collect();
        sorted.sort_unstable_by(|(left_bytes, left), (right_bytes, right)| {
            let by_text = || self.id(*left).cmp(self.id(*right));
            left_bytes.cmp(right_bytes).then_with(by_text)
        });
        let mut positions = vec![0; sorted.len()];
        for (position, (_, number)) in (0..).zip(sorted) {
            positions[number as usize] = position;
        }
        positions
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(FIRST_SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; slots]);
        for slot in old.into_iter().filter(|slot| slot.number != NOBODY) {
            let mut position = slot.hash as usize & (slots - 1);
            while self.slots[position].number != NOBODY {
                position = (position + 1) & (slots - 1);
            }
            self.slots[position] = slot;
        }
    }
}

fn hash(id: &str) -> u32 {
    // The hasher mixes its high bits into the low half.
    BuildHasherDefault::<IdHasher>::default().hash_one(id) as u32
}

/// The first sixteen bytes of an id as a number that compares as they do; a shorter id is filled up with zeros, which
/// come before any other byte.
fn leading_bytes(id: &str) -> u128 {
    let mut bytes = [0; 16];
    for (byte, of_id) in bytes.iter_mut().zip(id.bytes()) {
        *byte = of_id;
    }
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_id_has_one_number_and_every_number_its_id() {
        let mut table = IdTable::default();
        let mut expected: HashMap<String, u32> = HashMap::new();
        for step in 0..20_000_u32 {
            // Comes back to earlier ids again and again, the empty one included.
            let id = match step * step % 7_919 {
                0 => String::new(),
                number => format!("product-{number}"),
            };
            let next = expected.len() as u32;
            let number = *expected.entry(id.clone()).or_insert(next);
            assert_eq!(table.number(&id), number, "{id}");
        }
        assert_eq!(table.iter().len(), expected.len());
        assert!(table.iter().len() > 3_000);
        for (number, id) in (0..).zip(table.iter()) {
            assert_eq!((expected[id], table.id(number)), (number, id));
        }
        assert_eq!(table.id(table.iter().len() as u32), "");
    }

    #[test]
    fn ids_that_run_together_are_told_apart() {
        let mut table = IdTable::default();
        let numbers = ["ab", "c", "a", "bc", "abc", "é", "ab"].map(|id| table.number(id));
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 0]);
        assert!(table.iter().eq(["ab", "c", "a", "bc", "abc", "é"]));
    }

    #[test]
    fn positions_are_those_of_the_sorted_texts() {
        let mut table = IdTable::default();
        let ids = [
            "order-0000000000010",
            "order-0000000000001",
            "b",
            "a",
            "",
            "a\0",
            "order-0000000000",
            "ä",
        ];
        for id in ids {
            table.number(id);
        }
        let mut sorted = ids;
        sorted.sort_unstable();
        for (id, position) in ids.iter().zip(table.positions_by_id()) {
            assert_eq!(sorted[position as usize], *id);
        }
    }
}
