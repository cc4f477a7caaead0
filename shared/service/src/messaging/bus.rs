//! The port to topics and queues. Only background functions have one: an API call publishes nothing itself.

use aws_config::SdkConfig;
use aws_sdk_sns::error::ProvideErrorMetadata as _;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use futures_util::future::BoxFuture;
use serde::Serialize;

use super::{PlanningMessage, QuarantineMessage};
use crate::app::StartError;
use crate::config::Config;

/// SNS takes at most this many messages in one request.
const BATCH_MESSAGES: usize = 10;

/// A topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What happened (D43).
    Events,
    /// Alerts, one message for each channel (D41).
    Alerts,
}

/// Something a function sends to, which has to be configured before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// A topic.
    Topic(Topic),
    /// The queue of plans to compute.
    PlanningQueue,
    /// The queue of entities that cannot be relayed: the relay's dead letters.
    Quarantine,
}

impl Destination {
    /// The environment variable that says where it is (D13).
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Topic(Topic::Events) => "EVENTS_TOPIC_ARN",
            Self::Topic(Topic::Alerts) => "ALERTS_TOPIC_ARN",
            Self::PlanningQueue => "PLANNING_QUEUE_URL",
            Self::Quarantine => "RELAY_DEAD_LETTERS_URL",
        }
    }
}

/// A message on a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// JSON.
    pub body: String,
    /// What subscribers filter by; no value is empty.
    pub attributes: Vec<(&'static str, String)>,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the message was not taken: {cause}")]
pub struct BusError {
    /// What went wrong, without the message.
    pub cause: String,
    /// Whether the same message must be refused however often it is sent: it is too long, or not what a topic takes.
    pub permanent: bool,
}

impl BusError {
    /// A refusal that may pass.
    pub fn transient(cause: impl Into<String>) -> Self {
        let (cause, permanent) = (cause.into(), false);
        Self { cause, permanent }
    }

    /// A refusal of the message itself.
    pub fn permanent(cause: impl Into<String>) -> Self {
        let (cause, permanent) = (cause.into(), true);
        Self { cause, permanent }
    }
}

/// What SNS says of a message that it will never take. A throttle is the sender's fault, too, so that alone says little.
const REFUSED_FOR_GOOD: [&str; 4] = [
    "InvalidParameter",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "BatchRequestTooLong",
];

fn refusal(code: &str, cause: String) -> BusError {
    BusError {
        cause,
        permanent: REFUSED_FOR_GOOD.contains(&code),
    }
}

/// Sends messages.
pub trait Bus: Send + Sync {
    /// Publishes messages on a topic, ten in a request, and tells for each, in order, whether it was taken. Messages of
    /// one call may arrive in any order.
    fn publish<'a>(
        &'a self,
        topic: Topic,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Vec<Result<(), BusError>>>;

    /// Puts a plan on the planning queue (D69).
    fn send_planning<'a>(&'a self, message: &'a PlanningMessage) -> BoxFuture<'a, Result<(), BusError>>;

    /// Puts an entity that cannot be relayed where somebody looks (D43).
    fn quarantine<'a>(&'a self, message: &'a QuarantineMessage) -> BoxFuture<'a, Result<(), BusError>>;
}

/// SNS and SQS.
pub struct AwsBus {
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
    events_topic_arn: Option<String>,
    alerts_topic_arn: Option<String>,
    planning_queue_url: Option<String>,
    relay_dead_letters_url: Option<String>,
}

impl AwsBus {
    /// Builds the clients.
    ///
    /// # Errors
    /// Names every destination in `needs` that the configuration does not have.
    pub fn new(aws: &SdkConfig, config: &Config, needs: &[Destination]) -> Result<Self, StartError> {
        let bus = Self {
            sns: aws_sdk_sns::Client::new(aws),
            sqs: aws_sdk_sqs::Client::new(aws),
            events_topic_arn: config.events_topic_arn.clone(),
            alerts_topic_arn: config.alerts_topic_arn.clone(),
            planning_queue_url: config.planning_queue_url.clone(),
            relay_dead_letters_url: config.relay_dead_letters_url.clone(),
        };
        let missing: Vec<_> = needs
            .iter()
            .filter(|need| bus.address(**need).is_err())
            .map(|need| need.variable())
            .collect();
        if missing.is_empty() {
            Ok(bus)
        } else {
            Err(format!("not set: {}", missing.join(", ")).into())
        }
    }

    fn address(&self, destination: Destination) -> Result<&str, BusError> {
        let address = match destination {
            Destination::Topic(Topic::Events) => &self.events_topic_arn,
            Destination::Topic(Topic::Alerts) => &self.alerts_topic_arn,
            Destination::PlanningQueue => &self.planning_queue_url,
            Destination::Quarantine => &self.relay_dead_letters_url,
        };
        address
            .as_deref()
            .ok_or_else(|| BusError::transient(format!("{} is not set", destination.variable())))
    }

    async fn publish_batch(
        &self,
        topic: Topic,
        messages: &[Message],
    ) -> Result<Vec<Result<(), BusError>>, BusError> {
        let entries: Vec<_> = messages.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        let request = self
            .sns
            .publish_batch()
            .topic_arn(self.address(Destination::Topic(topic))?);
        let answer = request
            .set_publish_batch_request_entries(Some(entries))
            .send()
            .await
            .map_err(|error| {
                let code = error.code().unwrap_or_default().to_owned();
                // Only of a message that was alone is it known that it was this one that was refused.
                let code = if messages.len() == 1 { code.as_str() } else { "" };
                let cause = format!("PublishBatch: {}", aws_sdk_sns::error::DisplayErrorContext(error));
                refusal(code, cause)
            })?;
        let outcome = |index: usize| {
            let id = index.to_string();
            if answer
                .successful()
                .iter()
                .any(|entry| entry.id() == Some(id.as_str()))
            {
                return Ok(());
            }
            let failed = answer.failed().iter().find(|entry| entry.id() == id);
            // An entry that the answer forgets counts as not taken: sending twice is allowed, losing is not.
            Err(failed.map_or_else(
                || BusError::transient("no answer"),
                |entry| {
                    let cause = format!("{} {}", entry.code(), entry.message().unwrap_or_default());
                    refusal(entry.code(), cause)
                },
            ))
        };
        Ok((0..messages.len()).map(outcome).collect())
    }

    async fn send(&self, to: Destination, message: &impl Serialize) -> Result<(), BusError> {
        let body = serde_json::to_string(message).map_err(|error| BusError::permanent(error.to_string()))?;
        let request = self.sqs.send_message().queue_url(self.address(to)?);
        let sent = request.message_body(body).send().await;
        sent.map(|_| ()).map_err(|error| {
            let cause = aws_sdk_sqs::error::DisplayErrorContext(error);
            BusError::transient(format!("SendMessage: {cause}"))
        })
    }
}

fn entry((index, message): (usize, &Message)) -> Result<PublishBatchRequestEntry, BusError> {
    let invalid = |error: aws_sdk_sns::error::BuildError| BusError::permanent(error.to_string());
    let mut entry = PublishBatchRequestEntry::builder()
        .id(index.to_string())
        .message(&message.body);
    for (name, value) in &message.attributes {
        let value = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(value)
            .build();
        entry = entry.message_attributes(*name, value.map_err(invalid)?);
    }
    entry.build().map_err(invalid)
}

impl Bus for AwsBus {
    fn publish<'a>(
        &'a self,
        topic: Topic,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Vec<Result<(), BusError>>> {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(messages.len());
            for batch in messages.chunks(BATCH_MESSAGES) {
                match self.publish_batch(topic, batch).await {
                    Ok(taken) => outcomes.extend(taken),
                    Err(error) => outcomes.extend(batch.iter().map(|_| Err(error.clone()))),
                }
            }
            outcomes
        })
    }

    fn send_planning<'a>(&'a self, message: &'a PlanningMessage) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(self.send(Destination::PlanningQueue, message))
    }

    fn quarantine<'a>(&'a self, message: &'a QuarantineMessage) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(self.send(Destination::Quarantine, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_with_the_message_itself_is_refused_for_good() {
        // D43
        for code in ["InvalidParameter", "InvalidParameterValue", "BatchRequestTooLong"] {
            assert!(refusal(code, String::new()).permanent, "{code}");
        }
        for code in [
            "",
            "Throttled",
            "InternalError",
            "NotFound",
            "AuthorizationError",
            "KMSThrottling",
        ] {
            assert!(!refusal(code, String::new()).permanent, "{code}");
        }
    }
}
