//! Object-level authorisation, over every operation of the document, every id in it and every role. A new endpoint is
//! covered without a change here; one with a kind of id that these tests do not know fails them.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use orders_domain::permissions::Role;
use orders_service::http::routes;
use serde_json::Value;

use super::bakery::{Bakery, Raw, unknown};
use super::document::{EXAMPLE_CUSTOMER, Operation, operations};
use crate::access::may_use;
use crate::support::World;

/// Ids that are none. Not here: what changes the number of segments, since that is another path.
const MALFORMED: &[&str] = &[
    "0",
    "x",
    "%00",
    "..%5C",
    "'%20OR%20'1'='1",
    "00000000000000000000000000000001",
];

/// Query parameters that name a record, with the path parameter of its kind.
const NAMED_BY_QUERY: &[(&str, &str)] = &[("customer_id", "customer_id")];

/// Query parameters that name no record.
const PLAIN: &[&str] = &[
    "limit",
    "cursor",
    "sort",
    "status",
    "delivery_from",
    "delivery_to",
    "created_from",
    "created_to",
    "sales_channel",
    "order_number",
    "is_active",
    "customer_type",
    "q",
    "severity",
    "alert_type",
    "target_date",
    "start_date",
    "end_date",
    "from",
    "to",
];

fn function_of(operation: &Operation) -> &'static str {
    let mut all = routes::ALL.iter();
    let route = all.find(|route| route.method == operation.method && route.path == operation.path);
    route.unwrap().function
}

fn secured() -> Vec<Operation> {
    let operations: Vec<_> = operations()
        .into_iter()
        .filter(|operation| operation.secured)
        .collect();
    assert!(operations.len() >= 20);
    operations
}

/// The bodies to send: each example, or none.
fn bodies(operation: &Operation) -> Vec<Option<&Value>> {
    match operation.examples.as_slice() {
        [] => vec![None],
        examples => examples.iter().map(|(_, body)| Some(body)).collect(),
    }
}

/// Entries of the catalog are named by those who write them, so a name that another tenant uses is free here.
fn makes_its_own(operation: &Operation, parameter: &str) -> bool {
    let chosen = matches!(parameter, "product_id" | "ingredient_id" | "supplier_id");
    operation.method == "PUT" && chosen && operation.path.contains("/catalog/")
}

#[tokio::test]
async fn a_foreign_tenant_is_closed_whether_or_not_it_exists() {
    // D11
    let world = World::new().await;
    let (own, other) = (Bakery::beside(&world, "").await, Bakery::beside(&world, "").await);
    let before = other.everything().await;
    let nowhere = unknown("tenant_id");
    for operation in secured() {
        for role in Role::ALL {
            let token = own.world.token(role.as_str());
            let body = bodies(&operation)[0];
            let entered = other
                .raw(&token, &operation, &other.url(&operation, &[]), body)
                .await;
            let absent = other.url(&operation, &[("tenant_id", &nowhere)]);
            let absent = other.raw(&token, &operation, &absent, body).await;
            let place = format!("{} as {}", operation.id, role.as_str());
            assert_eq!(
                (entered.status, entered.code().as_str()),
                (403, "tenant-access-denied"),
                "{place}"
            );
            assert_eq!(entered, absent, "{place}");
            for malformed in MALFORMED {
                let url = own.url(&operation, &[("tenant_id", malformed)]);
                let answer = own.raw(&token, &operation, &url, body).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (404, "not-found"),
                    "{place} {malformed}"
                );
            }
        }
    }
    assert_eq!(
        other.everything().await,
        before,
        "somebody else's tenant was changed"
    );
}

#[tokio::test]
async fn foreign_unknown_and_malformed_ids_read_the_same_to_the_byte() {
    // D11, D12
    let world = World::new().await;
    let (own, other) = (
        Bakery::beside(&world, "").await,
        Bakery::beside(&world, "other-").await,
    );
    let before = other.everything().await;
    let mut compared = 0;
    for operation in secured() {
        for parameter in &operation.path_parameters {
            // A line is a number inside an order, so another tenant has none of its own.
            let foreign = (parameter != "line").then(|| other.ids[parameter].clone());
            for role in Role::ALL {
                let place = format!("{} {parameter} as {}", operation.id, role.as_str());
                let may_call = may_use(function_of(&operation), role.as_str());
                for body in bodies(&operation) {
                    // Refused for what it says, before anybody looks whether there is such a customer.
                    let allowed = may_call && (is_admin(role) || !names_terms(&operation, body));
                    let ask = async |value: &str| {
                        let url = own.url(&operation, &[(parameter, value)]);
                        own.raw(&own.world.token(role.as_str()), &operation, &url, body)
                            .await
                    };
                    if allowed && makes_its_own(&operation, parameter) {
                        for value in MALFORMED {
                            let answer = ask(value).await;
                            assert!(
                                matches!(answer.status, 200 | 201 | 404 | 422),
                                "{place} {value}: {answer:?}"
                            );
                        }
                        assert!(ask(&other.ids[parameter]).await.status < 300, "{place}");
                        continue;
                    }
                    let absent = ask(&unknown(parameter)).await;
                    let expected = if allowed {
                        (404, "not-found")
                    } else {
                        (403, "permission-denied")
                    };
                    assert_eq!(
                        (absent.status, absent.code().as_str()),
                        expected,
                        "{place}: {}",
                        absent.body
                    );
                    if let Some(foreign) = &foreign {
                        assert_eq!(ask(foreign).await, absent, "{place}: foreign");
                        compared += 1;
                    }
                    if may_call && !allowed {
                        // The body is looked at once the id could be one, so what cannot be an id is not there.
                        continue;
                    }
                    for malformed in MALFORMED.iter().filter(|value| is_malformed(parameter, value)) {
                        assert_eq!(ask(malformed).await, absent, "{place}: {malformed}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared >= 200, "{compared}");
    assert_eq!(
        other.everything().await,
        before,
        "somebody else's record was changed"
    );
}

fn is_admin(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Owner)
}

/// Whether a body sets what of a customer is an admin's to set (D12).
fn names_terms(operation: &Operation, body: Option<&Value>) -> bool {
    let terms = [
        "credit_limit",
        "payment_terms",
        "discount_percentage",
        "on_hold",
        "on_hold_reason",
    ];
    let named = |body: &Value| terms.iter().any(|term| body.get(term).is_some());
    operation.path.contains("/customers") && body.is_some_and(named)
}

/// Whether a value cannot be an id of this kind; clients may well call a product `0`.
fn is_malformed(parameter: &str, value: &str) -> bool {
    let chosen = matches!(parameter, "product_id" | "ingredient_id" | "supplier_id");
    !chosen || value.contains('%')
}

#[tokio::test]
async fn a_foreign_id_in_a_query_or_a_body_reads_like_an_unknown_one() {
    // D11
    let world = World::new().await;
    let (own, other) = (
        Bakery::beside(&world, "").await,
        Bakery::beside(&world, "other-").await,
    );
    let before = other.everything().await;
    let (mut queries, mut sent) = (0, 0);
    for operation in secured() {
        for parameter in &operation.query_parameters {
            let Some((_, kind)) = NAMED_BY_QUERY.iter().find(|(name, _)| name == parameter) else {
                assert!(
                    PLAIN.contains(&parameter.as_str()),
                    "{} has a query parameter {parameter}: say whether it names a record",
                    operation.id
                );
                continue;
            };
            for role in Role::ALL {
                let ask = async |value: &str| {
                    let url = format!("{}?{parameter}={value}", own.url(&operation, &[]));
                    own.raw(&own.world.token(role.as_str()), &operation, &url, None)
                        .await
                };
                let foreign = ask(&other.ids[*kind]).await;
                assert_eq!(foreign, ask(&unknown(kind)).await, "{} {parameter}", operation.id);
                assert_ne!(
                    foreign,
                    ask(&own.ids[*kind]).await,
                    "{} {parameter}",
                    operation.id
                );
                queries += 1;
            }
        }
        for body in bodies(&operation).into_iter().flatten() {
            if !body.to_string().contains(EXAMPLE_CUSTOMER) {
                continue;
            }
            for role in Role::ALL {
                let ask = async |customer: &str| {
                    let named = body.to_string().replace(EXAMPLE_CUSTOMER, customer);
                    let named: Value = serde_json::from_str(&named).unwrap();
                    own.send(role.as_str(), &operation, &named).await
                };
                let foreign = ask(&other.ids["customer_id"]).await;
                assert_eq!(foreign, ask(&unknown("customer_id")).await, "{}", operation.id);
                assert!((400..500).contains(&foreign.status), "{}", operation.id);
                sent += 1;
            }
        }
    }
    assert!(queries >= 5 && sent >= 10, "{queries} {sent}");
    assert_eq!(
        other.everything().await,
        before,
        "somebody else's record was changed"
    );
}

#[tokio::test]
async fn each_role_may_do_with_its_own_records_what_the_table_says() {
    // D12
    let world = World::new().await;
    join_all(Role::ALL.map(|role| check_role(&world, role))).await;
}

async fn check_role(world: &World, role: Role) {
    let shared = Bakery::beside(world, "").await;
    for operation in secured() {
        let allowed = may_use(function_of(&operation), role.as_str());
        let changes = allowed && operation.method != "GET";
        let fresh = if changes {
            Some(Bakery::beside(world, "").await)
        } else {
            None
        };
        let own = fresh.as_ref().unwrap_or(&shared);
        let mut answers: BTreeMap<String, Raw> = BTreeMap::new();
        for body in bodies(&operation) {
            let url = own.url(&operation, &[]);
            let answer = own
                .raw(&own.world.token(role.as_str()), &operation, &url, body)
                .await;
            assert!(
                answer.status < 500,
                "{} as {}: {answer:?}",
                operation.id,
                role.as_str()
            );
            answers.insert(answer.code(), answer);
        }
        let codes: Vec<_> = answers.keys().map(String::as_str).collect();
        let place = format!("{} as {}: {codes:?}", operation.id, role.as_str());
        if !allowed {
            assert_eq!(codes, ["permission-denied"], "{place}");
        } else if operation.method == "GET" {
            assert_eq!(codes, [""], "{place}");
        } else if !by_case(&operation, role) {
            assert!(codes.iter().any(|code| *code != "permission-denied"), "{place}");
        }
    }
}

/// Where the role is asked again for the single case: a service makes only the moves of production and delivery, and an
/// order that is just placed is in neither.
fn by_case(operation: &Operation, role: Role) -> bool {
    role == Role::Service && operation.path.ends_with("/orders/{order_id}/status")
}
