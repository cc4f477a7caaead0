//! The service in this process, against a table of its own in the emulator.

use std::collections::HashMap;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use chrono::{DateTime, Utc};
use lambda_http::Body;
use orders_service::app::App;
use orders_service::auth::{Grant, TenantId};
use orders_service::config::Config;
use orders_service::http::{handlers, serve};
use orders_service::partners::Partners;
use orders_service::ports::{ManualClock, RandomIds};
use serde_json::Value;
use uuid::Uuid;

use super::memory_table::MemoryTable;
use super::meter::Meter;
use super::{Answer, stack, tokens};

pub(crate) const SECRET: &str = "a test secret of at least thirty-two bytes";

/// One service, one table, one tenant.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: Uuid,
    pub(crate) table: String,
    pub(crate) aws: SdkConfig,
}

/// The moment most tests begin: a Tuesday morning.
pub(crate) fn start_of_tests() -> DateTime<Utc> {
    "2026-12-01T08:00:00Z".parse().unwrap()
}

pub(crate) fn aws() -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(stack::value("AWS_ENDPOINT_URL"))
        // The emulator speaks plain HTTP, and the client that is shared saves each of the others reading certificates.
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(
            Credentials::new("test", "test", None, None, "local stack"),
        ))
        .sleep_impl(aws_sdk_dynamodb::config::SharedAsyncSleep::new(orders_sleep()))
        .build()
}

fn orders_sleep() -> impl aws_sdk_dynamodb::config::AsyncSleep + 'static {
    #[derive(Debug)]
    struct Sleep;
    impl aws_sdk_dynamodb::config::AsyncSleep for Sleep {
        fn sleep(&self, duration: std::time::Duration) -> aws_sdk_dynamodb::config::Sleep {
            aws_sdk_dynamodb::config::Sleep::new(tokio::time::sleep(duration))
        }
    }
    Sleep
}

impl World {
    /// With the default settings.
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With some settings changed.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let aws = aws();
        let table = format!("test-{}", Uuid::new_v4());
        create_table(&aws, &table).await;
        let clock = Arc::new(ManualClock::at(start_of_tests()));
        let tenant = Uuid::new_v4();
        Self {
            app: app(&aws, &table, clock.clone(), settings),
            clock,
            tenant,
            table,
            aws,
        }
    }

    /// With the default settings, each request to the table counted.
    pub(crate) async fn metered(meter: &Meter) -> Self {
        let world = Self::new().await;
        let aws = world
            .aws
            .clone()
            .into_builder()
            .http_client(meter.clone())
            .build();
        Self {
            app: app(&aws, &world.table, world.clock.clone(), &[]),
            aws,
            ..world
        }
    }

    /// Over a table in this process, which answers lists and nothing else.
    pub(crate) fn in_memory(table: &MemoryTable) -> Self {
        let aws = aws().into_builder().http_client(table.clone()).build();
        let clock = Arc::new(ManualClock::at(start_of_tests()));
        Self {
            app: app(&aws, "memory", clock.clone(), &[]),
            clock,
            tenant: Uuid::new_v4(),
            table: "memory".into(),
            aws,
        }
    }

    /// The same table under other settings: a later deployment.
    pub(crate) fn redeployed(&self, settings: &[(&str, &str)]) -> Self {
        Self {
            app: app(&self.aws, &self.table, self.clock.clone(), settings),
            clock: self.clock.clone(),
            tenant: self.tenant,
            table: self.table.clone(),
            aws: self.aws.clone(),
        }
    }

    /// The same table under other settings, with partners that the test holds.
    pub(crate) fn with_partners(&self, settings: &[(&str, &str)], partners: Partners) -> Self {
        let config = config(&self.table, settings);
        let ids = Arc::new(RandomIds);
        Self {
            app: App::new(config, &self.aws, self.clock.clone(), ids, partners).unwrap(),
            ..self.redeployed(&[])
        }
    }

    /// Takes the table away: for a test that makes hundreds.
    pub(crate) async fn delete_table(&self) {
        let client = aws_sdk_dynamodb::Client::new(&self.aws);
        let request = client.delete_table().table_name(&self.table);
        request.send().await.unwrap();
    }

    /// What a background function may reach.
    pub(crate) fn background(&self) -> Grant {
        Grant::for_background_work(TenantId(self.tenant), "test")
    }

    /// A token of this tenant.
    pub(crate) fn token(&self, role: &str) -> String {
        tokens::token(SECRET, "issuer", "orders", self.tenant, role)
    }

    /// A request as an admin of the tenant.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.call_as("admin", method, path, body, &[]).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.call_as("admin", "POST", path, Some(body), &[("idempotency-key", key)])
            .await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }

    /// A request in a role, with headers. `path` is below the tenant.
    pub(crate) async fn call_as(
        &self,
        role: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("/api/v1/tenants/{}{path}", self.tenant);
        let authorization = format!("Bearer {}", self.token(role));
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend_from_slice(headers);
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        self.raw(method, &url, body.map(ToString::to_string).as_deref(), &all)
            .await
    }

    /// A request exactly as given.
    pub(crate) async fn raw(
        &self,
        method: &str,
        url: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or(Body::Empty, |text| Body::Text(text.to_owned()));
        let response = serve(&self.app, &handlers::all(), request.body(body).unwrap()).await;
        let (parts, body) = response.into_parts();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }
}

fn config(table: &str, settings: &[(&str, &str)]) -> Config {
    let mut values = HashMap::from([
        ("TABLE_NAME", table),
        ("AUTH_ISSUER", "issuer"),
        ("AUTH_AUDIENCE", "orders"),
        ("AUTH_HS256_SECRET", SECRET),
        ("SECRET_KEY", "the key of a test deployment, long enough"),
    ]);
    values.extend(settings.iter().copied());
    Config::read(|name| values.get(name).map(|value| (*value).to_owned())).unwrap()
}

fn app(aws: &SdkConfig, table: &str, clock: Arc<ManualClock>, settings: &[(&str, &str)]) -> App {
    let config = config(table, settings);
    let ids = Arc::new(RandomIds);
    let partners = Partners::over_http(&config, clock.clone(), ids.clone());
    App::new(config, aws, clock, ids, partners).unwrap()
}

async fn create_table(aws: &SdkConfig, name: &str) {
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .unwrap()
    };
    let key = |name: &str, key_type: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(key_type)
            .build()
            .unwrap()
    };
    let index = |name: &str, pk: &str, sk: &str, projected: &[&str]| {
        let projection = projected.iter().fold(
            Projection::builder().projection_type(ProjectionType::Include),
            |projection, name| projection.non_key_attributes(*name),
        );
        GlobalSecondaryIndex::builder()
            .index_name(name)
            .key_schema(key(pk, KeyType::Hash))
            .key_schema(key(sk, KeyType::Range))
            .projection(projection.build())
            .build()
            .unwrap()
    };
    let row = ["k", "sv", "ver", "r"];
    let mut request = aws_sdk_dynamodb::Client::new(aws)
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(index("GS1", "g1p", "g1s", &row))
        .global_secondary_indexes(index("GS2", "g2p", "g2s", &["k", "sv", "ver", "r", "dv"]))
        .global_secondary_indexes(index("GS3", "g3p", "g3s", &row));
    for name in ["pk", "sk", "g1p", "g1s", "g2p", "g2s", "g3p", "g3s"] {
        request = request.attribute_definitions(attribute(name));
    }
    request.send().await.unwrap();
}
