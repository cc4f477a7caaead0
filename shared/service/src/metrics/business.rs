//! What the bakery's business comes to: orders, alerts, plans.

use chrono::{DateTime, Utc};
use orders_domain::alerts::{AlertType, Severity};
use orders_domain::decimal::Money;

use super::{Line, Unit};

/// Tells of an order that was stored, not of one that was found again (D7).
///
/// The value is in hundredths, a whole number: nothing binary touches money.
pub fn order_created(at: DateTime<Utc>, currency: &str, total_amount: Money) {
    of_order(at, currency, total_amount).write();
}

fn of_order(at: DateTime<Utc>, currency: &str, total_amount: Money) -> Line {
    Line::of_function("create-order", at)
        .by(&[("Currency", currency)])
        .figure("OrdersCreated", Unit::Count, 1)
        .figure("OrderValueCents", Unit::None, total_amount.scaled())
}

/// Tells of an alert that was opened or became more severe (D42).
pub fn alert_raised(at: DateTime<Utc>, alert_type: AlertType, severity: Severity) {
    of_alert(at, alert_type, severity).write();
}

fn of_alert(at: DateTime<Utc>, alert_type: AlertType, severity: Severity) -> Line {
    let severity = ("Severity", severity.as_str());
    Line::at(at)
        .by(&[("AlertType", alert_type.as_str()), severity])
        .by(&[severity])
        .figure("AlertsRaised", Unit::Count, 1)
}

/// What a computed plan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanFigures {
    /// Ingredients that something is needed of.
    pub requirements: u32,
    /// Those at critical risk.
    pub critical: u32,
    /// Lines of orders it was computed from.
    pub order_lines: usize,
    /// From the first read to the header's turn.
    pub duration_millis: i64,
}

/// Tells of a plan that became a draft.
pub fn plan_computed(function: &str, at: DateTime<Utc>, plan: PlanFigures) {
    of_plan(function, at, plan).write();
}

fn of_plan(function: &str, at: DateTime<Utc>, plan: PlanFigures) -> Line {
    let order_lines = i64::try_from(plan.order_lines).unwrap_or(i64::MAX);
    Line::of_function(function, at)
        .figure("PlansComputed", Unit::Count, 1)
        .figure("PlanRequirements", Unit::Count, plan.requirements.into())
        .figure("PlanCriticalRequirements", Unit::Count, plan.critical.into())
        .figure("PlanOrderLines", Unit::Count, order_lines)
        .figure("PlanDuration", Unit::Milliseconds, plan.duration_millis)
}

/// Tells of a plan that cannot be made.
pub fn plan_failed(function: &str, at: DateTime<Utc>) {
    of_failed_plan(function, at).write();
}

fn of_failed_plan(function: &str, at: DateTime<Utc>) -> Line {
    Line::of_function(function, at).figure("PlansFailed", Unit::Count, 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::line::tests::valid;
    use super::*;

    #[test]
    fn the_value_of_an_order_is_told_by_its_currency() {
        let total = Money::parse("116.77").unwrap();
        let line = valid(&of_order(DateTime::UNIX_EPOCH, "EUR", total));
        assert_eq!(
            (
                &line["Currency"],
                &line["OrdersCreated"],
                &line["OrderValueCents"]
            ),
            (&json!("EUR"), &json!(1), &json!(11_677))
        );
        let sets = &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        assert_eq!(*sets, json!([["Function"], ["Currency"]]));
    }

    #[test]
    fn alerts_are_told_by_type_and_severity_and_by_severity_alone() {
        for alert_type in AlertType::ALL {
            for severity in Severity::ALL {
                let line = valid(&of_alert(DateTime::UNIX_EPOCH, alert_type, severity));
                assert_eq!(line["AlertType"], alert_type.as_str());
                assert_eq!(line["Severity"], severity.as_str());
                let sets = &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
                assert_eq!(*sets, json!([["AlertType", "Severity"], ["Severity"]]));
            }
        }
    }

    #[test]
    fn a_plan_tells_its_size_and_how_long_it_took() {
        let plan = PlanFigures {
            requirements: 12,
            critical: 3,
            order_lines: 800,
            duration_millis: 240,
        };
        let line = valid(&of_plan("plan-procurement", DateTime::UNIX_EPOCH, plan));
        let figures = [
            "PlansComputed",
            "PlanRequirements",
            "PlanCriticalRequirements",
            "PlanOrderLines",
            "PlanDuration",
        ];
        assert_eq!(
            figures.map(|name| line[name].as_i64().unwrap()),
            [1, 12, 3, 800, 240]
        );
        let failed = valid(&of_failed_plan("plan-procurement", DateTime::UNIX_EPOCH));
        assert_eq!(failed["PlansFailed"], 1);
    }
}
