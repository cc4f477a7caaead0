//! Secrets and personal data as every value a caller can send, in right places and wrong ones, while partners fail: none
//! of it may reach a log line, a metric or a problem document, and every log line is JSON. Names of fields are not among
//! them: a problem has to name the one that is at fault (D5).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::contract::openapi::root;
use crate::support::deployed::{Deployed, RawAnswer, STACK_NAME, new_order};
use crate::support::stack;

/// Begins every canary and stands nowhere else.
const MARK: &str = "kanari";
const CANARIES: usize = 5_000;
const AT_ONCE: usize = 8;
/// Longer than what D5 lets a problem repeat.
const LONG: usize = 80;

/// Ids are no secrets: a problem says which product there is not (D13).
fn is_an_id(member: &str) -> bool {
    member == "id" || member.ends_with("_id")
}

/// Makes canaries, each another one: words that look like names, addresses, card numbers and tokens.
#[derive(Default)]
struct Nest(AtomicUsize);

impl Nest {
    fn canary(&self, length: usize) -> String {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let dressed = match number % 5 {
            0 => format!("{MARK}{number} Anna-Maria Schmidt"),
            1 => format!("{MARK}{number}@example.com"),
            2 => format!("{MARK}{number} 4111 1111 1111 1111"),
            3 => format!("{MARK}{number} Bearer eyJhbGciOi"),
            _ => format!("{MARK}{number} 12 Rose Lane"),
        };
        if length < dressed.len() {
            return format!("{MARK}{number}");
        }
        format!("{dressed}{}", "x".repeat(length - dressed.len()))
    }

    fn hatched(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// The same body with a canary in every text, and one more member that nobody knows.
    fn plant(&self, body: &Value, length: usize) -> Value {
        match body {
            Value::String(_) => self.canary(length).into(),
            Value::Array(items) => items.iter().map(|item| self.plant(item, length)).collect(),
            Value::Object(members) => {
                let mut planted: serde_json::Map<String, Value> = members
                    .iter()
                    .map(|(name, value)| {
                        let planted = if is_an_id(name) {
                            value.clone()
                        } else {
                            self.plant(value, length)
                        };
                        (name.clone(), planted)
                    })
                    .collect();
                planted.insert("unheard_of".to_owned(), self.canary(LONG).into());
                planted.into()
            }
            other => other.clone(),
        }
    }

    /// Bodies that are right but for one text each, which is a canary.
    fn one_by_one(&self, body: &Value) -> Vec<Value> {
        let mut paths = Vec::new();
        texts(body, String::new(), &mut paths);
        let planted = paths
            .iter()
            .flat_map(|path| [20, LONG].map(|length| (path, length)));
        planted
            .map(|(path, length)| {
                let mut planted = body.clone();
                *planted.pointer_mut(path).unwrap() = self.canary(length).into();
                planted
            })
            .collect()
    }
}

fn texts(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| !is_an_id(name)) {
                texts(member, format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// One documented operation: method, path below the tenant, and bodies that its document shows.
struct Operation {
    method: String,
    path: String,
    bodies: Vec<Value>,
}

fn operations(ids: &BTreeMap<&str, String>) -> Vec<Operation> {
    let document: Value = serde_json::from_str(&root("openapi.json")).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(below) = path.strip_prefix("/api/v1/tenants/{tenant_id}") else {
            continue;
        };
        let path = ids.iter().fold(below.to_owned(), |path, (name, id)| {
            path.replace(&format!("{{{name}}}"), id)
        });
        assert!(!path.contains('{'), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let examples = &operation["requestBody"]["content"]["application/json"]["examples"];
            let bodies = examples.as_object().into_iter().flat_map(|all| all.values());
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                bodies: bodies.map(|example| example["value"].clone()).collect(),
            });
        }
    }
    found
}

/// A request as it goes out.
struct Request {
    method: String,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

/// Every way in which canaries come with one operation.
fn requests(stack: &Deployed, nest: &Nest, operation: &Operation) -> Vec<Request> {
    let url = stack.url(&operation.path);
    let bearer = (
        "authorization",
        format!("Bearer {}", stack.token(stack.tenant, "admin")),
    );
    let json = ("content-type", "application/json".to_owned());
    let request = |url: String, mut headers: Vec<(&'static str, String)>, body: Option<String>| {
        if body.is_some() {
            headers.push(json.clone());
        }
        Request {
            method: operation.method.clone(),
            url,
            headers,
            body: body.map(String::into_bytes),
        }
    };
    let plain = |body: Option<String>| request(url.clone(), vec![bearer.clone()], body);
    let canary = || nest.canary(0);
    let mut all = vec![
        // In the query, in an id, in headers, as a token.
        request(
            format!(
                "{url}?unheard_of={}&limit={}&cursor={}",
                canary(),
                canary(),
                canary()
            ),
            vec![bearer.clone()],
            None,
        ),
        request(format!("{url}/{}", canary()), vec![bearer.clone()], None),
        request(
            url.clone(),
            vec![(
                "authorization",
                format!("Bearer {}.{}.{}", canary(), canary(), canary()),
            )],
            None,
        ),
        request(url.clone(), vec![("authorization", canary())], None),
        request(
            url.clone(),
            vec![
                bearer.clone(),
                ("if-match", canary()),
                ("x-request-id", format!("{}_", canary())),
                ("idempotency-key", nest.canary(LONG).replace(' ', "-")),
            ],
            Some("{}".to_owned()),
        ),
    ];
    if operation.method == "GET" || operation.method == "DELETE" {
        // An erasure would take away what the others write to.
        all.retain(|_| operation.method == "GET");
        return all;
    }
    all.push(plain(Some(format!("{{\"name\": \"{}\"", canary()))));
    all.push(plain(Some(format!("[\"{}\"]", canary()))));
    for body in &operation.bodies {
        for length in [0, 20, LONG] {
            all.push(plain(Some(nest.plant(body, length).to_string())));
        }
        for planted in nest.one_by_one(body) {
            all.push(plain(Some(planted.to_string())));
        }
    }
    all
}

async fn send(stack: &Deployed, request: Request) -> RawAnswer {
    let headers: Vec<_> = request
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    stack
        .raw(&request.method, &request.url, &headers, request.body)
        .await
        .unwrap()
}

/// How a stub partner is to behave.
async fn behave(mode: &str) {
    let url = format!("{}/_behaviour", stack::value("PARTNER_URL"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .put(url)
        .json(&json!({"partner": null, "mode": mode}))
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success());
}

/// Every line that functions have logged since an instant.
async fn logged(since_millis: i64) -> Vec<String> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut lines = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut question =
            json!({"logGroupName": format!("/aws/lambda/{STACK_NAME}"), "startTime": since_millis});
        if token.is_string() {
            question["nextToken"] = token;
        }
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0";
        let answer = client
            .post(stack::value("AWS_ENDPOINT_URL"))
            .header("x-amz-target", "Logs_20140328.FilterLogEvents")
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", credential)
            .body(question.to_string())
            .send()
            .await
            .unwrap();
        let page: Value = answer.json().await.unwrap();
        let events = page["events"].as_array().unwrap_or_else(|| panic!("{page}"));
        lines.extend(
            events
                .iter()
                .map(|event| event["message"].as_str().unwrap().trim_end().to_owned()),
        );
        token = page["nextToken"].clone();
        if token.is_null() {
            return lines;
        }
    }
}

/// What the platform says around an invocation.
fn is_the_platforms(line: &str) -> bool {
    ["START ", "END ", "REPORT ", "INIT_START "]
        .iter()
        .any(|word| line.starts_with(word))
}

// D5, D34
#[tokio::test]
async fn five_thousand_canaries_reach_no_log_no_metric_and_no_problem() {
    let stack = Deployed::alone();
    let since = chrono::Utc::now().timestamp_millis();
    let nest = Nest::default();
    let customer = stack
        .post(
            "/customers",
            &json!({
                "name": nest.canary(20), "email": format!("{}@example.com", nest.canary(0)), "phone": "+44 131 496 0000",
                "special_requirements": nest.canary(60), "communication": {"channels": ["email"]},
            }),
        )
        .await
        .expect(201);
    let customer = customer["id"].as_str().unwrap().to_owned();
    let order = stack
        .post(
            "/orders",
            &new_order(&customer, json!({"internal_notes": nest.canary(60)})),
        )
        .await
        .expect(201);
    let alerts = stack
        .get_until("/alerts", |alerts| {
            alerts["items"].as_array().is_some_and(|a| !a.is_empty())
        })
        .await;
    let plan = stack.post("/procurement/plans", &json!({})).await.expect(202);
    let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let ids = BTreeMap::from([
        ("customer_id", customer),
        ("order_id", text(&order)),
        ("alert_id", text(&alerts["items"][0])),
        ("plan_id", text(&plan)),
        ("product_id", "rye".to_owned()),
        ("ingredient_id", "flour".to_owned()),
        ("supplier_id", "mill".to_owned()),
        ("line", "1".to_owned()),
    ]);
    let mut problems = 0;
    for mode in ["ok", "garbage", "5xx", "redirect", "huge"] {
        if nest.hatched() >= CANARIES {
            break;
        }
        behave(mode).await;
        let all = operations(&ids);
        let all: Vec<_> = all
            .iter()
            .flat_map(|operation| requests(&stack, &nest, operation))
            .collect();
        let mut answers = stream::iter(all)
            .map(|request| send(&stack, request))
            .buffer_unordered(AT_ONCE);
        while let Some(answer) = answers.next().await {
            assert!(answer.status < 500, "{}", String::from_utf8_lossy(&answer.body));
            if answer.status >= 400 {
                problems += 1;
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(!body.contains(MARK), "a problem repeats what was sent: {body}");
            }
        }
    }
    assert!(nest.hatched() >= CANARIES, "only {} canaries", nest.hatched());
    assert!(problems > 500, "{problems} problems");

    // Until the events of all that have gone through relay, alerts, projection and partners, which fail meanwhile.
    let deadline = Instant::now() + Duration::from_secs(8);
    while Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    behave("ok").await;
    let lines = logged(since).await;
    let functions = [
        "create-order",
        "raise-alerts",
        "project-orders",
        "notify-partners",
        "relay-events",
    ];
    for function in functions {
        assert!(
            lines.iter().any(|line| line.contains(function)),
            "{function} has logged nothing"
        );
    }
    println!(
        "{} canaries, {problems} problems, {} log lines",
        nest.hatched(),
        lines.len()
    );
    for line in lines.iter().filter(|line| !is_the_platforms(line)) {
        assert!(!line.contains(MARK), "{line}");
        assert!(serde_json::from_str::<Value>(line).is_ok(), "no JSON: {line}");
    }
}
