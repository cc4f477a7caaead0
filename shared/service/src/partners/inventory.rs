//! The inventory partner over HTTP (§14).

use std::collections::HashMap;
use std::str::FromStr as _;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use orders_domain::catalog::Catalog;
use orders_domain::decimal::Quantity;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::breaker::BreakerState;
use super::client::{PartnerClient, Request, Surroundings};
use super::stock::StockAnswer;
use super::{Availability, Inventory, PartnerError};
use crate::auth::Grant;

/// Inventory at an address.
pub(super) struct HttpInventory(PartnerClient);

impl HttpInventory {
    pub(super) fn new(base_url: &str, around: Surroundings) -> Self {
        Self(PartnerClient::new("inventory", base_url, around))
    }
}

#[derive(Serialize)]
struct Question<'a> {
    tenant_id: Uuid,
    items: Vec<WantedItem<'a>>,
}

#[derive(Serialize)]
struct WantedItem<'a> {
    product_id: &'a str,
    quantity: Quantity,
}

/// What is not read here may be there: a partner adds fields without asking.
#[derive(Deserialize)]
struct Answer {
    items: Vec<AnsweredItem>,
}

#[derive(Deserialize)]
struct AnsweredItem {
    product_id: String,
    available: bool,
    #[serde(default)]
    quantity: Value,
}

impl Inventory for HttpInventory {
    fn availability<'a>(
        &'a self,
        grant: &'a Grant,
        wanted: &'a [(String, Quantity)],
    ) -> BoxFuture<'a, Result<Vec<Availability>, PartnerError>> {
        let question = Question {
            tenant_id: grant.tenant().0,
            items: wanted
                .iter()
                .map(|(product_id, quantity)| WantedItem {
                    product_id,
                    quantity: *quantity,
                })
                .collect(),
        };
        async move {
            let answer = self
                .0
                .send(&Request::post("/availability", &question, None)?)
                .await?;
            checked(answer, wanted)
        }
        .boxed()
    }

    fn stock<'a>(&'a self, grant: &'a Grant) -> BoxFuture<'a, Result<Catalog, PartnerError>> {
        async move {
            let query = [("tenant_id", grant.tenant().to_string())];
            let answer: StockAnswer = self.0.send(&Request::get("/stock", &query)).await?;
            answer.into_catalog()
        }
        .boxed()
    }

    fn breaker(&self) -> BreakerState {
        self.0.breaker()
    }
}

/// The answer in the order of the question. A product that is missing, or there twice, leaves nothing to rely on.
fn checked(answer: Answer, wanted: &[(String, Quantity)]) -> Result<Vec<Availability>, PartnerError> {
    let invalid = |what: &str| PartnerError::Invalid(what.to_owned());
    let mut by_product = HashMap::with_capacity(answer.items.len());
    for item in answer.items {
        let found = Availability {
            available: item.available,
            quantity: figure(&item.quantity).ok_or_else(|| invalid("a quantity is no decimal"))?,
            product_id: item.product_id,
        };
        if by_product.insert(found.product_id.clone(), found).is_some() {
            return Err(invalid("a product is there twice"));
        }
    }
    let items = wanted.iter().map(|(id, _)| by_product.remove(id));
    items
        .collect::<Option<_>>()
        .ok_or_else(|| invalid("a product that was asked is missing"))
}

/// A figure: a decimal as text or number, cut to three decimals so that never more is promised than is there. The
/// outer `None` means that it is none.
pub(super) fn figure(value: &Value) -> Option<Option<Quantity>> {
    let text = match value {
        Value::Null => return Some(None),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let decimal = Decimal::from_str(&text).ok()?.trunc_with_scale(Quantity::SCALE);
    Quantity::round_from(decimal).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(ids: &[&str]) -> Vec<(String, Quantity)> {
        ids.iter()
            .map(|id| ((*id).to_owned(), Quantity::from_scaled(1_000)))
            .collect()
    }

    fn check(answer: Value, ids: &[&str]) -> Result<Vec<(String, bool, Option<String>)>, PartnerError> {
        let found = checked(serde_json::from_value(answer).unwrap(), &wanted(ids))?;
        let shown = |item: Availability| {
            (
                item.product_id,
                item.available,
                item.quantity.map(|q| q.to_string()),
            )
        };
        Ok(found.into_iter().map(shown).collect())
    }

    #[test]
    fn every_product_is_found_again_whatever_the_order_and_the_extras() {
        // §14
        let answer = json!({"as_of": "now", "items": [
            {"product_id": "roll", "available": false, "quantity": 2.5, "depot": "north"},
            {"product_id": "cake", "available": true},
            {"product_id": "rye", "available": true, "quantity": "12.3459"},
        ]});
        assert_eq!(
            check(answer, &["rye", "roll"]).unwrap(),
            [
                ("rye".to_owned(), true, Some("12.345".to_owned())),
                ("roll".to_owned(), false, Some("2.500".to_owned())),
            ]
        );
    }

    #[test]
    fn an_answer_with_a_hole_a_double_or_a_figure_that_is_none_is_not_relied_on() {
        // §14
        let one = |quantity: Value| json!({"product_id": "rye", "available": true, "quantity": quantity});
        for answer in [
            json!({"items": []}),
            json!({"items": [one(json!(1)), one(json!(2))]}),
            json!({"items": [one(json!("plenty"))]}),
            json!({"items": [one(json!([1]))]}),
            json!({"items": [one(json!("1e400"))]}),
        ] {
            let error = check(answer.clone(), &["rye"]).unwrap_err();
            assert!(matches!(error, PartnerError::Invalid(_)), "{answer}: {error}");
        }
        // More than an order may ask for is still a stock.
        assert_eq!(
            check(json!({"items": [one(json!("2000000"))]}), &["rye"]).unwrap()[0].2,
            Some("2000000.000".into())
        );
    }
}
