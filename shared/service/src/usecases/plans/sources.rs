//! Where a plan's data come from: inventory or the tenant's own catalog, overdue orders, and what earlier plans still have
//! to receive. A source that does not answer is named, never silently nothing (D69).

use chrono::{Days, NaiveDate};
use orders_domain::catalog::Catalog;
use orders_domain::decimal::Quantity;
use orders_domain::planning::{PlannedReceipt, RequirementStatus};
use serde::Deserialize;

use super::gather::Scope;
use super::{around, created_between, get};
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys;
use crate::store::plans::Plan;
use crate::store::{StoreError, TenantStore};
use crate::usecases::catalog;
use crate::usecases::orders::demand::orders_due;
use crate::words::PlanStatus;

/// How far back overdue orders are looked for, in days: older ones are forgotten rather than late.
const OVERDUE_DAYS: u64 = 31;
/// How far back plans may have been started that still have something to receive, in days.
const OPEN_PLAN_DAYS: u64 = 400;

/// What is there to plan with.
pub(super) struct KnownCatalog {
    pub(super) catalog: Catalog,
    /// Whether inventory is there and gave no answer: then this is the tenant's own catalog.
    pub(super) inventory_is_missing: bool,
}

/// Suppliers, ingredients and products: inventory's where there is one, else the tenant's own (SPEC §9).
pub(super) async fn catalog(app: &App, access: &Access) -> Result<KnownCatalog, StoreError> {
    if let Some(inventory) = app.inventory() {
        match inventory.stock(access).await {
            Ok(catalog) => {
                return Ok(KnownCatalog {
                    catalog,
                    inventory_is_missing: false,
                });
            }
            Err(error) => tracing::warn!(cause = %error, "inventory gave no answer to plan with"),
        }
    }
    Ok(KnownCatalog {
        catalog: catalog::load(app.tenant_store(access)).await?,
        inventory_is_missing: app.inventory().is_some(),
    })
}

/// Open orders whose day has passed: no demand, but named (D60).
pub(super) async fn overdue_orders(store: TenantStore<'_>, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let days = |back: u64| {
        let date = scope.today.checked_sub_days(Days::new(back));
        date.unwrap_or(NaiveDate::MIN)
    };
    if !scope.parameters.use_orders {
        return Ok(Vec::new());
    }
    let orders = orders_due(store, days(OVERDUE_DAYS), days(1)).await?;
    let open = orders.iter().filter(|order| order.r.status.is_open());
    Ok(open.filter_map(|order| Some(order.id()?.to_string())).collect())
}

/// What a requirement of an earlier plan says about what is still to come.
#[derive(Debug, Deserialize)]
struct Outstanding {
    ingredient_id: String,
    order_quantity: Quantity,
    received_quantity: Quantity,
    expected_receipt_date: Option<NaiveDate>,
    status: RequirementStatus,
}

/// What approved plans and plans in execution have decided to buy and have not received (D69), so that a rerun doubles
/// nothing.
pub(super) async fn planned_receipts(
    app: &App,
    access: &Access,
    scope: &Scope,
) -> Result<Vec<PlannedReceipt>, Problem> {
    let today = scope.today;
    let earliest = today.checked_sub_days(Days::new(OPEN_PLAN_DAYS)).unwrap_or(today);
    let found = created_between(app.tenant_store(access), around(earliest).0, around(today).1)
        .await?
        .into_iter();
    let open = found
        .filter(|other| matches!(other.r.status, PlanStatus::Approved | PlanStatus::InExecution))
        .filter_map(|other| other.id());
    let mut receipts = Vec::new();
    for id in open.filter(|id| Some(*id) != scope.plan) {
        let key = keys::plan(access.tenant(), id);
        let Some(other) = app.tenant_store(access).get::<Plan>(&key).await? else {
            continue;
        };
        for row in get::requirements(app, access, &other).await? {
            let requirement = Outstanding::deserialize(&row.requirement).map_err(|error| {
                Problem::internal(format!("a stored requirement does not parse: {error}"))
            })?;
            receipts.extend(requirement.receipt(&other.row.plan_number));
        }
    }
    Ok(receipts)
}

impl Outstanding {
    /// The receipt that is still to come; none when all has come, or it was given up.
    fn receipt(self, plan_number: &str) -> Option<PlannedReceipt> {
        let quantity = self.order_quantity.checked_sub(self.received_quantity)?;
        let is_open = !matches!(
            self.status,
            RequirementStatus::Cancelled | RequirementStatus::Received
        );
        (quantity > Quantity::ZERO && is_open).then_some(())?;
        Some(PlannedReceipt {
            plan_number: plan_number.to_owned(),
            ingredient_id: self.ingredient_id,
            date: self.expected_receipt_date?,
            quantity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_or_was_given_up_is_no_receipt() {
        // D69
        let left = |status: &str, received: &str| {
            let row = serde_json::json!({
                "ingredient_id": "flour", "order_quantity": "100.000", "received_quantity": received,
                "expected_receipt_date": "2026-12-04", "status": status, "name": "Flour",
            });
            let outstanding = Outstanding::deserialize(&row).unwrap();
            outstanding
                .receipt("PLAN-1")
                .map(|receipt| receipt.quantity.to_string())
        };
        assert_eq!(left("approved", "0.000").as_deref(), Some("100.000"));
        assert_eq!(left("partially_received", "30.000").as_deref(), Some("70.000"));
        assert_eq!(left("ordered", "100.000"), None);
        assert_eq!(left("received", "90.000"), None);
        assert_eq!(left("cancelled", "0.000"), None);
    }
}
