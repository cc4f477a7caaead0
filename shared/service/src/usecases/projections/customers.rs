//! Counting a customer as it stands.

use super::{ATTEMPTS, Cause, ahead, kept_changing, not_there};
use crate::auth::Grant;
use crate::messaging::{WorkError, Worker};
use crate::store::customers::Customer;
use crate::store::keys;
use crate::store::rollups::Projected;
use crate::store::rollups::contribution::CustomerContribution;
use crate::store::rollups::gates::CustomerGate;

/// Brings what is counted of a customer up to the customer; tells whether there was anything to do.
///
/// # Errors
/// See [`super::project`].
pub(super) async fn project(worker: &Worker, grant: &Grant, cause: Cause) -> Result<bool, WorkError> {
    let store = worker.app.tenant_store(grant);
    let key = keys::customer(grant.tenant(), cause.id);
    let gate_key = keys::customer_gate(grant.tenant(), cause.id);
    for attempt in 0..ATTEMPTS {
        let (customer, gate) = store.with_gate::<Customer, CustomerGate>(&key, &gate_key).await?;
        let reached = gate.as_ref().map_or(0, |gate| gate.sequence);
        if reached >= cause.sequence && !cause.recheck {
            return Ok(false);
        }
        let customer = customer.ok_or_else(|| not_there("customer"))?;
        if customer.version < cause.sequence {
            return Err(ahead());
        }
        let contribution = CustomerContribution::of(&customer);
        if reached >= customer.version
            && gate
                .as_ref()
                .is_some_and(|gate| gate.contribution == contribution)
        {
            return Ok(false);
        }
        let next = CustomerGate {
            id: customer.id,
            version: gate.as_ref().map_or(1, |gate| gate.version + 1),
            write_id: worker.app.ids().fresh(),
            sequence: customer.version,
            contribution,
        };
        let counted = cause.counted(worker, customer.body.updated_at);
        match store.count_customer_change(gate.as_ref(), &next, counted).await? {
            Projected::Now => return Ok(true),
            Projected::Lost => store.pause_after_lost_race(attempt).await,
        }
    }
    Err(kept_changing())
}
