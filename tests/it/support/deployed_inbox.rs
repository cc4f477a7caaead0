//! A subscriber of the events or the alerts topic: a queue of its own with a filter.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, QueueAttributeName};
use serde_json::{Value, json};
use uuid::Uuid;

use super::deployed::PATIENCE;
use super::{stack, world};

/// One message as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) body: Value,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Notice {
    /// A text of the body.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> &str {
        self.body[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} is no text in {:#}", self.body))
    }
}

/// A subscribed queue and what has come out of it, in the order it came.
pub(crate) struct Inbox {
    sqs: aws_sdk_sqs::Client,
    sns: aws_sdk_sns::Client,
    queue_url: String,
    subscription_arn: String,
    pub(crate) notices: Vec<Notice>,
}

impl Inbox {
    /// The tenant's events of these types; of every type when none is named.
    pub(crate) async fn events(tenant: Uuid, types: &[&str]) -> Self {
        Self::subscribe(stack::value("EVENTS_TOPIC_ARN"), tenant, "event_type", types).await
    }

    /// The tenant's alerts on these channels; on every channel when none is named.
    pub(crate) async fn alerts(tenant: Uuid, channels: &[&str]) -> Self {
        Self::subscribe(stack::value("ALERTS_TOPIC_ARN"), tenant, "channel", channels).await
    }

    /// The tenant's messages on a topic of which an attribute is one of these words; all of them when none is named.
    pub(crate) async fn subscribe(topic: &str, tenant: Uuid, attribute: &str, words: &[&str]) -> Self {
        let aws = world::aws();
        let (sqs, sns) = (aws_sdk_sqs::Client::new(&aws), aws_sdk_sns::Client::new(&aws));
        let created = sqs
            .create_queue()
            .queue_name(format!("test-{}", Uuid::new_v4()))
            .send()
            .await
            .unwrap();
        let queue_url = created.queue_url.unwrap();
        let arn = QueueAttributeName::QueueArn;
        let read = sqs
            .get_queue_attributes()
            .queue_url(&queue_url)
            .attribute_names(arn.clone());
        let queue_arn = read.send().await.unwrap().attributes.unwrap()[&arn].clone();
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }]});
        let write = sqs.set_queue_attributes().queue_url(&queue_url);
        write
            .attributes(QueueAttributeName::Policy, policy.to_string())
            .send()
            .await
            .unwrap();
        let mut filter = HashMap::from([("tenant_id", vec![tenant.to_string()])]);
        if !words.is_empty() {
            filter.insert(attribute, words.iter().map(ToString::to_string).collect());
        }
        let subscribed = sns
            .subscribe()
            .topic_arn(topic)
            .protocol("sqs")
            .endpoint(queue_arn);
        let subscribed = subscribed
            .attributes("RawMessageDelivery", "true")
            .attributes("FilterPolicy", serde_json::to_string(&filter).unwrap())
            .return_subscription_arn(true)
            .send()
            .await
            .unwrap();
        let subscription_arn = subscribed.subscription_arn.unwrap();
        Self {
            sqs,
            sns,
            queue_url,
            subscription_arn,
            notices: Vec::new(),
        }
    }

    /// Receives until what has come is enough.
    ///
    /// Panics when that takes too long.
    #[track_caller]
    pub(crate) fn until(&mut self, enough: impl Fn(&[Notice]) -> bool) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let deadline = Instant::now() + PATIENCE;
            while !enough(&self.notices) {
                let bodies: Vec<_> = self.notices.iter().map(|notice| &notice.body).collect();
                assert!(
                    Instant::now() < deadline,
                    "{caller}: what came is not enough: {bodies:#?}"
                );
                self.receive(1).await;
            }
        }
    }

    /// Goes on receiving for a while, so that what must not come has had the time to.
    pub(crate) async fn linger(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.receive(1).await;
        }
    }

    async fn receive(&mut self, wait_seconds: i32) {
        let request = self
            .sqs
            .receive_message()
            .queue_url(&self.queue_url)
            .max_number_of_messages(10);
        let request = request
            .wait_time_seconds(wait_seconds)
            .message_attribute_names("All");
        let messages = request.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            return;
        }
        let mut taken = self.sqs.delete_message_batch().queue_url(&self.queue_url);
        for (index, message) in messages.into_iter().enumerate() {
            let entry = DeleteMessageBatchRequestEntry::builder().id(index.to_string());
            taken = taken.entries(
                entry
                    .receipt_handle(message.receipt_handle.unwrap())
                    .build()
                    .unwrap(),
            );
            let attributes = message.message_attributes.unwrap_or_default().into_iter();
            self.notices.push(Notice {
                body: serde_json::from_str(&message.body.unwrap()).unwrap(),
                attributes: attributes
                    .map(|(name, value)| (name, value.string_value.unwrap()))
                    .collect(),
            });
        }
        assert!(taken.send().await.unwrap().failed.is_empty());
    }

    /// Removes subscription and queue.
    pub(crate) async fn close(self) {
        self.sns
            .unsubscribe()
            .subscription_arn(self.subscription_arn)
            .send()
            .await
            .unwrap();
        self.sqs
            .delete_queue()
            .queue_url(self.queue_url)
            .send()
            .await
            .unwrap();
    }
}
