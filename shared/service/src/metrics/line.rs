//! One line in CloudWatch's embedded metric format.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::captured;

/// The namespace of a deployment that names none.
const NAMESPACE: &str = "OrdersService";

/// The CloudWatch namespace of every metric: METRICS_NAMESPACE, so that two stacks of one account do not add up.
pub fn namespace() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let told = std::env::var("METRICS_NAMESPACE").ok();
        told.filter(|name| !name.is_empty())
            .unwrap_or_else(|| NAMESPACE.to_owned())
    })
}

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A length of time.
    Milliseconds,
    /// Something that CloudWatch has no unit for, such as money.
    None,
}

impl Unit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::None => "None",
        }
    }
}

/// Figures that are told together, with the dimensions they are told by.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a line that is not written tells nobody"]
pub struct Line {
    at: DateTime<Utc>,
    dimension_sets: Vec<Vec<&'static str>>,
    figures: Vec<(&'static str, Unit)>,
    members: Map<String, Value>,
}

impl Line {
    /// Figures of an instant.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self {
            at,
            dimension_sets: Vec::new(),
            figures: Vec::new(),
            members: Map::new(),
        }
    }

    /// Figures of a function.
    pub fn of_function(function: &str, at: DateTime<Utc>) -> Self {
        Self::at(at).by(&[("Function", function)])
    }

    /// Tells the figures by these dimensions together. Each call adds a way to tell them; a word is never an id.
    pub fn by(mut self, dimensions: &[(&'static str, &str)]) -> Self {
        let names = dimensions.iter().map(|(name, _)| *name);
        self.dimension_sets.push(names.collect());
        for (name, word) in dimensions {
            self.members.insert((*name).to_owned(), Value::from(*word));
        }
        self
    }

    /// Adds a figure.
    pub fn figure(mut self, name: &'static str, unit: Unit, value: i64) -> Self {
        self.figures.push((name, unit));
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what is only looked up in the log and makes no metric.
    pub fn property(mut self, name: &'static str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// Writes it to standard output, from where CloudWatch takes it.
    pub fn write(self) {
        if let Some(line) = captured::keep(self.json()) {
            println!("{line}");
        }
    }

    pub(super) fn json(&self) -> Value {
        let metrics = self.figures.iter();
        let metrics: Vec<_> = metrics
            .map(|(name, unit)| json!({"Name": name, "Unit": unit.as_str()}))
            .collect();
        let mut line = self.members.clone();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": self.at.timestamp_millis(),
                "CloudWatchMetrics": [{
                    "Namespace": namespace(),
                    "Dimensions": self.dimension_sets,
                    "Metrics": metrics,
                }],
            }),
        );
        Value::Object(line)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A line as JSON, after it was found to be what the embedded metric format asks for: every dimension a text, every
    /// declared figure a whole number, nothing else nested.
    pub(in super::super) fn valid(line: &Line) -> Value {
        let text = line.json().to_string();
        assert!(!text.contains('\n'), "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert!(line["_aws"]["Timestamp"].is_i64(), "{text}");
        assert!(!directive["Namespace"].as_str().unwrap().is_empty());
        let sets = directive["Dimensions"].as_array().unwrap();
        assert!(!sets.is_empty(), "{text}");
        for set in sets {
            let names = set.as_array().unwrap();
            assert!((1..=30).contains(&names.len()), "{text}");
            for name in names {
                let word = line[name.as_str().unwrap()].as_str();
                assert!(word.is_some_and(|word| !word.is_empty()), "{name} in {text}");
            }
        }
        let metrics = directive["Metrics"].as_array().unwrap();
        assert!((1..=100).contains(&metrics.len()), "{text}");
        for metric in metrics {
            assert!(
                line[metric["Name"].as_str().unwrap()].is_i64(),
                "{metric} in {text}"
            );
            let unit = metric["Unit"].as_str().unwrap();
            assert!(["Count", "Milliseconds", "None"].contains(&unit), "{text}");
        }
        let nested = line.as_object().unwrap().iter();
        let nested: Vec<_> = nested
            .filter(|(_, member)| member.is_object() || member.is_array())
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(nested, ["_aws"]);
        line
    }

    #[test]
    fn a_line_is_exactly_this() {
        let at = "2026-12-01T08:00:00.250Z".parse().unwrap();
        let line = Line::at(at)
            .by(&[("Partner", "sales"), ("Outcome", "ok")])
            .by(&[("Partner", "sales")])
            .figure("PartnerCalls", Unit::Count, 1)
            .property("Status", 200.into());
        assert_eq!(
            valid(&line),
            json!({
                "_aws": {
                    "Timestamp": 1_796_112_000_250_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "OrdersService",
                        "Dimensions": [["Partner", "Outcome"], ["Partner"]],
                        "Metrics": [{"Name": "PartnerCalls", "Unit": "Count"}],
                    }],
                },
                "Partner": "sales",
                "Outcome": "ok",
                "PartnerCalls": 1,
                "Status": 200,
            })
        );
    }
}
