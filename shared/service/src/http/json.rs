//! A request body as a tree that keeps the literal text of numbers, because a double cannot carry money (D3).

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// Deepest nesting a body may have (D2).
pub const MAX_NESTING: usize = 32;

/// A JSON value whose numbers are still text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, in the order it was written, without repeated names.
    Object(Vec<(String, Json)>),
}

/// Why a body is no JSON we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// A syntax error, or a repeated name.
    #[error("{0}")]
    Syntax(String),
    /// Nested more than [`MAX_NESTING`] deep.
    #[error("the body is nested more than {MAX_NESTING} levels deep")]
    TooDeep,
}

impl Json {
    /// Parses a body.
    ///
    /// # Errors
    /// [`JsonError`] on a syntax error, a repeated member name or nesting beyond [`MAX_NESTING`].
    pub fn parse(body: &[u8]) -> Result<Self, JsonError> {
        let text =
            std::str::from_utf8(body).map_err(|_| JsonError::Syntax("the body is not UTF-8".into()))?;
        let numbers = number_tokens(text)?;
        let tokens = RefCell::new(numbers.into_iter());
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let tree = Tree(&tokens)
            .deserialize(&mut deserializer)
            .and_then(|tree| deserializer.end().map(|()| tree))
            .map_err(|error| JsonError::Syntax(error.to_string()))?;
        Ok(tree)
    }

    /// The word for the value's type, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Writes the value with sorted names and no spaces, so that equal bodies hash alike (D7).
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Number(text) => out.extend_from_slice(text.as_bytes()),
            Self::String(text) => write_string(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for item in items {
                    item.write_canonical(out);
                    out.push(b',');
                }
                out.push(b']');
            }
            Self::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                out.push(b'{');
                for (name, value) in sorted {
                    write_string(name, out);
                    out.push(b':');
                    value.write_canonical(out);
                    out.push(b',');
                }
                out.push(b'}');
            }
        }
    }
}

/// Length-prefixed, so that no text can pretend to be structure.
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.len().to_string().as_bytes());
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
}

/// The text of every number in document order, and the check on nesting, in one pass outside of strings.
fn number_tokens(text: &str) -> Result<Vec<&str>, JsonError> {
    let bytes = text.as_bytes();
    let (mut tokens, mut depth, mut at) = (Vec::new(), 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                while let Some(&inner) = bytes.get(at) {
                    match inner {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                    at += 1;
                }
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_NESTING {
                    return Err(JsonError::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' | b'0'..=b'9' => {
                let start = at;
                while bytes
                    .get(at + 1)
                    .is_some_and(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                {
                    at += 1;
                }
                tokens.extend(text.get(start..=at));
            }
            _ => {}
        }
        at += 1;
    }
    Ok(tokens)
}

#[derive(Clone, Copy)]
struct Tree<'t, 'a>(&'t RefCell<std::vec::IntoIter<&'a str>>);

impl Tree<'_, '_> {
    /// serde visits numbers in document order, which is the order of the tokens.
    fn number<E: serde::de::Error>(self) -> Result<Json, E> {
        let token = self.0.borrow_mut().next();
        token
            .map(|text| Json::Number(text.to_owned()))
            .ok_or_else(|| E::custom("number out of place"))
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_, '_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_, '_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E: serde::de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Json, E> {
        self.number()
    }
    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Json, E> {
        self.number()
    }
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Json, E> {
        self.number()
    }
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }
    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some(name) = access.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom("an object names a member twice"));
            }
            members.push((name, access.next_value_seed(self)?));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text() {
        // D3
        let tree = Json::parse(br#"{"a":[1.50,-2e3,12345678901234567.89],"b":"3 {[","c":0}"#).unwrap();
        let number = |text: &str| Json::Number(text.into());
        assert_eq!(
            tree,
            Json::Object(vec![
                (
                    "a".into(),
                    Json::Array(vec![
                        number("1.50"),
                        number("-2e3"),
                        number("12345678901234567.89")
                    ])
                ),
                ("b".into(), Json::String("3 {[".into())),
                ("c".into(), number("0")),
            ])
        );
    }

    #[test]
    fn syntax_errors_repeated_names_and_depth_are_refused() {
        // D2
        for body in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,\"a\":2}",
            "nul",
            "1 2",
            "{\"a\":01}",
            "\"\u{1}\"",
            "1e999",
        ] {
            assert!(
                matches!(Json::parse(body.as_bytes()), Err(JsonError::Syntax(_))),
                "{body}"
            );
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(nested(MAX_NESTING).as_bytes()).is_ok());
        assert_eq!(
            Json::parse(nested(MAX_NESTING + 1).as_bytes()),
            Err(JsonError::TooDeep)
        );
        assert!(Json::parse(b"\xff").is_err());
    }

    #[test]
    fn canonical_form_ignores_order_and_spaces_only() {
        // D7
        let canonical = |body: &str| {
            let mut out = Vec::new();
            Json::parse(body.as_bytes()).unwrap().write_canonical(&mut out);
            out
        };
        assert_eq!(
            canonical(r#"{"a":1,"b":[2]}"#),
            canonical(r#" {"b": [2], "a": 1} "#)
        );
        assert_ne!(canonical(r#"{"a":1}"#), canonical(r#"{"a":"1"}"#));
        assert_ne!(canonical(r#"["a","b"]"#), canonical(r#"["a,1\"b"]"#));
    }
}
