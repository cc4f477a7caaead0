//! A table in this process that answers `Query` as DynamoDB does: for tests that ask tens of thousands of questions. It
//! stands behind the SDK's HTTP client, so everything from the route to the wire format is the real code. A page may end
//! anywhere, as DynamoDB's may; here it does so at random.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use chrono::TimeDelta;
use orders_service::ports::ManualClock;
use serde_json::{Map, Value, json};

use super::random::Random;

/// The indexes: name, partition key, sort key.
const INDEXES: [(&str, &str, &str); 3] = [
    ("GS1", "g1p", "g1s"),
    ("GS2", "g2p", "g2s"),
    ("GS3", "g3p", "g3s"),
];

/// Sort key in the index, then the table's own key: the order of a partition.
type Place = (String, String, String);
type Partition = BTreeMap<Place, Value>;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct MemoryTable(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    /// How long an answer takes, on whose clock.
    slowness: Option<(Arc<ManualClock>, TimeDelta)>,
    partitions: HashMap<(&'static str, String), Partition>,
    random: Random,
}

impl MemoryTable {
    /// An empty table; the seed decides where pages end.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            slowness: None,
            partitions: HashMap::new(),
            random: Random::new(seed),
        })))
    }

    /// Lets every answer take its time.
    pub(crate) fn slow(&self, clock: Arc<ManualClock>, by: TimeDelta) {
        self.0.lock().unwrap().slowness = Some((clock, by));
    }

    /// Puts an item into its indexes.
    pub(crate) fn insert(&self, item: &HashMap<String, AttributeValue>) {
        let item: Map<String, Value> = item
            .iter()
            .map(|(name, value)| (name.clone(), wire(value)))
            .collect();
        let mut inner = self.0.lock().unwrap();
        for (index, place, partition) in places(&item) {
            let rows = inner.partitions.entry((index, partition)).or_default();
            rows.insert(place, Value::Object(item.clone()));
        }
    }

    /// Takes an item out of its indexes.
    pub(crate) fn remove(&self, item: &HashMap<String, AttributeValue>) {
        let item: Map<String, Value> = item
            .iter()
            .map(|(name, value)| (name.clone(), wire(value)))
            .collect();
        let mut inner = self.0.lock().unwrap();
        for (index, place, partition) in places(&item) {
            let rows = inner.partitions.entry((index, partition)).or_default();
            rows.remove(&place).unwrap();
        }
    }

    fn answer(&self, target: &str, body: &Value) -> Value {
        match target.rsplit('.').next() {
            // Nobody has set anything, and nothing but index rows is stored.
            Some("GetItem") => json!({}),
            Some("Query") => self.query(body),
            other => panic!("the table in memory does not know {other:?}: {body}"),
        }
    }

    fn query(&self, body: &Value) -> Value {
        let values = &body["ExpressionAttributeValues"];
        let text = |name: &str| values[name]["S"].as_str().unwrap().to_owned();
        let name = body["IndexName"].as_str().unwrap();
        let (index, pk, sk) = INDEXES.into_iter().find(|(index, ..)| *index == name).unwrap();
        let condition = body["KeyConditionExpression"].as_str().unwrap();
        let wanted: Box<dyn Fn(&str) -> bool> = match condition {
            "#pk = :pk" => Box::new(|_| true),
            "#pk = :pk AND begins_with(#sk, :prefix)" => {
                let prefix = text(":prefix");
                Box::new(move |key| key.starts_with(&prefix))
            }
            "#pk = :pk AND #sk BETWEEN :from AND :to" => {
                let (from, to) = (text(":from"), text(":to"));
                Box::new(move |key| (from.as_str()..=to.as_str()).contains(&key))
            }
            other => panic!("the table in memory does not know the condition {other}"),
        };
        let start = body.get("ExclusiveStartKey").map(|key| {
            let text = |name: &str| key[name]["S"].as_str().unwrap().to_owned();
            assert_eq!(key.as_object().unwrap().len(), 4, "{key}");
            (text(sk), text("pk"), text("sk"))
        });
        let forward = body["ScanIndexForward"].as_bool().unwrap_or(true);
        let limit = body["Limit"].as_u64().unwrap_or(u64::MAX);
        let mut inner = self.0.lock().unwrap();
        if let Some((clock, by)) = &inner.slowness {
            clock.advance(*by);
        }
        // One page in ten ends early, one in a hundred before its first item.
        let most = match inner.random.below(100) {
            0 => 0,
            1..=9 => limit.min(1 + inner.random.below(30)),
            _ => limit,
        };
        let empty = Partition::new();
        let partition = inner.partitions.get(&(index, text(":pk"))).unwrap_or(&empty);
        let rows: Box<dyn Iterator<Item = (&Place, &Value)>> = if forward {
            Box::new(partition.iter())
        } else {
            Box::new(partition.iter().rev())
        };
        let mut rows = rows
            .filter(|(place, _)| wanted(&place.0))
            .skip_while(|(place, _)| match &start {
                Some(start) if forward => *place <= start,
                Some(start) => *place >= start,
                None => false,
            });
        let mut items = Vec::new();
        let mut last = start.clone();
        while u64::try_from(items.len()).unwrap() < most {
            let Some((place, item)) = rows.next() else {
                return json!({"Items": items, "Count": items.len(), "ScannedCount": items.len()});
            };
            last = Some(place.clone());
            items.push(item);
        }
        let mut answer = json!({"Items": items, "Count": items.len(), "ScannedCount": items.len()});
        // DynamoDB names a last key when a limit ended the page, whether or not something follows.
        match last {
            Some((sort, own_pk, own_sk)) => {
                answer["LastEvaluatedKey"] = json!({
                    pk: {"S": text(":pk")}, sk: {"S": sort}, "pk": {"S": own_pk}, "sk": {"S": own_sk},
                });
            }
            // A first page cannot end before its first item: there would be nothing to go on from.
            None => {
                let Some((place, item)) = rows.next() else {
                    return answer;
                };
                answer = json!({"Items": [item], "Count": 1, "ScannedCount": 1});
                answer["LastEvaluatedKey"] = json!({
                    pk: {"S": text(":pk")}, sk: {"S": place.0}, "pk": {"S": place.1}, "sk": {"S": place.2},
                });
            }
        }
        answer
    }
}

fn places(item: &Map<String, Value>) -> Vec<(&'static str, Place, String)> {
    let text = |name: &str| {
        item.get(name)
            .and_then(|value| value["S"].as_str())
            .map(str::to_owned)
    };
    INDEXES
        .into_iter()
        .filter_map(|(index, pk, sk)| {
            let place = (text(sk)?, text("pk")?, text("sk")?);
            Some((index, place, text(pk)?))
        })
        .collect()
}

/// An attribute as it travels.
fn wire(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(digits) => json!({"N": digits}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        AttributeValue::Null(_) => json!({"NULL": true}),
        AttributeValue::L(list) => json!({"L": list.iter().map(wire).collect::<Vec<_>>()}),
        AttributeValue::M(map) => {
            let members: Map<String, Value> = map
                .iter()
                .map(|(name, value)| (name.clone(), wire(value)))
                .collect();
            json!({"M": members})
        }
        other => panic!("no item holds {other:?}"),
    }
}

impl HttpConnector for MemoryTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap().to_owned();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let answer = self.answer(&target, &body).to_string();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            200.try_into().unwrap(),
            SdkBody::from(answer),
        )))
    }
}

impl HttpClient for MemoryTable {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
