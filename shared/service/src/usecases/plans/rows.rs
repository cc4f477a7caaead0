//! A computed plan as rows: one for each requirement, with its pegs in short, the order lines that they refer to, and the
//! forecasts it was made with.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use orders_domain::planning::{Peg, PegRef, Pegging, Plan as Computed, Requirement, Warning};
use uuid::Uuid;

use super::get::RequirementWithPegs;
use super::stake::OrdersAtStake;
use crate::auth::TenantId;
use crate::problem::Problem;
use crate::store::TenantStore;
use crate::store::forecasts::{KeptForecast, PlanForecasts, SourcedForecast};
use crate::store::plans::{
    PegAtRest, PeggedLine, PlanOrderLines, PlanRequirement, PlanResult, PlanWarning, RequirementProgress,
};
use crate::store::record::{Item, to_item};

/// Pegs a plan keeps: about 3 MB of an answer, which may have 6 MB.
const MAX_PEGS: usize = 25_000;
/// Pegs one requirement keeps: about 220 KB of the 400 KB that an item may have.
const MAX_PEGS_PER_ROW: usize = 8_000;
/// Order lines in one item: about 220 KB of the 400 KB that an item may have.
const LINES_PER_PART: usize = 1_800;
/// Forecasts in one item: with 90 days each, the longest horizon, at most 330 KB of the 400 KB that an item may have.
const FORECASTS_PER_PART: usize = 100;
/// Rows that are written before the time is looked at.
const ROWS_IN_A_GO: usize = 64;
/// References a warning keeps.
pub(super) const MAX_REFERENCES: usize = 200;
/// Writes that run side by side.
const CONCURRENT_WRITES: usize = 16;

/// A computed plan on its way to the table. Rows are made one by one, since all of them at once would be many times the
/// plan. Their order is always the same, so that writing can stop after any of them and go on later.
pub(super) struct Rows<'a> {
    plan: Uuid,
    run: Uuid,
    start: NaiveDate,
    requirements: &'a [Requirement],
    at_stake: &'a OrdersAtStake,
    forecasts: &'a [SourcedForecast],
    /// Pegs that each requirement keeps, at most.
    pegs_shown: usize,
    /// The order lines that those pegs refer to, in order.
    lines: Vec<PeggedLine>,
}

impl<'a> Rows<'a> {
    /// The rows of a computation.
    pub(super) fn new(
        (plan, run): (Uuid, Uuid),
        start: NaiveDate,
        computed: &'a Computed,
        at_stake: &'a OrdersAtStake,
        forecasts: &'a [SourcedForecast],
    ) -> Self {
        let requirements = computed.requirements.as_slice();
        let pegs_shown = pegs_shown(requirements);
        let kept = requirements
            .iter()
            .flat_map(|row| row.pegging.iter().take(pegs_shown));
        let lines: BTreeSet<PeggedLine> = kept.map(line_of).collect();
        Self {
            plan,
            run,
            start,
            requirements,
            at_stake,
            forecasts,
            pegs_shown,
            lines: lines.into_iter().collect(),
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.line_parts() + self.forecast_parts() + self.requirements.len()
    }

    fn line_parts(&self) -> usize {
        self.lines.len().div_ceil(LINES_PER_PART)
    }

    fn forecast_parts(&self) -> usize {
        self.forecasts.len().div_ceil(FORECASTS_PER_PART)
    }

    /// The item of a row: the parts of the order lines first, then those of the forecasts, then the requirements.
    fn item(&self, tenant: TenantId, number: usize) -> Result<Item, Problem> {
        let (lines, forecasts) = (self.line_parts(), self.forecast_parts());
        Ok(if number < lines {
            to_item(tenant, &self.order_lines(number))?
        } else if number < lines + forecasts {
            to_item(tenant, &self.forecasts(number - lines))?
        } else {
            to_item(tenant, &self.requirement(number - lines - forecasts)?)?
        })
    }

    pub(super) fn order_lines(&self, part: usize) -> PlanOrderLines {
        PlanOrderLines {
            plan: self.plan,
            run: self.run,
            part: count(part),
            lines: part_of(&self.lines, part, LINES_PER_PART).to_vec(),
        }
    }

    fn forecasts(&self, part: usize) -> PlanForecasts {
        let products = part_of(self.forecasts, part, FORECASTS_PER_PART).iter();
        PlanForecasts {
            plan: self.plan,
            run: self.run,
            part: count(part),
            products: products.map(|row| KeptForecast::of(row, |_| true)).collect(),
        }
    }

    pub(super) fn requirement(&self, number: usize) -> Result<PlanRequirement, Problem> {
        let lost = || Problem::internal("a row lies outside its plan");
        let requirement = self.requirements.get(number).ok_or_else(lost)?;
        let stake = self.at_stake.behind(&requirement.pegging);
        let pegs = requirement.pegging.iter().take(self.pegs_shown);
        Ok(PlanRequirement {
            plan: self.plan,
            run: self.run,
            ingredient_id: requirement.ingredient_id.clone(),
            requirement: without_pegging(requirement)?,
            pegs: pegs
                .map(|peg| self.at_rest(peg))
                .collect::<Result<_, Problem>>()?,
            peg_count: count(requirement.pegging.len()),
            pegged_orders: stake.orders,
            pegged_customers: stake.customers,
            pegged_revenue: Some(stake.revenue),
            progress: RequirementProgress::default(),
        })
    }

    fn at_rest(&self, peg: PegRef<'_>) -> Result<PegAtRest, Problem> {
        let broken = || Problem::internal("a peg lies outside its plan");
        let line = self.lines.binary_search(&line_of(peg)).map_err(|_| broken())?;
        Ok(PegAtRest {
            line: count(line),
            quantity: peg.quantity,
            day: u16::try_from((peg.date - self.start).num_days()).map_err(|_| broken())?,
        })
    }

    /// Writes the rows from one on and tells how many are written then: all, or fewer when `is_short` says that the
    /// invocation ends soon. They are seen only when the header names their computation.
    ///
    /// # Errors
    /// When the table does not answer.
    pub(super) async fn write(
        &self,
        store: TenantStore<'_>,
        from: usize,
        is_short: impl Fn() -> bool,
    ) -> Result<usize, Problem> {
        let mut written = from.min(self.len());
        while written < self.len() {
            let batch = written..(written + ROWS_IN_A_GO).min(self.len());
            let end = batch.end;
            stream::iter(batch)
                .map(|number| async move {
                    Ok::<_, Problem>(store.overwrite(self.item(store.tenant(), number)?).await?)
                })
                .buffer_unordered(CONCURRENT_WRITES)
                .try_collect::<()>()
                .await?;
            written = end;
            if is_short() {
                break;
            }
        }
        Ok(written)
    }
}

fn part_of<T>(all: &[T], part: usize, size: usize) -> &[T] {
    all.chunks(size).nth(part).unwrap_or_default()
}

fn line_of(peg: PegRef<'_>) -> PeggedLine {
    PeggedLine {
        order_id: peg.order_id.to_owned(),
        line: peg.line,
        product_id: peg.product_id.to_owned(),
    }
}

/// The requirements of a plan that is not stored, with as many pegs as a stored one would have.
pub(super) fn unstored(computed: &Computed) -> Result<Vec<RequirementWithPegs>, Problem> {
    let pegs_shown = pegs_shown(&computed.requirements);
    let requirements = computed.requirements.iter().map(|requirement| {
        let pegs = requirement.pegging.iter().take(pegs_shown);
        Ok(RequirementWithPegs {
            requirement: without_pegging(requirement)?,
            pegs: pegs.map(to_peg).collect(),
            peg_count: count(requirement.pegging.len()),
            progress: RequirementProgress::default(),
        })
    });
    requirements.collect()
}

fn to_peg(peg: PegRef<'_>) -> Peg {
    Peg {
        order_id: peg.order_id.to_owned(),
        line: peg.line,
        product_id: peg.product_id.to_owned(),
        quantity: peg.quantity,
        date: peg.date,
    }
}

/// How many pegs each requirement keeps, at most.
fn pegs_shown(requirements: &[Requirement]) -> usize {
    let counts: Vec<usize> = requirements.iter().map(|row| row.pegging.len()).collect();
    fair_limit(&counts, MAX_PEGS).min(MAX_PEGS_PER_ROW)
}

fn without_pegging(requirement: &Requirement) -> Result<serde_json::Value, Problem> {
    let bare = Requirement {
        pegging: Pegging::default(),
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
    degraded_sources: &BTreeSet<String>,
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
        degraded_sources: degraded_sources.iter().cloned().collect(),
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

#[cfg(test)]
mod tests;
