//! Reconcile: the relay's walk on a schedule, for when the stream or the relay was down, a second chance for plans that
//! got stuck (D69), and the rest of erasures that were cut short (D34).

mod erasures;
mod stuck_plans;

use std::collections::HashSet;

use chrono::{DateTime, Days, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};

use super::relay::relay;
use crate::auth::{Grant, TenantId};
use crate::messaging::entity::Entity;
use crate::messaging::{WorkError, Worker};
use crate::store::keys::{self, Index};
use crate::store::record::{Item, number, text};
use crate::store::relay::position;
use crate::store::{Query, SortRange, TenantStore};
use stuck_plans::{Verdict, calculating_plan, rescue};

/// How far back created orders and plans are looked at.
const CREATED_WITHIN: TimeDelta = TimeDelta::hours(48);
/// Days for which an order is still looked at after its delivery date.
const DUE_DAYS: Days = Days::new(2);
/// Entities that are relayed at a time.
const ENTITIES_AT_ONCE: usize = 8;

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Tenants walked.
    pub tenants: usize,
    /// Orders, customers and plans looked at.
    pub entities: usize,
    /// History entries published that were not.
    pub entries: usize,
    /// Plans put on the queue again.
    pub requeued: usize,
    /// Plans given up.
    pub given_up: usize,
    /// Erased customers in whose orders something was left, and erasures brought to their end.
    pub erasures: usize,
    /// What could not be looked at or mended.
    pub failures: usize,
}

/// The schedule's handler.
pub fn handle(worker: Worker) -> BoxFuture<'static, Result<(), WorkError>> {
    Box::pin(async move {
        let done = reconcile(&worker).await?;
        match done.failures {
            0 => Ok(()),
            failures => Err(WorkError(format!(
                "{failures} entities or tenants could not be reconciled"
            ))),
        }
    })
}

/// Walks every tenant. A failure of one tenant or entity is logged and counted, and the walk goes on.
///
/// # Errors
/// When the registry of tenants cannot be read.
pub async fn reconcile(worker: &Worker) -> Result<Reconciled, WorkError> {
    let mut tenants = worker.app.store().tenants().await?;
    // A run that is cut short should not always neglect the same tenants.
    let offset = worker.app.ids().random() % u128::try_from(tenants.len().max(1)).unwrap_or(1);
    tenants.rotate_left(usize::try_from(offset).unwrap_or(0));
    let mut done = Reconciled {
        tenants: tenants.len(),
        ..Reconciled::default()
    };
    for tenant in tenants {
        Walk {
            worker,
            tenant,
            seen: HashSet::new(),
            done: &mut done,
        }
        .run()
        .await;
    }
    tracing::info!(
        tenants = done.tenants,
        entities = done.entities,
        entries = done.entries,
        requeued = done.requeued,
        given_up = done.given_up,
        erasures = done.erasures,
        failures = done.failures,
        "reconciled"
    );
    Ok(done)
}

struct Walk<'a> {
    worker: &'a Worker,
    tenant: TenantId,
    /// An order may stand in both the recent and the open ones.
    seen: HashSet<Entity>,
    done: &'a mut Reconciled,
}

impl Walk<'_> {
    async fn run(&mut self) {
        let now = self.worker.app.now();
        for query in queries(self.tenant, now) {
            let outcome = self.partition(query, now).await;
            self.note(outcome);
        }
    }

    async fn partition(&mut self, mut query: Query, now: DateTime<Utc>) -> Result<(), WorkError> {
        let grant = self.grant();
        let worker = self.worker;
        let store = worker.app.tenant_store(&grant);
        loop {
            let page = store.query(query.clone()).await?;
            self.page(store, &page.items, now).await?;
            match page.next {
                Some(next) => query.start = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn page(
        &mut self,
        store: TenantStore<'_>,
        items: &[Item],
        now: DateTime<Utc>,
    ) -> Result<(), WorkError> {
        let rows: Vec<_> = items.iter().filter_map(entity_and_version).collect();
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|(entity, _)| self.seen.insert(*entity))
            .collect();
        self.done.entities += rows.len();
        let keys: Vec<_> = rows.iter().map(|(entity, _)| entity.position_key()).collect();
        let positions = store.get_many(&keys).await?;
        let mut behind = Vec::new();
        for ((entity, version), key) in rows.iter().zip(&keys) {
            // A history entry comes with each version at most, so a position at the version leaves nothing to publish.
            if position(positions.item(key))? < *version {
                behind.push(*entity);
            }
        }
        let worker = self.worker.clone();
        let walks = behind.into_iter().map(|entity| {
            let worker = worker.clone();
            async move { relay(&worker, entity).await }
        });
        let outcomes: Vec<_> = stream::iter(walks)
            .buffer_unordered(ENTITIES_AT_ONCE)
            .collect()
            .await;
        for outcome in outcomes {
            let entries = self.note(outcome).unwrap_or(0);
            self.done.entries += entries;
        }
        for item in items {
            match self.stuck_plan(item, now).await {
                Some(Verdict::QueueAgain) => self.done.requeued += 1,
                Some(Verdict::GiveUp) => self.done.given_up += 1,
                Some(Verdict::Wait) | None => {}
            }
            self.done.erasures += usize::from(self.erasure(item, now).await.unwrap_or(false));
        }
        Ok(())
    }

    async fn stuck_plan(&mut self, item: &Item, now: DateTime<Utc>) -> Option<Verdict> {
        let plan = self.note(calculating_plan(item)).flatten()?;
        let outcome = rescue(self.worker, &self.grant(), plan, now).await;
        self.note(outcome)
    }

    async fn erasure(&mut self, item: &Item, now: DateTime<Utc>) -> Option<bool> {
        let customer = self.note(erasures::due(item, now)).flatten()?;
        let outcome = erasures::go_on(self.worker, &self.grant(), customer).await;
        self.note(outcome)
    }

    fn grant(&self) -> Grant {
        Grant::for_background_work(self.tenant, self.worker.name)
    }

    fn note<T>(&mut self, outcome: Result<T, WorkError>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::error!(tenant = %self.tenant, cause = %error, "reconciling failed");
                self.done.failures += 1;
                None
            }
        }
    }
}

/// The partitions to walk: recent orders and plans, orders not long past their day, and every customer.
fn queries(tenant: TenantId, now: DateTime<Utc>) -> [Query; 4] {
    // Above every digit and letter of a sort key.
    let from = |start: String| SortRange::Between(start, "~".into());
    let recent = keys::sortable_time(now - CREATED_WITHIN);
    let due = (now.date_naive() - DUE_DAYS).to_string();
    let walk = |index, partition, range| Query {
        range,
        ..Query::all(index, partition)
    };
    [
        walk(Index::Gs1, keys::orders_by_creation(tenant), from(recent.clone())),
        walk(Index::Gs2, keys::orders_by_delivery(tenant), from(due)),
        walk(Index::Gs1, keys::plans_by_creation(tenant), from(recent)),
        walk(Index::Gs1, keys::customers_by_name(tenant), SortRange::All),
    ]
}

/// What an index row says: of which entity it is, and at which version.
fn entity_and_version(item: &Item) -> Option<(Entity, u64)> {
    let entity = Entity::of_key(text(item, "pk")?, text(item, "sk")?)?;
    Some((entity, u64::try_from(number(item, "ver")?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_reaches_two_days_back_by_creation_and_by_delivery() {
        let [recent, due, plans, customers] = queries(
            TenantId(uuid::Uuid::nil()),
            "2026-12-07T10:00:00Z".parse().unwrap(),
        );
        let start = |query: &Query| match &query.range {
            SortRange::Between(from, to) if to > &"z".to_owned() => from.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(start(&recent), "1796464800000");
        assert_eq!(start(&due), "2026-12-05");
        assert_eq!(start(&plans), start(&recent));
        assert_eq!(customers.range, SortRange::All);
    }
}
