//! Keys derived from the deployment's one secret, each for one purpose: body hashes, uniqueness guards, cursors and the
//! audit copy. Ids that follow from their parts are an unkeyed hash, so that they outlive a change of the secret.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The derived keys.
pub struct Keyring {
    body: hmac::Key,
    guard: hmac::Key,
    audit: hmac::Key,
    cursor: [u8; 32],
}

impl Keyring {
    /// Derives the keys.
    pub fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derive = |purpose: &str| hmac::sign(&root, purpose.as_bytes());
        let mut cursor = [0; 32];
        cursor.copy_from_slice(derive("cursor").as_ref());
        Self {
            body: hmac::Key::new(hmac::HMAC_SHA256, derive("body").as_ref()),
            guard: hmac::Key::new(hmac::HMAC_SHA256, derive("guard").as_ref()),
            audit: hmac::Key::new(hmac::HMAC_SHA256, derive("audit").as_ref()),
            cursor,
        }
    }

    /// The hash of a request body, kept with the record it made (D7).
    pub fn body_hash(&self, canonical: &[u8]) -> String {
        short(hmac::sign(&self.body, canonical).as_ref())
    }

    /// The hash of a unique value, so that a guard's key tells nobody the e-mail behind it (D30).
    pub fn guard(&self, tenant: Uuid, value: &str) -> String {
        short(hmac::sign(&self.guard, format!("{tenant}\n{value}").as_bytes()).as_ref())
    }

    /// The hash of an entry of the audit copy, which nobody can make who has only the table. It covers the hash before
    /// it, so all 256 bits are kept.
    pub fn audit_hash(&self, canonical: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.audit, canonical.as_bytes()).as_ref())
    }

    /// Encrypts a cursor, bound to `context` (D8).
    pub fn seal(&self, plain: &[u8], context: &[u8], nonce: u128) -> Option<String> {
        let mut nonce_bytes = [0; NONCE_LEN];
        nonce_bytes.copy_from_slice(nonce.to_be_bytes().get(..NONCE_LEN)?);
        let mut sealed = plain.to_vec();
        self.cursor_key()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce_bytes),
                Aad::from(context),
                &mut sealed,
            )
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce_bytes.as_slice(), &sealed].concat()))
    }

    /// Decrypts a cursor; `None` when it is not ours, was changed or belongs to another context.
    pub fn open(&self, cursor: &str, context: &[u8]) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self
            .cursor_key()?
            .open_in_place(nonce, Aad::from(context), &mut sealed)
            .ok()?;
        Some(plain.to_vec())
    }

    fn cursor_key(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &self.cursor)
            .ok()
            .map(LessSafeKey::new)
    }
}

/// An id that follows from its parts alone, so that a repeat finds what the first attempt made (D7, D42, D43).
pub fn derived_id(parts: &[&str]) -> Uuid {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part.len().to_string().as_bytes());
        context.update(b":");
        context.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    Uuid::new_v8(bytes)
}

/// 128 bits are enough against collisions and half the size.
fn short(hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_in_its_context_and_unchanged() {
        // D8
        let keys = Keyring::new(&[7; 32]);
        let sealed = keys.seal(b"page 2", b"tenant/route", 42).unwrap();
        assert_eq!(
            keys.open(&sealed, b"tenant/route").as_deref(),
            Some(b"page 2".as_slice())
        );
        assert_eq!(keys.open(&sealed, b"other/route"), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                keys.open(std::str::from_utf8(&changed).unwrap(), b"tenant/route"),
                None,
                "byte {at}"
            );
        }
        assert_eq!(Keyring::new(&[8; 32]).open(&sealed, b"tenant/route"), None);
    }

    #[test]
    fn derived_ids_depend_on_every_part_and_on_their_borders() {
        // D7
        assert_eq!(derived_id(&["a", "b"]), derived_id(&["a", "b"]));
        assert_ne!(derived_id(&["ab", ""]), derived_id(&["a", "b"]));
        assert_ne!(derived_id(&["a"]), derived_id(&["a", ""]));
    }
}
