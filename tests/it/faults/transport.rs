//! The requests that carry events to a topic and plans to a queue, over the SDK and real ones in the emulator: whatever goes
//! wrong with one, what the relay has to tell arrives, and nobody else's with it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orders_service::messaging::Worker;
use orders_service::messaging::bus::{AwsBus, Destination, Topic};
use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::usecases::relay::relay;
use serde_json::{Value, json};
use uuid::Uuid;

use super::relay::transient;
use crate::support::background::id;
use crate::support::faults::{OnItsWay, Stall, Verdict};
use crate::support::world::aws;
use crate::support::{Inbox, World};

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It never arrives.
    Refused,
    /// It arrives, and its reply is lost.
    ReplyLost,
    /// The service has too much to do.
    Throttled,
    /// The service takes it and says that it has taken none of it.
    Failed,
    /// No reply comes in time, and it does not arrive.
    SlowAndLost,
    /// No reply comes in time, and it arrives late.
    SlowAndArrivesLate,
}

const FAULTS: [Fault; 6] = [
    Fault::Refused,
    Fault::ReplyLost,
    Fault::Throttled,
    Fault::Failed,
    Fault::SlowAndLost,
    Fault::SlowAndArrivesLate,
];
const NEEDS: [Destination; 2] = [Destination::Topic(Topic::Events), Destination::PlanningQueue];
/// How long an invocation that gets no reply is waited for.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a service says that refuses a request, in its own language: SNS speaks XML, SQS JSON.
fn refusal(request: &OnItsWay<'_>, fault: Fault) -> Verdict {
    let is_topic = request.body.contains("Action=PublishBatch");
    match (is_topic, fault) {
        (true, Fault::Failed) => Verdict::Reply(
            200,
            "<PublishBatchResponse><PublishBatchResult><Successful/><Failed><member><Id>0</Id>\
             <Code>InternalError</Code><SenderFault>false</SenderFault></member></Failed></PublishBatchResult>\
             </PublishBatchResponse>"
                .to_owned(),
        ),
        (true, _) => Verdict::Reply(
            429,
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttled</Code></Error></ErrorResponse>".to_owned(),
        ),
        (false, _) => {
            let error = json!({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "refused by the test"});
            Verdict::Reply(400, error.to_string())
        }
    }
}

/// A worker whose n-th request to a topic or queue is struck, and the number of requests it has made.
struct Struck {
    worker: Worker,
    requests: Arc<AtomicUsize>,
    stall: Arc<Stall>,
}

impl Struck {
    fn at(world: &World, number: usize, fault: Fault) -> Self {
        let (requests, stall) = (Arc::<AtomicUsize>::default(), Stall::new());
        let (count, stalled) = (requests.clone(), stall.clone());
        let judged = world.judged_aws(move |request| {
            if count.fetch_add(1, Ordering::SeqCst) + 1 != number {
                return Verdict::Pass;
            }
            match fault {
                Fault::Refused => Verdict::Refuse,
                Fault::ReplyLost => Verdict::LoseReply,
                Fault::Throttled | Fault::Failed => refusal(request, fault),
                Fault::SlowAndLost | Fault::SlowAndArrivesLate => Verdict::Stall(stalled.clone()),
            }
        });
        Self {
            worker: worker(world, &judged.aws),
            requests,
            stall,
        }
    }
}

/// A worker on the table of the world, with a bus of its own.
fn worker(world: &World, aws: &aws_config::SdkConfig) -> Worker {
    Worker {
        name: "relay-events",
        app: world.app.clone(),
        bus: Arc::new(AwsBus::new(aws, world.app.config(), &NEEDS).unwrap()),
    }
}

/// Relays an entity by a struck worker and then, as its queue would, by one that is not; gives how many requests the first
/// made.
async fn relayed(world: &World, entity: Entity, number: usize, fault: Fault) -> usize {
    let struck = Struck::at(world, number, fault);
    let outcome = tokio::select! {
        outcome = relay(&struck.worker, entity) => Some(transient(outcome)),
        () = async { struck.stall.begun().await; tokio::time::sleep(PATIENCE).await } => None,
    };
    let made = struck.requests.load(Ordering::SeqCst);
    // What was not told is not taken for told.
    assert!(
        made < number || !matches!(outcome, Some(Ok(_))),
        "{fault:?} at request {number}: {outcome:?}"
    );
    let sound = worker(world, &aws());
    while relay(&sound, entity).await.unwrap() > 0 {}
    if made >= number && fault == Fault::SlowAndArrivesLate {
        struck.stall.arrive().await;
    }
    made
}

async fn planning_queue(sqs: &aws_sdk_sqs::Client) -> String {
    let name = format!("test-planning-{}", Uuid::new_v4());
    let created = sqs.create_queue().queue_name(name).send().await.unwrap();
    created.queue_url.unwrap()
}

/// The plans that the queue holds.
async fn queued(sqs: &aws_sdk_sqs::Client, url: &str) -> Vec<String> {
    let mut plans = Vec::new();
    loop {
        let request = sqs.receive_message().queue_url(url).max_number_of_messages(10);
        let messages = request.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            return plans;
        }
        for message in messages {
            let body: Value = serde_json::from_str(message.body().unwrap()).unwrap();
            plans.push(body["plan_id"].as_str().unwrap().to_owned());
        }
    }
}

// D43, D69
#[tokio::test]
async fn what_topics_and_queues_are_asked_to_take_arrives_whatever_goes_wrong() {
    let (sns, sqs) = (aws_sdk_sns::Client::new(&aws()), aws_sdk_sqs::Client::new(&aws()));
    let name = format!("test-events-{}", Uuid::new_v4());
    let topic = sns
        .create_topic()
        .name(name)
        .send()
        .await
        .unwrap()
        .topic_arn
        .unwrap();
    let queue = planning_queue(&sqs).await;
    let world = World::with(&[("EVENTS_TOPIC_ARN", &topic), ("PLANNING_QUEUE_URL", &queue)]).await;
    let mut inbox = Inbox::subscribe(&topic, world.tenant, "event_type", &[]).await;
    let customer = world.customer(json!({})).await;
    let (mut due, mut planned) = (BTreeMap::new(), Vec::new());
    for fault in FAULTS {
        // An order whose two entries go out in one request, and a plan: its queue, then its event.
        let order = world.order(&customer, json!({})).await;
        world.walk(id(&order), &["confirmed"]).await;
        let entity = world.entity(EntityKind::Order, id(&order));
        assert_eq!(relayed(&world, entity, 1, fault).await, 1, "{fault:?}");
        due.insert(entity.id.to_string(), vec![1, 2]);
        for number in [1, 2] {
            let plan = world.post("/procurement/plans", &json!({})).await.expect(202);
            let entity = world.entity(EntityKind::Plan, id(&plan));
            let made = relayed(&world, entity, number, fault).await;
            assert!(made >= number, "{fault:?}: {made} requests");
            due.insert(entity.id.to_string(), vec![1]);
            planned.push(entity.id.to_string());
        }
    }
    let told = |inbox: &[crate::support::deployed_inbox::Notice]| {
        let mut told: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for notice in inbox {
            let of_entity = told.entry(notice.text("entity_id").to_owned()).or_default();
            of_entity.push(notice.body["sequence"].as_u64().unwrap());
            of_entity.sort_unstable();
            of_entity.dedup();
        }
        told
    };
    inbox.until(|notices| told(notices) == due).await;
    inbox.linger(Duration::from_secs(1)).await;
    assert_eq!(told(&inbox.notices), due);
    let mut found = queued(&sqs, &queue).await;
    found.sort();
    found.dedup();
    planned.sort();
    assert_eq!(found, planned);
    inbox.close().await;
    sns.delete_topic().topic_arn(topic).send().await.unwrap();
    sqs.delete_queue().queue_url(queue).send().await.unwrap();
}
