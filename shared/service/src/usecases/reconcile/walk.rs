//! The walk over one tenant: what is behind is relayed, what got stuck is helped on.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use uuid::Uuid;

use super::old_plans::Tidied;
use super::stuck_plans::{Verdict, calculating_plan, rescue};
use super::{Extent, Reconciled, erasures, old_plans, positions};
use crate::auth::{Grant, TenantId};
use crate::messaging::entity::{Entity, EntityKind};
use crate::messaging::{WorkError, Worker};
use crate::store::Query;
use crate::store::record::{Item, number, text};
use crate::store::relay::Position;
use crate::usecases::projections::recount::recount;
use crate::usecases::relay::quarantine::quarantine;
use crate::usecases::relay::{Relayed, relay_or_quarantine};

/// Entities that are relayed at a time.
const ENTITIES_AT_ONCE: usize = 8;

/// An entity in an index, at a version.
type Seen = (Entity, u64);

pub(super) struct Walk<'a> {
    worker: &'a Worker,
    tenant: TenantId,
    extent: Extent,
    deadline: DateTime<Utc>,
    /// An order may stand in both the recent and the open ones.
    seen: HashSet<Entity>,
    quarantined: HashSet<Entity>,
    done: &'a mut Reconciled,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        worker: &'a Worker,
        tenant: TenantId,
        extent: Extent,
        deadline: DateTime<Utc>,
        done: &'a mut Reconciled,
    ) -> Self {
        Self {
            worker,
            tenant,
            extent,
            deadline,
            seen: HashSet::new(),
            quarantined: HashSet::new(),
            done,
        }
    }

    pub(super) async fn run(mut self) {
        let now = self.worker.app.now();
        let outcome = match self.extent {
            Extent::Recent => self.recent(now).await,
            Extent::Everything => self.everything(now).await,
        };
        self.note(outcome);
        self.done.quarantined += self.quarantined.len();
    }

    /// What is recent is gathered first, so that it is known how many positions are wanted.
    async fn recent(&mut self, now: DateTime<Utc>) -> Result<(), WorkError> {
        let mut rows = Vec::new();
        for query in Extent::Recent.queries(self.tenant, now) {
            // A partition that does not answer keeps none of the others from being looked at.
            let outcome = self.partition(query, now, &mut rows, None).await;
            self.note(outcome);
        }
        let grant = self.grant();
        let entities: Vec<_> = rows.iter().map(|(entity, _)| *entity).collect();
        let known = positions::of(self.worker.app.tenant_store(&grant), &entities).await?;
        self.relay_behind(&rows, &known).await;
        Ok(())
    }

    /// Everything is gone through page by page, however much that is.
    async fn everything(&mut self, now: DateTime<Utc>) -> Result<(), WorkError> {
        let grant = self.grant();
        let store = self.worker.app.tenant_store(&grant);
        let known = store.all_relay_positions().await?;
        for query in Extent::Everything.queries(self.tenant, now) {
            let outcome = self.partition(query, now, &mut Vec::new(), Some(&known)).await;
            self.note(outcome);
        }
        // Counting what is half walked would find no more than the next run finds.
        if !self.is_late() {
            self.recount().await?;
        }
        Ok(())
    }

    /// Goes through a partition: with positions each page is relayed at once, without them its rows are gathered.
    async fn partition(
        &mut self,
        mut query: Query,
        now: DateTime<Utc>,
        rows: &mut Vec<Seen>,
        known: Option<&HashMap<Uuid, Position>>,
    ) -> Result<(), WorkError> {
        let (grant, worker) = (self.grant(), self.worker);
        let store = worker.app.tenant_store(&grant);
        while !self.is_late() {
            let page = store.query(query.clone()).await?;
            let found = page.items.iter().filter_map(entity_and_version);
            let before = rows.len();
            rows.extend(found.filter(|(entity, _)| self.seen.insert(*entity)));
            self.done.entities += rows.len() - before;
            if let Some(known) = known {
                self.relay_behind(rows, known).await;
                rows.clear();
            }
            for item in &page.items {
                self.help_on(item, now).await;
            }
            match page.next {
                Some(next) => query.start = Some(next),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    async fn relay_behind(&mut self, rows: &[Seen], known: &HashMap<Uuid, Position>) {
        let mut behind = Vec::new();
        for (entity, version) in rows {
            let position = known.get(&entity.id);
            if position.is_none_or(|position| is_behind(*entity, *version, position)) {
                behind.push(*entity);
            }
        }
        let (worker, deadline) = (self.worker.clone(), self.deadline);
        let walks = behind.into_iter().map(|entity| {
            let worker = worker.clone();
            async move {
                if worker.app.now() >= deadline {
                    return None;
                }
                Some((entity, relay_or_quarantine(&worker, entity).await))
            }
        });
        let outcomes: Vec<_> = stream::iter(walks)
            .buffer_unordered(ENTITIES_AT_ONCE)
            .collect()
            .await;
        for outcome in outcomes {
            match outcome {
                Some((_, Ok(Relayed::UpToDate(entries)))) => self.done.entries += entries,
                Some((entity, Ok(Relayed::Quarantined))) => {
                    self.quarantined.insert(entity);
                }
                Some((_, Err(error))) => {
                    self.note::<()>(Err(error));
                }
                None => self.done.cut_short = true,
            }
        }
    }

    /// What else an index row says that is to be done.
    async fn help_on(&mut self, item: &Item, now: DateTime<Utc>) {
        match self.stuck_plan(item, now).await {
            Some(Verdict::QueueAgain) => self.done.requeued += 1,
            Some(Verdict::GiveUp) => self.done.given_up += 1,
            Some(Verdict::Wait) | None => {}
        }
        if self.extent == Extent::Everything {
            match self.old_plan(item, now).await {
                Some(Tidied::Cancelled) => self.done.drafts_cancelled += 1,
                Some(Tidied::Swept) => self.done.plans_swept += 1,
                None => {}
            }
        }
        self.done.erasures += usize::from(self.erasure(item, now).await.unwrap_or(false));
    }

    async fn stuck_plan(&mut self, item: &Item, now: DateTime<Utc>) -> Option<Verdict> {
        let plan = self.judged(item, calculating_plan(item)).await?;
        let outcome = rescue(self.worker, &self.grant(), plan, now).await;
        self.judged(item, outcome.map(Some)).await
    }

    async fn old_plan(&mut self, item: &Item, now: DateTime<Utc>) -> Option<Tidied> {
        let plan = self.judged(item, old_plans::due(item, now)).await?;
        // A page may hold hundreds of them, and each takes a while.
        if self.is_late() {
            return None;
        }
        let outcome = old_plans::tidy(self.worker, &self.grant(), plan, now).await;
        self.judged(item, outcome).await
    }

    async fn erasure(&mut self, item: &Item, now: DateTime<Utc>) -> Option<bool> {
        let customer = self.judged(item, erasures::due(item, now)).await?;
        let outcome = erasures::go_on(self.worker, &self.grant(), customer).await;
        self.note(outcome)
    }

    async fn recount(&mut self) -> Result<(), WorkError> {
        let access = self.worker.app.enter(self.grant()).await?;
        let found = recount(self.worker, &access).await?;
        self.done.contributions += found.contributions;
        self.done.drift += found.drift;
        self.done.inconclusive += found.inconclusive;
        Ok(())
    }

    /// The outcome of something that an index row gave rise to. A record that does not parse is quarantined, and fails no
    /// run: somebody was told.
    async fn judged<T>(&mut self, item: &Item, outcome: Result<Option<T>, WorkError>) -> Option<T> {
        let (entity, error) = match (outcome, entity_of(item)) {
            (Err(error), Some(entity)) if error.poison => (entity, error),
            (outcome, _) => return self.note(outcome).flatten(),
        };
        match quarantine(self.worker, entity, &error).await {
            Ok(()) => {
                self.quarantined.insert(entity);
            }
            Err(error) => {
                self.note::<()>(Err(error));
            }
        }
        None
    }

    fn is_late(&mut self) -> bool {
        let late = self.worker.app.now() >= self.deadline;
        self.done.cut_short |= late;
        late
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

/// Whether the relay has something to do. A history entry comes with each version at most, so a position at the version
/// leaves nothing to publish; a mark may be taken away, and an audit copy may have to be begun.
fn is_behind(entity: Entity, version: u64, position: &Position) -> bool {
    let uncopied = entity.kind == EntityKind::Order && position.audit_head.is_none();
    position.published_to < version || position.quarantine.is_some() || uncopied
}

fn entity_of(item: &Item) -> Option<Entity> {
    Entity::of_key(text(item, "pk")?, text(item, "sk")?)
}

/// What an index row says: of which entity it is, and at which version.
fn entity_and_version(item: &Item) -> Option<Seen> {
    Some((entity_of(item)?, u64::try_from(number(item, "ver")?).ok()?))
}
