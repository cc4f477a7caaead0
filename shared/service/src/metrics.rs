//! Metrics in CloudWatch's embedded format: one line a request on standard output, which costs no call.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The CloudWatch namespace of every metric.
pub const NAMESPACE: &str = "OrdersService";

/// True until the process has served once.
static COLD: AtomicBool = AtomicBool::new(true);

/// What became of one invocation.
#[derive(Debug, Clone)]
pub struct Invocation<'a> {
    /// The function.
    pub function: &'a str,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub latency_millis: i64,
    /// HTTP status, for functions behind the API.
    pub status: Option<u16>,
    /// Records that failed, for functions behind a queue or stream.
    pub failed_records: Option<usize>,
}

/// Writes one invocation's metrics.
pub fn emit(invocation: &Invocation<'_>) {
    let cold = COLD.swap(false, Ordering::Relaxed);
    println!("{}", embedded(invocation, cold));
}

fn embedded(invocation: &Invocation<'_>, cold: bool) -> Value {
    let mut metrics = vec![
        json!({"Name": "Invocations", "Unit": "Count"}),
        json!({"Name": "Latency", "Unit": "Milliseconds"}),
        json!({"Name": "ColdStarts", "Unit": "Count"}),
        json!({"Name": "ServerErrors", "Unit": "Count"}),
    ];
    if invocation.failed_records.is_some() {
        metrics.push(json!({"Name": "FailedRecords", "Unit": "Count"}));
    }
    let failed = invocation.status.is_some_and(|status| status >= 500);
    let mut line = json!({
        "_aws": {
            "Timestamp": invocation.at.timestamp_millis(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Function"]],
                "Metrics": metrics,
            }],
        },
        "Function": invocation.function,
        "Invocations": 1,
        "Latency": invocation.latency_millis,
        "ColdStarts": u8::from(cold),
        "ServerErrors": u8::from(failed),
    });
    if let (Some(object), Some(status)) = (line.as_object_mut(), invocation.status) {
        object.insert("Status".into(), status.into());
    }
    if let (Some(object), Some(failed)) = (line.as_object_mut(), invocation.failed_records) {
        object.insert("FailedRecords".into(), failed.into());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_metric_has_a_value() {
        let invocation = Invocation {
            function: "get-order",
            at: DateTime::UNIX_EPOCH,
            latency_millis: 7,
            status: Some(503),
            failed_records: Some(2),
        };
        let line = embedded(&invocation, true);
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
            .as_array()
            .unwrap()
        {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{metric}");
        }
        assert_eq!(line["ColdStarts"], 1);
        assert_eq!(line["ServerErrors"], 1);
    }
}
