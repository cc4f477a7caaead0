//! Reads a JSON object into a request type and reports every faulty field at once (D2, D5).
//!
//! A request type implements [`FromFields`]; each field is one call that names it and says how to parse it. What was
//! not named is an unknown field.

use std::cell::RefCell;

use super::json::Json;
use crate::problem::{FieldError, Problem, ProblemCode, echo};

/// A request type that can be read from an object.
pub trait FromFields: Sized {
    /// Reads the fields; `None` when one of them is faulty, which is then reported in `fields`.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// Where a value stands, and where its faults go.
#[derive(Clone)]
pub struct At<'a> {
    pointer: String,
    errors: &'a RefCell<Vec<FieldError>>,
}

impl At<'_> {
    /// Reports the value as faulty.
    pub fn fault<T>(&self, code: ProblemCode, detail: impl Into<String>) -> Option<T> {
        self.errors.borrow_mut().push(FieldError {
            pointer: self.pointer.clone(),
            code,
            detail: detail.into(),
        });
        None
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type<T>(&self, expected: &str, found: &Json) -> Option<T> {
        self.fault(
            ProblemCode::InvalidType,
            format!("Expected {expected}, found {}.", found.type_name()),
        )
    }

    /// The place of a member or an element below this one.
    #[must_use]
    pub fn below(&self, name: &str) -> Self {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Self {
            pointer: format!("{}/{escaped}", self.pointer),
            errors: self.errors,
        }
    }
}

/// An object being read.
pub struct Fields<'a> {
    at: At<'a>,
    members: &'a [(String, Json)],
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The value of a field that must be there.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Json, &At<'a>) -> Option<T>,
    ) -> Option<T> {
        match self.take(name) {
            Some(value) => parse(value, &self.at.below(name)),
            None => self
                .at
                .below(name)
                .fault(ProblemCode::Required, format!("{name} is required.")),
        }
    }

    /// The value of a field that may be absent or null. The outer `None` means it was faulty.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Json, &At<'a>) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.take(name) {
            None | Some(Json::Null) => Some(None),
            Some(value) => parse(value, &self.at.below(name)).map(Some),
        }
    }

    /// The value of a field for which null means something: absent `None`, null `Some(None)`.
    pub fn nullable<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&Json, &At<'a>) -> Option<T>,
    ) -> Option<Option<Option<T>>> {
        match self.take(name) {
            None => Some(None),
            Some(Json::Null) => Some(Some(None)),
            Some(value) => parse(value, &self.at.below(name)).map(|value| Some(Some(value))),
        }
    }

    /// The value of a field, or a default when it is absent or null.
    pub fn or<T>(
        &mut self,
        name: &'static str,
        default: T,
        parse: impl FnOnce(&Json, &At<'a>) -> Option<T>,
    ) -> Option<T> {
        self.optional(name, parse).map(|value| value.unwrap_or(default))
    }

    /// Whether the object names a field, whatever its value.
    pub fn names(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| member == name)
    }

    /// Where a field of this object stands, for rules over several fields.
    pub fn at(&self, name: &str) -> At<'a> {
        self.at.below(name)
    }

    /// Where this object stands, for rules over all of it.
    pub fn here(&self) -> At<'a> {
        self.at.clone()
    }

    fn take(&mut self, name: &'static str) -> Option<&'a Json> {
        self.known.push(name);
        self.members
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }

    fn refuse_unknown(&self) {
        for (name, _) in self.members {
            if !self.known.contains(&name.as_str()) {
                let shown = echo(name);
                self.at
                    .below(&shown)
                    .fault::<()>(ProblemCode::UnknownField, format!("{shown} is not a field here."));
            }
        }
    }
}

/// Parses a nested object; also the parser of a whole body.
pub fn object<T: FromFields>(value: &Json, at: &At<'_>) -> Option<T> {
    let Json::Object(members) = value else {
        return at.wrong_type("an object", value);
    };
    let mut fields = Fields {
        at: at.clone(),
        members,
        known: Vec::new(),
    };
    let read = T::read(&mut fields);
    fields.refuse_unknown();
    read
}

/// Reads a whole body.
///
/// # Errors
/// A 422 problem that names every faulty field.
pub fn read_body<T: FromFields>(body: &Json) -> Result<T, Problem> {
    let errors = RefCell::new(Vec::new());
    let read = object(
        body,
        &At {
            pointer: String::new(),
            errors: &errors,
        },
    );
    let errors = errors.into_inner();
    match read {
        Some(value) if errors.is_empty() => Ok(value),
        _ if errors.is_empty() => Err(Problem::internal(
            "a request type refused a body without naming a field",
        )),
        _ => Err(Problem::fields(errors)),
    }
}

/// The names a request type reads, for holding it against its schema.
#[cfg(test)]
pub(crate) fn names<T: FromFields>() -> Vec<&'static str> {
    let errors = RefCell::new(Vec::new());
    let at = At {
        pointer: String::new(),
        errors: &errors,
    };
    let mut fields = Fields {
        at,
        members: &[],
        known: Vec::new(),
    };
    drop(T::read(&mut fields));
    fields.known
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Pair {
        left: String,
        right: Option<u32>,
    }

    impl FromFields for Pair {
        fn read(f: &mut Fields<'_>) -> Option<Self> {
            let left = f.required("left", parse::text(4));
            let right = f.optional("right", parse::integer(0..=9));
            Some(Self {
                left: left?,
                right: right?,
            })
        }
    }

    #[test]
    fn every_faulty_field_is_named() {
        // D2, D5
        let body = Json::parse(br#"{"left":"too long","right":"x","id":1,"a/b":2}"#).unwrap();
        let problem = read_body::<Pair>(&body).unwrap_err();
        let found: Vec<_> = problem
            .errors
            .iter()
            .map(|e| (e.pointer.as_str(), e.code.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("/left", "too-long"),
                ("/right", "invalid-type"),
                ("/id", "unknown-field"),
                ("/a~1b", "unknown-field")
            ]
        );
        assert_eq!(problem.code, ProblemCode::ValidationFailed);
    }

    #[test]
    fn a_good_object_is_read_and_null_means_absent() {
        let body = Json::parse(br#"{"left":" ab ","right":null}"#).unwrap();
        assert_eq!(
            read_body::<Pair>(&body),
            Ok(Pair {
                left: "ab".into(),
                right: None
            })
        );
    }
}
