//! A computed plan as rows: one for each requirement, with its pegs in short, and the order lines that they refer to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use orders_domain::planning::{Peg, Plan as Computed, Requirement, Warning};
use uuid::Uuid;

use super::stake::OrdersAtStake;
use crate::problem::Problem;
use crate::store::plans::{PegAtRest, PeggedLine, PlanOrderLines, PlanRequirement, PlanResult, PlanWarning};
use crate::store::record::to_item;
use crate::store::{StoreError, TenantStore};

/// Pegs a plan keeps: about 3 MB of an answer, which may have 6 MB.
const MAX_PEGS: usize = 25_000;
/// Pegs one requirement keeps: about 220 KB of the 400 KB that an item may have.
const MAX_PEGS_PER_ROW: usize = 8_000;
/// Order lines in one item: about 220 KB of the 400 KB that an item may have.
const LINES_PER_PART: usize = 1_800;
/// References a warning keeps.
const MAX_REFERENCES: usize = 200;
/// Writes that run side by side.
const CONCURRENT_WRITES: usize = 16;

/// A computed plan, ready to be written.
#[derive(Debug, PartialEq)]
pub(super) struct Rows {
    pub(super) requirements: Vec<PlanRequirement>,
    pub(super) order_lines: Vec<PlanOrderLines>,
}

/// Makes the rows of a computed plan.
pub(super) fn rows(
    plan: Uuid,
    run: Uuid,
    start: NaiveDate,
    computed: &Computed,
    at_stake: &OrdersAtStake,
) -> Result<Rows, Problem> {
    let counts: Vec<usize> = computed
        .requirements
        .iter()
        .map(|row| row.pegging.len())
        .collect();
    let shown = fair_limit(&counts, MAX_PEGS).min(MAX_PEGS_PER_ROW);
    let kept = computed
        .requirements
        .iter()
        .flat_map(|row| row.pegging.iter().take(shown));
    let lines: BTreeSet<PeggedLine> = kept.map(line_of).collect();
    let positions: BTreeMap<&PeggedLine, u32> = lines.iter().zip(0_u32..).collect();
    let requirements = computed.requirements.iter().map(|requirement| {
        let pegs = requirement
            .pegging
            .iter()
            .take(shown)
            .map(|peg| at_rest(peg, &positions, start));
        let stake = at_stake.behind(&requirement.pegging);
        Ok(PlanRequirement {
            plan,
            run,
            ingredient_id: requirement.ingredient_id.clone(),
            requirement: without_pegging(requirement)?,
            pegs: pegs.collect::<Result<_, Problem>>()?,
            peg_count: count(requirement.pegging.len()),
            pegged_orders: stake.orders,
            pegged_customers: stake.customers,
            pegged_revenue: Some(stake.revenue),
        })
    });
    let requirements = requirements.collect::<Result<_, Problem>>()?;
    let all: Vec<PeggedLine> = lines.into_iter().collect();
    let parts = all.chunks(LINES_PER_PART).zip(0_u32..);
    let order_lines = parts
        .map(|(lines, part)| PlanOrderLines {
            plan,
            run,
            part,
            lines: lines.to_vec(),
        })
        .collect();
    Ok(Rows {
        requirements,
        order_lines,
    })
}

fn line_of(peg: &Peg) -> PeggedLine {
    PeggedLine {
        order_id: peg.order_id.clone(),
        line: peg.line,
        product_id: peg.product_id.clone(),
    }
}

fn at_rest(
    peg: &Peg,
    positions: &BTreeMap<&PeggedLine, u32>,
    start: NaiveDate,
) -> Result<PegAtRest, Problem> {
    let broken = || Problem::internal("a peg lies outside its plan");
    Ok(PegAtRest {
        line: *positions.get(&line_of(peg)).ok_or_else(broken)?,
        quantity: peg.quantity,
        day: u16::try_from((peg.date - start).num_days()).map_err(|_| broken())?,
    })
}

fn without_pegging(requirement: &Requirement) -> Result<serde_json::Value, Problem> {
    let bare = Requirement {
        pegging: Vec::new(),
        ..requirement.clone()
    };
    let mut json = serde_json::to_value(bare).map_err(|error| Problem::internal(error.to_string()))?;
    if let Some(fields) = json.as_object_mut() {
        fields.remove("pegging");
    }
    Ok(json)
}

/// The greatest number of which every list may keep so many without all together keeping more than `total`.
fn fair_limit(lengths: &[usize], total: usize) -> usize {
    let kept = |limit: usize| lengths.iter().map(|length| (*length).min(limit)).sum::<usize>();
    let longest = lengths.iter().copied().max().unwrap_or(0);
    if kept(longest) <= total {
        return longest;
    }
    let (mut fits, mut exceeds) = (0, longest);
    while exceeds - fits > 1 {
        let middle = fits.midpoint(exceeds);
        if kept(middle) <= total {
            fits = middle
        } else {
            exceeds = middle
        }
    }
    fits
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The figures over all requirements, with what the service itself has to say.
pub(super) fn result(
    computed: &Computed,
    mut warnings: Vec<PlanWarning>,
    degraded_sources: Vec<String>,
) -> Result<PlanResult, Problem> {
    for warning in &computed.warnings {
        warnings.push(shortened(warning)?);
    }
    Ok(PlanResult {
        supplier_count: computed.supplier_count,
        supplier_diversification: computed.supplier_diversification,
        risk_score: computed.risk.score,
        risk_level: computed.risk.level,
        warnings,
        degraded_sources,
    })
}

/// A header must stay small: a warning keeps the first references, and how many there are.
fn shortened(warning: &Warning) -> Result<PlanWarning, Problem> {
    let code = serde_json::to_value(warning.code).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(PlanWarning {
        code: code.as_str().unwrap_or_default().to_owned(),
        message: warning.message.clone(),
        reference_count: count(warning.references.len()),
        references: warning.references.iter().take(MAX_REFERENCES).cloned().collect(),
    })
}

/// Writes the rows. They are seen only when the header names their computation.
pub(super) async fn write(store: TenantStore<'_>, rows: &Rows) -> Result<(), StoreError> {
    let tenant = store.tenant();
    let requirements = rows.requirements.iter().map(|row| to_item(tenant, row));
    let order_lines = rows.order_lines.iter().map(|row| to_item(tenant, row));
    let items: Vec<_> = requirements.chain(order_lines).collect::<Result<_, _>>()?;
    stream::iter(items)
        .map(|item| async move { store.overwrite(item).await })
        .buffer_unordered(CONCURRENT_WRITES)
        .try_collect()
        .await
}

#[cfg(test)]
mod tests;
