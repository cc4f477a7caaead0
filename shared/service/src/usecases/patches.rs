//! Merge patches (RFC 7396) of objects that orders and customers share: a member that is not sent stays, null removes it.
//! A new object is the patch merged with nothing.

use crate::store::orders::{Address, Communication};
use crate::words::CommunicationChannel;

/// A field of a patch: not sent, removed, or set.
pub type Clearable<T> = Option<Option<T>>;

/// Changes to an address.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct AddressPatch {
    pub line1: Option<String>,
    pub line2: Clearable<String>,
    pub city: Option<String>,
    pub state: Clearable<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

impl AddressPatch {
    /// The address with the changes.
    ///
    /// # Errors
    /// The names of what an address must have and this one has not.
    pub fn merged(&self, before: Option<&Address>) -> Result<Address, Vec<&'static str>> {
        let mut missing = Vec::new();
        let mut needed = |name, patch: &Option<String>, of: fn(&Address) -> &String| {
            let value = patch
                .clone()
                .or_else(|| before.map(|address| of(address).clone()));
            value.unwrap_or_else(|| {
                missing.push(name);
                String::new()
            })
        };
        let address = Address {
            line1: needed("line1", &self.line1, |address| &address.line1),
            line2: kept(&self.line2, before.and_then(|address| address.line2.as_ref())),
            city: needed("city", &self.city, |address| &address.city),
            state: kept(&self.state, before.and_then(|address| address.state.as_ref())),
            postal_code: needed("postal_code", &self.postal_code, |address| &address.postal_code),
            country: needed("country", &self.country, |address| &address.country),
        };
        if missing.is_empty() {
            Ok(address)
        } else {
            Err(missing)
        }
    }
}

/// Changes to how a customer wants to hear from us.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct CommunicationPatch {
    pub channels: Clearable<Vec<CommunicationChannel>>,
    pub language: Clearable<String>,
}

impl CommunicationPatch {
    /// The wishes with the changes; none when nothing is left in them.
    pub fn merged(&self, before: Option<&Communication>) -> Option<Communication> {
        let merged = Communication {
            channels: kept(&self.channels, before.map(|before| &before.channels)).unwrap_or_default(),
            language: kept(&self.language, before.and_then(|before| before.language.as_ref())),
        };
        (!merged.channels.is_empty() || merged.language.is_some()).then_some(merged)
    }
}

/// What the patch says of a field, else what it was before.
pub(super) fn kept<T: Clone>(patch: &Clearable<T>, before: Option<&T>) -> Option<T> {
    patch.clone().unwrap_or_else(|| before.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_merged_and_names_what_it_lacks() {
        let patch = AddressPatch {
            city: Some("Leith".into()),
            line2: Some(None),
            ..AddressPatch::default()
        };
        assert_eq!(patch.merged(None), Err(vec!["line1", "postal_code", "country"]));
        let before = Address {
            line1: "1 High Street".into(),
            line2: Some("Floor 2".into()),
            city: "Edinburgh".into(),
            state: Some("Lothian".into()),
            postal_code: "EH1".into(),
            country: "GB".into(),
        };
        let after = Address {
            line2: None,
            city: "Leith".into(),
            ..before.clone()
        };
        assert_eq!(patch.merged(Some(&before)), Ok(after));
        assert_eq!(AddressPatch::default().merged(Some(&before)), Ok(before));
    }

    #[test]
    fn nothing_said_and_nothing_wished_is_no_wish() {
        assert_eq!(CommunicationPatch::default().merged(None), None);
        let patch = CommunicationPatch {
            language: Some(Some("de".into())),
            ..CommunicationPatch::default()
        };
        let merged = patch.merged(None).unwrap();
        assert_eq!(
            (merged.channels.len(), merged.language.as_deref()),
            (0, Some("de"))
        );
    }
}
