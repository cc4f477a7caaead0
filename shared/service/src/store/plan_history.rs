//! What happens to a plan: each change with its entry in the history, and the times after which it may be forgotten (D69).
//! Version and last history sequence are always the same number.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::history_parts::WithHistory;
use super::orders::Payment;
use super::plans::Plan;
use super::record::to_item;
use super::write::Written;
use super::{StoreError, TenantStore};
use crate::auth::Actor;
use crate::store::plan_rows::PlanRequirement;
use crate::words::{PlanEvent, PlanStatus};

/// How long a completed plan is kept (D69).
pub const COMPLETED_KEPT_FOR: TimeDelta = TimeDelta::days(90);
/// How long the requirements of a cancelled plan are kept.
pub const CANCELLED_KEPT_FOR: TimeDelta = TimeDelta::days(30);

/// Who approved a plan, when, with what remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct Approval {
    pub by: Actor,
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One entry of a plan's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct PlanChange {
    #[serde(rename = "n")]
    pub sequence: u64,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from_status: Option<PlanStatus>,
    #[serde(rename = "t")]
    pub to_status: PlanStatus,
    #[serde(rename = "v")]
    pub version: u64,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub changed_at: DateTime<Utc>,
    #[serde(rename = "b")]
    pub changed_by: Actor,
    /// What was said about it.
    #[serde(rename = "no", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The requirement that was changed; none in a change of the status.
    #[serde(rename = "rq", default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<RequirementChange>,
}

/// What was changed of a requirement: names of fields; what they were changed to stands in the requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RequirementChange {
    #[serde(rename = "i")]
    pub ingredient_id: String,
    #[serde(rename = "f")]
    pub changed_fields: Vec<String>,
}

impl PlanChange {
    /// What the entry tells.
    pub const fn event(&self) -> PlanEvent {
        match (&self.requirement, self.from_status) {
            (Some(_), _) => PlanEvent::RequirementUpdated,
            (None, None) => PlanEvent::Created,
            (None, Some(_)) => PlanEvent::StatusChanged,
        }
    }
}

impl Plan {
    /// Takes the next status, with its entry in the history.
    pub fn change_status(&mut self, to: PlanStatus, actor: &Actor, at: DateTime<Utc>, write_id: Uuid) {
        self.decide(to, None, actor, at, write_id);
    }

    /// Takes the next status with a remark, and what comes with it: its approval, a mark that it was sent back, the time
    /// after which it may be forgotten.
    pub fn decide(
        &mut self,
        to: PlanStatus,
        note: Option<String>,
        actor: &Actor,
        at: DateTime<Utc>,
        write_id: Uuid,
    ) {
        let from = self.row.status;
        match to {
            PlanStatus::Approved => {
                self.body.approval = Some(Approval {
                    by: actor.clone(),
                    at,
                    note: note.clone(),
                });
            }
            PlanStatus::Draft => {
                self.body.approval = None;
                // Sent back to be worked on: a newer draft shall not take its place.
                self.body.edited |= from == PlanStatus::PendingApproval;
            }
            PlanStatus::Completed => {
                self.expires_at = Some(at + COMPLETED_KEPT_FOR);
                self.row.expires_at = self.expires_at;
                self.row.swept = false;
            }
            PlanStatus::Cancelled | PlanStatus::Failed => self.row.swept = false,
            PlanStatus::Calculating | PlanStatus::PendingApproval | PlanStatus::InExecution => {}
        }
        self.row.status = to;
        self.enter(Some(from), note, None, actor, at, write_id);
    }

    /// Notes that a requirement was changed; its row is written together with the header.
    pub fn requirement_changed(
        &mut self,
        change: RequirementChange,
        actor: &Actor,
        at: DateTime<Utc>,
        write_id: Uuid,
    ) {
        self.body.edited |= self.row.status.is_revisable();
        self.enter(Some(self.row.status), None, Some(change), actor, at, write_id);
    }

    /// A new version with its entry in the history.
    fn enter(
        &mut self,
        from_status: Option<PlanStatus>,
        note: Option<String>,
        requirement: Option<RequirementChange>,
        actor: &Actor,
        at: DateTime<Utc>,
        write_id: Uuid,
    ) {
        let next = self.version + 1;
        self.body.history.push(PlanChange {
            sequence: next,
            from_status,
            to_status: self.row.status,
            version: next,
            changed_at: at,
            changed_by: actor.clone(),
            note,
            requirement,
        });
        self.version = next;
        self.write_id = write_id;
        self.body.updated_at = at;
        self.body.updated_by = actor.clone();
    }

    /// Whether the table may have forgotten it: what is past its time is not there, however long the table takes to
    /// remove it.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// When its requirements may be forgotten; those of a plan that is worked with are kept. A final plan does not change
    /// any more, so it was last updated when it became final.
    pub fn requirements_expire_at(&self) -> Option<DateTime<Utc>> {
        match self.row.status {
            PlanStatus::Completed => self.expires_at,
            PlanStatus::Cancelled | PlanStatus::Failed => Some(self.body.updated_at + CANCELLED_KEPT_FOR),
            _ => None,
        }
    }

    /// Whether its requirements are past their time.
    pub fn requirements_are_expired(&self, now: DateTime<Utc>) -> bool {
        self.requirements_expire_at().is_some_and(|at| at <= now)
    }

    /// Notes that the rows which nobody will read again are marked. The version stays: nothing that a caller sees has
    /// changed.
    pub fn mark_swept(&mut self, write_id: Uuid) {
        self.write_id = write_id;
        self.row.swept = true;
    }

    /// Notes that it was put on the queue once more. The version stays: nothing that a caller sees has changed, and
    /// events follow from the history alone.
    pub fn queue_again(&mut self, at: DateTime<Utc>, write_id: Uuid) {
        self.write_id = write_id;
        self.body.attempts += 1;
        self.body.queued_at = at;
    }
}

impl WithHistory for Plan {
    type Entry = PlanChange;

    fn sequence(entry: &PlanChange) -> u64 {
        entry.sequence
    }

    fn parts(&self) -> u32 {
        self.body.history_parts
    }

    fn take_oldest(&mut self, entries: usize, _: usize) -> (Vec<PlanChange>, Vec<Payment>) {
        self.body.history_parts += 1;
        (self.body.history.drain(..entries).collect(), Vec::new())
    }
}

impl TenantStore<'_> {
    /// Writes the next version of a plan over the one that was read, together with a requirement of it that has changed.
    /// The requirement needs no condition of its own: whoever writes it writes a version of the plan.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn write_plan(
        &self,
        plan: &Plan,
        read: u64,
        requirement: Option<&PlanRequirement>,
    ) -> Result<Written<Plan>, StoreError> {
        let row = requirement.map(|row| self.overwrite_op(to_item(self.tenant, row)?));
        let beside = row.transpose()?.into_iter().collect();
        self.write_with_history(plan, Some(read), beside).await
    }
}
