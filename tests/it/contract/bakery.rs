//! A tenant in which everything there is exists once, made of the document's own examples.

use std::collections::BTreeMap;

use http::HeaderMap;
use lambda_http::Body;
use orders_service::http::{handlers, serve};
use orders_service::messaging::entity::EntityKind;
use serde_json::Value;
use uuid::Uuid;

use super::document::{EXAMPLE_CUSTOMER, Operation, operations};
use crate::support::{Background, World};

/// What goes by in every request, so that two answers can be compared to the byte.
pub(super) const REQUEST_ID: &str = "the-same-for-every-request";

/// An answer to the byte.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Raw {
    /// The body, which must be JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The code of a problem; empty for a good answer.
    pub(super) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or("").to_owned()
    }
}

/// A tenant and its records.
pub(super) struct Bakery {
    pub(super) world: World,
    /// A value for every parameter that names something of the tenant.
    pub(super) ids: BTreeMap<String, String>,
}

impl Bakery {
    /// A new tenant in the same table, with one record of each kind. `catalog` begins the ids that clients choose.
    pub(super) async fn beside(world: &World, catalog: &str) -> Self {
        let chosen = |name: &str| format!("{catalog}{name}");
        let mut bakery = Self {
            world: world.neighbour(),
            ids: BTreeMap::from([
                ("supplier_id".to_owned(), chosen("harbour-mill")),
                ("ingredient_id".to_owned(), chosen("strong-flour")),
                ("product_id".to_owned(), chosen("sourdough")),
                ("line".to_owned(), "1".to_owned()),
            ]),
        };
        for entry in ["putSupplier", "putIngredient", "putProduct"] {
            bakery.make(entry, 201).await;
        }
        let customer = bakery.make("createCustomer", 201).await;
        bakery.keep("customer_id", &customer);
        let order = bakery.make("createOrder", 201).await;
        bakery.keep("order_id", &order);
        let plan = bakery.make("startPlan", 202).await;
        bakery.keep("plan_id", &plan);
        bakery.settle().await;
        let alerts = bakery.world.get("/alerts").await.expect(200);
        bakery.keep("alert_id", &alerts["items"][0]);
        bakery
    }

    fn keep(&mut self, parameter: &str, record: &Value) {
        let id = record["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id for {parameter}: {record}"));
        self.ids.insert(parameter.to_owned(), id.to_owned());
    }

    /// What the background functions do about the records.
    async fn settle(&self) {
        let background = Background::of(&self.world);
        let customer = self.world.entity(EntityKind::Customer, &self.ids["customer_id"]);
        let order = self.world.entity(EntityKind::Order, &self.ids["order_id"]);
        background.settle(customer).await;
        background.settle(order).await;
        let plan = &self.ids["plan_id"];
        background.compute(&self.world, plan).await.unwrap();
        background.settle(self.world.entity(EntityKind::Plan, plan)).await;
    }

    async fn make(&self, id: &str, status: u16) -> Value {
        let operation = operations()
            .into_iter()
            .find(|operation| operation.id == id)
            .unwrap();
        let answer = self.send("admin", &operation, &operation.examples[0].1).await;
        assert_eq!(answer.status, status, "{id}: {}", answer.body);
        answer.json()
    }

    /// Sends an operation with the bakery's own records.
    pub(super) async fn send(&self, role: &str, operation: &Operation, body: &Value) -> Raw {
        let url = self.url(operation, &[]);
        let token = self.world.token(role);
        self.raw(&token, operation, &url, Some(body)).await
    }

    /// An operation's address: the bakery's own records, apart from those `instead`.
    pub(super) fn url(&self, operation: &Operation, instead: &[(&str, &str)]) -> String {
        let replaced: BTreeMap<_, _> = instead.iter().copied().collect();
        let tenant = self.world.tenant.to_string();
        let tenant = replaced.get("tenant_id").copied().unwrap_or(&tenant);
        let mut url = operation.path.replace("{tenant_id}", tenant);
        for name in &operation.path_parameters {
            let own = self.ids.get(name);
            let value = replaced.get(name.as_str()).copied().or(own.map(String::as_str));
            let value = value.unwrap_or_else(|| {
                panic!(
                    "{} has a parameter {name} that these tests know nothing of",
                    operation.id
                )
            });
            url = url.replace(&format!("{{{name}}}"), value);
        }
        url
    }

    /// A body with the bakery's own customer and catalog in it.
    fn own(&self, body: &Value) -> String {
        let mut text = body.to_string();
        if let Some(customer) = self.ids.get("customer_id") {
            text = text.replace(EXAMPLE_CUSTOMER, customer);
        }
        for name in ["supplier_id", "ingredient_id", "product_id"] {
            let own = &self.ids[name];
            if let Some(shown) = ["harbour-mill", "strong-flour", "sourdough"]
                .iter()
                .find(|shown| own.ends_with(**shown))
            {
                text = text.replace(&format!("\"{shown}\""), &format!("\"{own}\""));
            }
        }
        text
    }

    /// Sends a request exactly so, except that the example's records become the bakery's.
    pub(super) async fn raw(
        &self,
        token: &str,
        operation: &Operation,
        url: &str,
        body: Option<&Value>,
    ) -> Raw {
        let mut request = http::Request::builder()
            .method(operation.method.as_str())
            .uri(url)
            .header("authorization", format!("Bearer {token}"))
            .header("x-request-id", REQUEST_ID);
        let mut sent = Body::Empty;
        if let (true, Some(body)) = (operation.has_body(), body) {
            request = request.header("content-type", "application/json");
            sent = Body::Text(self.own(body));
        }
        let response = serve(&self.world.app, &handlers::all(), request.body(sent).unwrap()).await;
        let (parts, body) = response.into_parts();
        Raw {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    /// Everything the tenant can read of itself, for telling whether somebody else has changed it.
    pub(super) async fn everything(&self) -> BTreeMap<String, Raw> {
        let mut seen = BTreeMap::new();
        for operation in operations() {
            let live = ["serviceStatus", "demandRequirements"].contains(&operation.id.as_str());
            if operation.secured && operation.method == "GET" && !live {
                let answer = self.send("owner", &operation, &Value::Null).await;
                seen.insert(operation.id, answer);
            }
        }
        seen
    }
}

/// An id that nothing has.
pub(super) fn unknown(parameter: &str) -> String {
    match parameter {
        "line" => "50".to_owned(),
        "product_id" | "ingredient_id" | "supplier_id" => "nobody-has-this".to_owned(),
        _ => Uuid::new_v4().to_string(),
    }
}
