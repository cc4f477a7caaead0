//! Runs a function's batch so that a record that fails, or panics, spoils only itself: queues and streams are told which
//! records to hand out again.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::event::dynamodb::Event as StreamEvent;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::Value;
use tracing::Instrument as _;

use super::entity::Entity;
use super::{EntityHandler, MessageHandler, ScheduleHandler, WorkError, Worker};
use crate::metrics::{self, Invocation};
use crate::partners;

/// Entities of one stream batch that are worked on at a time.
const ENTITIES_AT_ONCE: usize = 8;

/// A record of a batch with the name under which its failure is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<T> {
    /// The message id or sequence number.
    pub id: String,
    /// What to work on.
    pub payload: T,
}

/// Handles the messages of a queue, one after another: two copies of one message in a batch must not race.
pub async fn run_queue(
    worker: &Worker,
    request_id: &str,
    event: SqsEvent,
    handler: MessageHandler,
) -> SqsBatchResponse {
    let started = worker.app.now();
    let jobs = event
        .records
        .into_iter()
        .map(|record| Job {
            id: record.message_id.unwrap_or_default(),
            payload: record.body.unwrap_or_default(),
        })
        .collect();
    let work = run_each(worker.name, request_id, jobs, 1, |body| {
        handler(worker.clone(), body)
    });
    let failed = partners::request_id::within(request_id.to_owned(), work).await;
    report(worker, request_id, started, failed.len());
    let mut response = SqsBatchResponse::default();
    response.set_failures(failed);
    response
}

/// Handles the entities that a batch of stream records names, each once however often it changed: the work is to bring
/// the entity up to date, not to apply the record.
///
/// A batch comes from one shard, and is handed out again from the lowest sequence number reported.
pub async fn run_stream(
    worker: &Worker,
    request_id: &str,
    event: StreamEvent,
    handler: EntityHandler,
) -> DynamoDbEventResponse {
    let started = worker.app.now();
    if let Some(oldest) = oldest_change(&event) {
        let age = (started - oldest).num_milliseconds();
        metrics::emit_value(worker.name, started, "StreamAge", age.max(0));
    }
    let jobs = changed_entities(event);
    let failed = run_each(worker.name, request_id, jobs, ENTITIES_AT_ONCE, |entity| {
        handler(worker.clone(), entity)
    })
    .await;
    report(worker, request_id, started, failed.len());
    let mut response = DynamoDbEventResponse::default();
    // Everything after the first failure comes again anyway.
    response.batch_item_failures = failed.into_iter().take(1).map(stream_failure).collect();
    response
}

/// Handles a tick of a schedule.
///
/// # Errors
/// What the handler failed with, so that the scheduler tries again.
pub async fn run_schedule(
    worker: &Worker,
    request_id: &str,
    input: Value,
    handler: ScheduleHandler,
) -> Result<(), WorkError> {
    let started = worker.app.now();
    let span = tracing::info_span!("schedule", function = worker.name, request_id);
    let outcome = contained(handler(worker.clone(), input)).instrument(span).await;
    report(worker, request_id, started, usize::from(outcome.is_err()));
    outcome
}

/// Runs jobs, at most `at_once` at a time, and gives the ids of those that failed, in the order of the batch.
async fn run_each<T>(
    function: &'static str,
    request_id: &str,
    jobs: Vec<Job<T>>,
    at_once: usize,
    work: impl Fn(T) -> BoxFuture<'static, Result<(), WorkError>>,
) -> Vec<String> {
    let outcomes = jobs.into_iter().map(|Job { id, payload }| {
        let span = tracing::info_span!("record", function, request_id, record = id);
        let working = contained(work(payload)).instrument(span);
        async move { (id, working.await.is_ok()) }
    });
    let outcomes: Vec<_> = stream::iter(outcomes).buffered(at_once).collect().await;
    outcomes
        .into_iter()
        .filter(|(_, done)| !done)
        .map(|(id, _)| id)
        .collect()
}

/// Turns a panic into a failure, and logs both.
async fn contained(work: BoxFuture<'static, Result<(), WorkError>>) -> Result<(), WorkError> {
    let outcome = AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(WorkError::poison("it panicked")));
    if let Err(error) = &outcome {
        tracing::error!(cause = %error, "work failed");
    }
    outcome
}

fn stream_failure(sequence_number: String) -> DynamoDbBatchItemFailure {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = Some(sequence_number);
    failure
}

/// When the first of the batch's changes was made, to the second: how far the stream is behind the table.
fn oldest_change(event: &StreamEvent) -> Option<DateTime<Utc>> {
    let changes = event.records.iter();
    let at = changes.map(|record| record.change.approximate_creation_date_time);
    // A record without the instant reads as 1970.
    at.filter(|at| *at > DateTime::UNIX_EPOCH).min()
}

fn changed_entities(event: StreamEvent) -> Vec<Job<Entity>> {
    let mut seen = HashSet::new();
    let changed = event
        .records
        .into_iter()
        .filter(|record| record.event_name != "REMOVE");
    let jobs = changed.filter_map(|record| {
        let keys = record.change.keys;
        let key = |name: &str| match keys.get(name) {
            Some(serde_dynamo::AttributeValue::S(text)) => Some(text.clone()),
            _ => None,
        };
        let payload = Entity::of_key(&key("pk")?, &key("sk")?)?;
        Some(Job {
            id: record.change.sequence_number.unwrap_or_default(),
            payload,
        })
    });
    jobs.filter(|job| seen.insert(job.payload)).collect()
}

fn report(worker: &Worker, request_id: &str, started: DateTime<Utc>, failed: usize) {
    let ended = worker.app.now();
    let latency_millis = (ended - started).num_milliseconds();
    tracing::info!(
        function = worker.name,
        request_id,
        latency_millis,
        failed,
        "batch done"
    );
    let (function, failed_records) = (worker.name, Some(failed));
    metrics::emit(&Invocation {
        function,
        at: ended,
        latency_millis,
        status: None,
        failed_records,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(what: &'static str) -> BoxFuture<'static, Result<(), WorkError>> {
        Box::pin(async move {
            match what {
                "panics" => panic!("as told"),
                "fails" => Err(WorkError::transient("as told")),
                _ => Ok(()),
            }
        })
    }

    async fn failures_of(batch: &[&'static str], at_once: usize) -> Vec<String> {
        let jobs = batch.iter().enumerate().map(|(at, what)| Job {
            id: at.to_string(),
            payload: *what,
        });
        run_each("test", "request-1", jobs.collect(), at_once, work).await
    }

    #[tokio::test]
    async fn a_panic_or_an_error_spoils_its_own_record_only() {
        for at_once in [1, 8] {
            let failed = failures_of(&["works", "panics", "works", "fails", "works"], at_once).await;
            assert_eq!(failed, ["1", "3"]);
        }
        assert!(failures_of(&["works", "works"], 1).await.is_empty());
    }

    fn stream(records: &[(&str, &str, &str, &str)]) -> StreamEvent {
        let records: Vec<_> = records
            .iter()
            .map(|(name, sequence, pk, sk)| {
                serde_json::json!({
                    "awsRegion": "eu-west-1", "eventID": sequence, "eventName": name,
                    "dynamodb": {
                        "Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, "SequenceNumber": sequence, "SizeBytes": 1,
                    },
                })
            })
            .collect();
        serde_json::from_value(serde_json::json!({ "Records": records })).unwrap()
    }

    #[test]
    fn an_entity_that_changed_twice_is_one_job_at_its_first_record() {
        let order = "T#00000000-0000-0000-0000-000000000001#O#00000000-0000-0000-0000-000000000002";
        let customer = "T#00000000-0000-0000-0000-000000000001#C#00000000-0000-0000-0000-000000000003";
        let jobs = changed_entities(stream(&[
            ("INSERT", "100", order, "O"),
            ("MODIFY", "101", customer, "X"),
            ("INSERT", "102", customer, "C"),
            ("MODIFY", "103", order, "O"),
            ("REMOVE", "104", order, "O"),
        ]));
        let ids: Vec<_> = jobs.iter().map(|job| job.id.as_str()).collect();
        assert_eq!(ids, ["100", "102"]);
    }
}
