//! How names, codes and e-mails are compared and sorted.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

/// The form in which names, codes and e-mails are compared: full case folding, so that `ß` is `ss`, in NFC, so that
/// letters with accents are the same however they were typed.
pub fn fold(text: &str) -> String {
    UniCase::new(text.nfc().collect::<String>())
        .to_folded_case()
        .nfc()
        .collect()
}

/// Bytes of a folded text that stand in an index: a sort key may have 1024, and what is searched for is shorter.
const LONGEST_SORTED_TEXT: usize = 900;
/// Stands between text and id, below every character that a text may have, so that "Ann" is before "Ann Bell".
const AFTER_TEXT: char = '\u{1}';

/// The place of a customer in an index.
pub(super) fn sorted(text: &str, id: Uuid) -> String {
    let mut folded = fold(text);
    folded.truncate(folded.floor_char_boundary(LONGEST_SORTED_TEXT));
    format!("{folded}{AFTER_TEXT}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_sees_through_case_and_normal_form() {
        // D30, §13
        for (one, other) in [
            ("STRASSE", "straße"),
            ("CAF\u{c9}", "cafe\u{301}"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ﬃ", "FFI"),
            ("\u{130}stanbul", "i\u{307}STANBUL"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("cafe"), fold("café"));
    }

    #[test]
    fn no_text_is_too_long_for_its_place_in_an_index() {
        // D2: a sort key may have 1024 bytes; these are the longest name and e-mail there can be.
        for text in ["\u{1fb7}".repeat(200), "\u{1f9c0}".repeat(254)] {
            let place = sorted(&text, Uuid::max());
            assert!(place.len() <= 1024, "{}", place.len());
            assert!(place.ends_with(&Uuid::max().to_string()));
        }
        assert!(sorted("Ann", Uuid::max()) < sorted("ann bell", Uuid::nil()));
    }
}
