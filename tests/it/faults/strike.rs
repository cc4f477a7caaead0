//! What goes wrong, at which of a process's calls.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::faults::{OnItsWay, Stall, Verdict};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It never arrives, and that is known at once.
    Refused,
    /// It arrives, and its reply is lost.
    ReplyLost,
    /// It is throttled.
    Throttled,
    /// It meets another transaction on its way; of a batch of messages, some are taken and others are not.
    Contended,
    /// It gets no reply before the deadline, and does not arrive.
    SlowAndLost,
    /// It gets no reply before the deadline, and has arrived by then.
    SlowAndArrived,
    /// It gets no reply before the deadline, and arrives when the work has been done once more.
    SlowAndArrivesLate,
}

/// A call by what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Reads the table.
    Read,
    /// Writes an item.
    Write,
    /// Writes several items at once.
    Transaction,
    /// Sends to a topic or queue.
    Send,
    /// Tells a partner.
    Tell,
}

impl Call {
    fn of(operation: &str) -> Self {
        match operation {
            "PutItem" | "UpdateItem" | "DeleteItem" => Self::Write,
            "TransactWriteItems" => Self::Transaction,
            _ => Self::Read,
        }
    }

    pub(super) fn is_write(self) -> bool {
        self != Self::Read
    }

    /// What can go wrong with it. Of a read nobody can tell whether it arrived.
    pub(super) fn faults(self) -> &'static [Fault] {
        match self {
            Self::Read => &[Fault::Refused, Fault::Throttled, Fault::SlowAndLost],
            _ => &[
                Fault::Refused,
                Fault::ReplyLost,
                Fault::Throttled,
                Fault::Contended,
                Fault::SlowAndLost,
                Fault::SlowAndArrived,
                Fault::SlowAndArrivesLate,
            ],
        }
    }
}

/// One fault at one call of a process.
pub(super) struct Strike {
    at: Option<(usize, Fault)>,
    calls: Mutex<Vec<Call>>,
    struck: AtomicBool,
    pub(super) stall: Arc<Stall>,
}

impl Strike {
    fn new(at: Option<(usize, Fault)>) -> Arc<Self> {
        Arc::new(Self {
            at,
            calls: Mutex::default(),
            struck: AtomicBool::new(false),
            stall: Stall::new(),
        })
    }

    /// Nothing goes wrong.
    pub(super) fn none() -> Arc<Self> {
        Self::new(None)
    }

    /// At a call, counted from 1.
    pub(super) fn at(call: usize, fault: Fault) -> Arc<Self> {
        Self::new(Some((call, fault)))
    }

    pub(super) fn is_none(&self) -> bool {
        self.at.is_none()
    }

    pub(super) fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    pub(super) fn arrives_in_time(&self) -> bool {
        self.at.is_some_and(|(_, fault)| fault == Fault::SlowAndArrived)
    }

    pub(super) fn arrives_after_all(&self) -> bool {
        self.has_struck()
            && self
                .at
                .is_some_and(|(_, fault)| fault == Fault::SlowAndArrivesLate)
    }

    /// The calls that were made.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Counts a call, and says what goes wrong with it.
    pub(super) fn next(&self, call: Call) -> Option<Fault> {
        let mut calls = self.calls.lock().unwrap();
        calls.push(call);
        let (_, fault) = self.at.filter(|(number, _)| *number == calls.len())?;
        self.struck.store(true, Ordering::SeqCst);
        Some(fault)
    }

    /// What becomes of a request to the table.
    pub(super) fn judge(&self, request: &OnItsWay<'_>) -> Verdict {
        let call = Call::of(request.operation);
        match self.next(call) {
            None => Verdict::Pass,
            Some(Fault::Refused) => Verdict::Refuse,
            Some(Fault::ReplyLost) => Verdict::LoseReply,
            Some(Fault::Throttled) => match call {
                Call::Transaction => cancelled(request, "ThrottlingError"),
                _ => refused("ProvisionedThroughputExceededException"),
            },
            Some(Fault::Contended) => match call {
                Call::Transaction => cancelled(request, "TransactionConflict"),
                _ => refused("TransactionConflictException"),
            },
            Some(Fault::SlowAndLost | Fault::SlowAndArrived | Fault::SlowAndArrivesLate) => {
                Verdict::Stall(self.stall.clone())
            }
        }
    }
}

const ERRORS: &str = "com.amazonaws.dynamodb.v20120810";

/// An error as DynamoDB words it.
fn refused(error: &str) -> Verdict {
    let body = json!({"__type": format!("{ERRORS}#{error}"), "message": "refused by the test"});
    Verdict::Reply(400, body.to_string())
}

/// A cancelled transaction as DynamoDB words it: the last of its writes is to blame.
fn cancelled(request: &OnItsWay<'_>, code: &str) -> Verdict {
    let body: Value = serde_json::from_str(request.body).unwrap();
    let writes = body["TransactItems"].as_array().unwrap().len();
    let mut reasons = vec![json!({"Code": "None"}); writes];
    reasons[writes - 1] = json!({"Code": code, "Message": "refused by the test"});
    let body = json!({
        "__type": format!("{ERRORS}#TransactionCanceledException"),
        "Message": format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{code}]"),
        "CancellationReasons": reasons,
    });
    Verdict::Reply(400, body.to_string())
}
