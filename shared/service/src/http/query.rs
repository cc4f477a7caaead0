//! Query strings: known parameters only, each at most once unless it is a list (D8).

use std::collections::BTreeMap;

use crate::problem::{Problem, ProblemCode, echo};

/// A request's query parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryParameters(BTreeMap<String, Vec<String>>);

impl QueryParameters {
    /// Parses a query string against the parameters a route takes.
    ///
    /// # Errors
    /// 400 `invalid-query` that names every unknown parameter.
    pub fn parse(raw: &str, known: &[&str]) -> Result<Self, Problem> {
        let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            parameters
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        let unknown: Vec<_> = parameters
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
            .map(|n| echo(n))
            .collect();
        if unknown.is_empty() {
            Ok(Self(parameters))
        } else {
            Err(invalid(format!(
                "Unknown query parameters: {}.",
                unknown.join(", ")
            )))
        }
    }

    /// A parameter that may stand once.
    ///
    /// # Errors
    /// 400 `invalid-query` when it stands more than once or does not parse.
    pub fn one<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        match self.0.get(name).map(Vec::as_slice) {
            None => Ok(None),
            Some([value]) => parse(value).map(Some).ok_or_else(|| not_valid(name)),
            Some(_) => Err(invalid(format!(
                "The query parameter {name} may stand only once."
            ))),
        }
    }

    /// A parameter that may be repeated or hold a comma list.
    ///
    /// # Errors
    /// 400 `invalid-query` when an element does not parse.
    pub fn many<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Problem> {
        let values = self.0.get(name).into_iter().flatten();
        values
            .flat_map(|value| value.split(','))
            .map(|value| parse(value).ok_or_else(|| not_valid(name)))
            .collect()
    }

    /// The page size: 1 to 100, default 50 (D8).
    ///
    /// # Errors
    /// 422 when it is out of range.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.0.get("limit").map(Vec::as_slice) {
            None => Ok(50),
            Some([raw]) => raw
                .parse()
                .ok()
                .filter(|limit| (1..=100).contains(limit))
                .ok_or_else(|| {
                    Problem::field(
                        "/limit",
                        ProblemCode::InvalidValue,
                        "limit is a whole number from 1 to 100.",
                    )
                }),
            Some(_) => Err(invalid("The query parameter limit may stand only once.".into())),
        }
    }

    /// Everything but the paging itself, in a fixed order: what a cursor is bound to (D8).
    pub fn filters(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, values) in &self.0 {
            if name != "cursor" && name != "limit" {
                for value in values {
                    text.append_pair(name, value);
                }
            }
        }
        text.finish()
    }

    /// The cursor, as it was sent.
    ///
    /// # Errors
    /// 400 when it stands more than once.
    pub fn cursor(&self) -> Result<Option<String>, Problem> {
        self.one("cursor", |raw| Some(raw.to_owned()))
    }
}

fn not_valid(name: &str) -> Problem {
    invalid(format!("The query parameter {name} does not take this value."))
}

fn invalid(detail: String) -> Problem {
    Problem::new(ProblemCode::InvalidQuery, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_and_doubled_parameters_are_refused_and_lists_are_split() {
        // D8
        let parse = |raw: &str| QueryParameters::parse(raw, &["status", "limit", "cursor"]);
        assert_eq!(parse("statsu=x").unwrap_err().code, ProblemCode::InvalidQuery);
        let query = parse("status=a,b&status=c&limit=7").unwrap();
        assert_eq!(
            query.many("status", |s| Some(s.to_owned())).unwrap(),
            ["a", "b", "c"]
        );
        assert!(query.one("status", |s| Some(s.to_owned())).is_err());
        assert_eq!(query.limit().unwrap(), 7);
        assert_eq!(parse("").unwrap().limit().unwrap(), 50);
        for bad in ["limit=0", "limit=101", "limit=x", "limit=-1"] {
            assert_eq!(
                parse(bad).unwrap().limit().unwrap_err().code.status(),
                422,
                "{bad}"
            );
        }
        assert_eq!(query.filters(), "status=a%2Cb&status=c");
    }
}
