//! Background functions in this process: a worker over a world's table, and the bus it sends to, which the test holds.

use std::sync::Arc;

use orders_service::auth::TenantId;
use orders_service::messaging::bus::Topic;
use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::messaging::memory::MemoryBus;
use orders_service::messaging::{WorkError, Worker, planning};
use orders_service::ports::Clock as _;
use orders_service::store::keys::Key;
use orders_service::store::plans::Plan;
use orders_service::store::{Replaced, TenantStore};
use orders_service::usecases::alerts::raise::raise;
use orders_service::usecases::projections::project;
use orders_service::usecases::relay::relay;
use orders_service::words::PlanStatus;
use serde_json::{Value, json};

use super::World;

/// A worker and the bus it sends to.
pub(crate) struct Background {
    pub(crate) worker: Worker,
    pub(crate) bus: Arc<MemoryBus>,
}

impl Background {
    pub(crate) fn of(world: &World) -> Self {
        let bus = Arc::new(MemoryBus::default());
        let worker = Worker {
            name: "test",
            app: world.app.clone(),
            bus: bus.clone(),
        };
        Self { worker, bus }
    }

    /// Relays an entity and gives what that published.
    pub(crate) async fn relay(&self, entity: Entity) -> Vec<String> {
        let before = self.event_bodies().len();
        relay(&self.worker, entity).await.unwrap();
        self.event_bodies().split_off(before)
    }

    /// What a client's request causes behind it: relays an entity, raises what its new events deserve and counts them in
    /// the rollups; gives the events.
    pub(crate) async fn settle(&self, entity: Entity) -> Vec<String> {
        let events = self.relay(entity).await;
        for event in &events {
            raise(&self.worker, event).await.unwrap();
            self.project(event).await.unwrap();
        }
        events
    }

    /// Counts an event in the rollups, as the queue's function does.
    pub(crate) async fn project(&self, event: &str) -> Result<(), WorkError> {
        project(&self.worker, event).await
    }

    /// Computes a plan as the queue's function does.
    pub(crate) async fn compute(&self, world: &World, plan: &str) -> Result<(), WorkError> {
        let message = json!({"tenant_id": world.tenant, "plan_id": plan}).to_string();
        planning::compute(self.worker.clone(), message).await
    }

    /// The bodies of all events, in the order they were taken.
    pub(crate) fn event_bodies(&self) -> Vec<String> {
        let taken = self.bus.published(Topic::Events).into_iter();
        taken.map(|message| message.body).collect()
    }

    /// All events, in the order they were taken.
    pub(crate) fn events(&self) -> Vec<Value> {
        parsed(self.event_bodies())
    }

    /// The sequences of all events, in the order they were taken.
    pub(crate) fn sequences(&self) -> Vec<u64> {
        let events = self.events();
        events
            .iter()
            .map(|event| event["sequence"].as_u64().unwrap())
            .collect()
    }

    /// All messages of the alerts topic, in the order they were taken.
    pub(crate) fn alert_messages(&self) -> Vec<Value> {
        let taken = self.bus.published(Topic::Alerts).into_iter();
        parsed(taken.map(|message| message.body).collect())
    }
}

impl World {
    /// The order, customer or plan with an id.
    pub(crate) fn entity(&self, kind: EntityKind, id: &str) -> Entity {
        Entity {
            tenant: TenantId(self.tenant),
            kind,
            id: id.parse().unwrap(),
        }
    }

    /// Works on the tenant's part of the table, as a background function may.
    pub(crate) async fn in_store<T>(&self, work: impl AsyncFnOnce(TenantStore<'_>) -> T) -> T {
        let grant = self.background();
        work(self.app.tenant_store(&grant)).await
    }

    /// Takes an item away.
    pub(crate) async fn delete_item(&self, key: &Key) {
        let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let request = aws_sdk_dynamodb::Client::new(&self.aws)
            .delete_item()
            .table_name(&self.table)
            .key("pk", text(&key.pk))
            .key("sk", text(&key.sk));
        request.send().await.unwrap();
    }

    /// Breaks an attribute of an item: `b`, so that it is listed but cannot be read, or `r`, so that it is not even
    /// listed.
    pub(crate) async fn spoil_item(&self, key: &Key, attribute: &str) {
        self.in_store(async |store| {
            let mut item = store.get_item(key).await.unwrap().unwrap();
            let broken = aws_sdk_dynamodb::types::AttributeValue::S("broken".into());
            item.insert(attribute.into(), broken);
            store.overwrite(item).await.unwrap();
        })
        .await;
    }

    /// Moves a plan to a status, as its endpoint will.
    pub(crate) async fn move_plan(&self, id: &str, status: PlanStatus) {
        let key = self.entity(EntityKind::Plan, id).key();
        self.in_store(async |store| {
            let mut plan: Plan = store.get(&key).await.unwrap().unwrap();
            let (read, actor, at) = (plan.version, plan.body.created_by.clone(), self.clock.now());
            plan.change_status(status, &actor, at, uuid::Uuid::new_v4());
            let replaced = store.replace(&plan, read).await.unwrap();
            assert!(matches!(replaced, Replaced::Now), "{replaced:?}");
        })
        .await;
    }

    /// Another tenant in the same table.
    pub(crate) fn neighbour(&self) -> Self {
        Self {
            tenant: uuid::Uuid::new_v4(),
            ..self.redeployed(&[])
        }
    }
}

fn parsed(bodies: Vec<String>) -> Vec<Value> {
    bodies
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect()
}

/// A value's id.
pub(crate) fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// A value with texts that differ from run to run replaced by names, wherever they stand.
pub(crate) fn masked(value: &Value, names: &[(&str, &str)]) -> Value {
    let mut text = value.to_string();
    for (random, name) in names {
        text = text.replace(random, name);
    }
    serde_json::from_str(&text).unwrap()
}
