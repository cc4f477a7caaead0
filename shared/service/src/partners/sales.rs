//! The sales partner (§14): what was sold of a product on each day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use orders_domain::decimal::Quantity;
use serde::Deserialize;
use serde_json::Value;

use super::client::{PartnerClient, Request, Surroundings};
use super::inventory::figure;
use super::{PartnerError, Sales};
use crate::auth::Grant;
use crate::partners::breaker::BreakerState;

/// Sales at an address.
pub(super) struct HttpSales(PartnerClient);

impl HttpSales {
    pub(super) fn new(base_url: &str, around: Surroundings) -> Self {
        Self(PartnerClient::new("sales", base_url, around))
    }
}

#[derive(Deserialize)]
struct Answer {
    days: Vec<Day>,
}

#[derive(Deserialize)]
struct Day {
    date: NaiveDate,
    quantity: Value,
}

impl Sales for HttpSales {
    fn history<'a>(
        &'a self,
        grant: &'a Grant,
        product_id: &'a str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> BoxFuture<'a, Result<BTreeMap<NaiveDate, Quantity>, PartnerError>> {
        async move {
            let query = [
                ("tenant_id", grant.tenant().to_string()),
                ("product_id", product_id.to_owned()),
                ("from", from.to_string()),
                ("to", to.to_string()),
            ];
            let answer: Answer = self.0.send(&Request::get("/history", &query)).await?;
            checked(answer, from, to)
        }
        .boxed()
    }

    fn breaker(&self) -> BreakerState {
        self.0.breaker()
    }
}

/// Each day once, none outside of what was asked, nothing below nothing. Days left out were days without a sale.
fn checked(
    answer: Answer,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<NaiveDate, Quantity>, PartnerError> {
    let invalid = |what: &str| PartnerError::Invalid(what.to_owned());
    let mut days = BTreeMap::new();
    for day in answer.days {
        let quantity = figure(&day.quantity).flatten();
        let quantity = quantity
            .filter(|quantity| !quantity.is_negative())
            .ok_or_else(|| invalid("a quantity is no decimal of nothing or more"))?;
        if !(from..=to).contains(&day.date) {
            return Err(invalid("a day that was not asked"));
        }
        if days.insert(day.date, quantity).is_some() {
            return Err(invalid("a day is there twice"));
        }
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn days_are_taken_once_and_only_those_that_were_asked() {
        // §14
        let check = |days: Value| {
            let answer = serde_json::from_value(json!({ "days": days })).unwrap();
            checked(
                answer,
                "2026-11-01".parse().unwrap(),
                "2026-11-30".parse().unwrap(),
            )
        };
        let day = |date: &str, quantity: Value| json!({"date": date, "quantity": quantity});
        let good = check(json!([
            day("2026-11-03", json!("12.5")),
            day("2026-11-01", json!(0))
        ]))
        .unwrap();
        let shown: Vec<_> = good.iter().map(|(date, q)| format!("{date} {q}")).collect();
        assert_eq!(shown, ["2026-11-01 0.000", "2026-11-03 12.500"]);
        for days in [
            json!([day("2026-10-31", json!(1))]),
            json!([day("2026-11-01", json!(1)), day("2026-11-01", json!(1))]),
            json!([day("2026-11-01", json!(-1))]),
            json!([day("2026-11-01", json!("many"))]),
            json!([day("2026-11-01", Value::Null)]),
        ] {
            assert!(check(days.clone()).is_err(), "{days}");
        }
    }
}
