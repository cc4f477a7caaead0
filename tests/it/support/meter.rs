//! Counts what requests to DynamoDB cost, by the rules of its documentation and from the very bytes that travel: item
//! sizes on one side, request kinds on the other. It shares no code with the service.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value};

/// Attributes in every index, besides the table's and the index's keys.
const PROJECTED: [(&str, &str, &[&str]); 3] = [
    ("g1p", "g1s", &["k", "sv", "ver", "r"]),
    ("g2p", "g2s", &["k", "sv", "ver", "r", "dv"]),
    ("g3p", "g3s", &["k", "sv", "ver", "r"]),
];

/// What some requests cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cost {
    /// Write request units.
    pub(crate) writes: u64,
    /// Halves of read request units.
    pub(crate) half_reads: u64,
    /// Requests that had to wait for others to be answered: one after another.
    pub(crate) round_trips: u64,
}

/// A client that forwards to the emulator and counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    http: reqwest::Client,
    tick: AtomicU64,
    calls: Mutex<Vec<Call>>,
    /// What is in the table, as far as it was put through this client.
    items: Mutex<HashMap<(String, String), Map<String, Value>>>,
}

#[derive(Debug)]
struct Call {
    started: u64,
    ended: u64,
    cost: Cost,
}

impl Meter {
    /// What all requests cost since the last time this was asked.
    pub(crate) fn take(&self) -> Cost {
        let mut calls = std::mem::take(&mut *self.0.calls.lock().unwrap());
        calls.sort_by_key(|call| call.started);
        let (mut total, mut wave_ends) = (Cost::default(), None::<u64>);
        for call in calls {
            total.writes += call.cost.writes;
            total.half_reads += call.cost.half_reads;
            match wave_ends {
                // Sent before anything of its wave was answered: side by side.
                Some(ends) if call.started < ends => wave_ends = Some(ends.min(call.ended)),
                _ => {
                    total.round_trips += 1;
                    wave_ends = Some(call.ended);
                }
            }
        }
        total
    }

    async fn forward(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let io = |error: reqwest::Error| ConnectorError::io(error.into());
        let started = self.0.tick.fetch_add(1, Ordering::SeqCst);
        let target = request.headers().get("x-amz-target").unwrap().to_owned();
        let body = request.body().bytes().unwrap().to_vec();
        let mut forwarded = self.0.http.post(request.uri()).body(body.clone());
        for (name, value) in request.headers() {
            forwarded = forwarded.header(name, value);
        }
        let response = forwarded.send().await.map_err(io)?;
        let status = response.status().as_u16();
        let headers: Vec<_> = response.headers().clone().into_iter().collect();
        let answer = response.bytes().await.map_err(io)?;
        let ended = self.0.tick.fetch_add(1, Ordering::SeqCst);
        let operation = target.rsplit('.').next().unwrap().to_owned();
        let parsed = serde_json::from_slice(&answer).unwrap_or(Value::Null);
        let cost = self.cost(
            &operation,
            &serde_json::from_slice(&body).unwrap(),
            &parsed,
            status == 200,
        );
        self.0.calls.lock().unwrap().push(Call { started, ended, cost });
        let mut forwarded = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(answer.to_vec()));
        for (name, value) in headers {
            if let (Some(name), Ok(value)) = (name, value.to_str()) {
                forwarded
                    .headers_mut()
                    .append(name.as_str().to_owned(), value.to_owned());
            }
        }
        Ok(forwarded)
    }

    fn cost(&self, operation: &str, request: &Value, answer: &Value, done: bool) -> Cost {
        let mut cost = Cost::default();
        match operation {
            "PutItem" => cost.writes = self.put(&request["Item"], 1, done),
            // Every item that is updated in place is a small one: a counter, a position, an exposure.
            "UpdateItem" => cost.writes = 1,
            "TransactWriteItems" => {
                for write in request["TransactItems"].as_array().unwrap() {
                    cost.writes += match (&write["Put"], &write["ConditionCheck"]) {
                        (Value::Null, Value::Null) => 2,
                        (Value::Null, check) => 2 * self.known_kilobytes(&check["Key"]),
                        (put, _) => self.put(&put["Item"], 2, done),
                    };
                }
            }
            "GetItem" => cost.half_reads = read(size_of(&answer["Item"]), &request["ConsistentRead"]),
            "BatchGetItem" => {
                for (table, wanted) in request["RequestItems"].as_object().unwrap() {
                    let found = answer["Responses"][table].as_array().unwrap();
                    let missing = wanted["Keys"].as_array().unwrap().len() - found.len();
                    let each = |size| read(size, &wanted["ConsistentRead"]);
                    cost.half_reads += found.iter().map(|item| each(size_of(item))).sum::<u64>();
                    cost.half_reads += each(0) * u64::try_from(missing).unwrap();
                }
            }
            "Query" => {
                let size = answer["Items"].as_array().unwrap().iter().map(size_of).sum();
                cost.half_reads = read(size, &request["ConsistentRead"]);
            }
            // Tests look at the whole table; the service never does.
            "Scan" => {}
            other => panic!("what does {other} cost?"),
        }
        cost
    }

    /// The size of an item that was put before, of which a condition counts every kilobyte.
    fn known_kilobytes(&self, key: &Value) -> u64 {
        let text = |name: &str| key[name]["S"].as_str().unwrap().to_owned();
        let items = self.0.items.lock().unwrap();
        let known = items.get(&(text("pk"), text("sk")));
        kilobytes(known.map_or(0, size_of_members))
    }

    /// The item itself, as often as its kind of request counts it, and what changes in the indexes.
    fn put(&self, item: &Value, times: u64, done: bool) -> u64 {
        let new = item.as_object().unwrap();
        let text = |name: &str| new[name]["S"].as_str().unwrap().to_owned();
        let key = (text("pk"), text("sk"));
        let mut items = self.0.items.lock().unwrap();
        let old = items.get(&key);
        let old_size = old.map_or(0, size_of_members);
        let mut units = kilobytes(size_of_members(new).max(old_size)) * times;
        // A condition that fails costs the item and leaves the indexes alone.
        if !done {
            return units;
        }
        for index in PROJECTED {
            let (before, after) = (old.and_then(|old| row(old, index)), row(new, index));
            let key = |row: &Map<String, Value>| (row[index.0].clone(), row[index.1].clone());
            units += match (before, after) {
                (None, None) => 0,
                (None, Some(row)) | (Some(row), None) => kilobytes(size_of_members(&row)),
                (Some(before), Some(after)) if before == after => 0,
                (Some(before), Some(after)) if key(&before) == key(&after) => {
                    kilobytes(size_of_members(&before).max(size_of_members(&after)))
                }
                // A place that changes is one that is left and one that is taken.
                (Some(before), Some(after)) => {
                    kilobytes(size_of_members(&before)) + kilobytes(size_of_members(&after))
                }
            };
        }
        items.insert(key, new.clone());
        units
    }
}

/// What an index holds of an item; nothing when the item has no place in it.
fn row(item: &Map<String, Value>, (pk, sk, projected): (&str, &str, &[&str])) -> Option<Map<String, Value>> {
    if !item.contains_key(pk) || !item.contains_key(sk) {
        return None;
    }
    let held = |name: &str| ["pk", "sk", pk, sk].contains(&name) || projected.contains(&name);
    Some(
        item.iter()
            .filter(|(name, _)| held(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// Started kilobytes, at least one.
fn kilobytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_024).max(1)
}

/// Halves of read units: 4 KB each, half of it when the read may be stale.
fn read(bytes: u64, consistent: &Value) -> u64 {
    let units = bytes.div_ceil(4_096).max(1);
    if consistent == &Value::Bool(true) {
        units * 2
    } else {
        units
    }
}

fn size_of(item: &Value) -> u64 {
    item.as_object().map_or(0, size_of_members)
}

/// Names and values in bytes.
fn size_of_members(item: &Map<String, Value>) -> u64 {
    item.iter()
        .map(|(name, value)| bytes(name) + size_of_value(value))
        .sum()
}

fn bytes(text: &str) -> u64 {
    text.len().try_into().unwrap()
}

fn size_of_value(value: &Value) -> u64 {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => bytes(text),
        // One byte for two digits and one more; a sign is another.
        ("N", Value::String(digits)) => bytes(digits).div_ceil(2) + 1,
        ("M", Value::Object(members)) => {
            3 + members.values().map(|v| 1 + size_of_value(v)).sum::<u64>() + names(members)
        }
        ("L", Value::Array(values)) => 3 + values.iter().map(|v| 1 + size_of_value(v)).sum::<u64>(),
        ("BOOL" | "NULL", _) => 1,
        _ => panic!("how large is {kind} {value}?"),
    }
}

fn names(members: &Map<String, Value>) -> u64 {
    members.keys().map(|name| bytes(name)).sum()
}

impl HttpConnector for Meter {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().forward(request))
    }
}

impl HttpClient for Meter {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
