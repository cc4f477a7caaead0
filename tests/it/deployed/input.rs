//! Hostile and broken requests: each gets its own 4xx, and never a 5xx.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::deployed::new_order;
use crate::support::{Answer, Deployed};

/// A body exactly as given, as an admin.
async fn send(stack: &Deployed, path: &str, content_type: Option<&str>, body: Vec<u8>) -> Answer {
    let authorization = format!("Bearer {}", stack.token(stack.tenant, "admin"));
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(content_type.map(|value| ("content-type", value)));
    stack
        .raw("POST", &stack.url(path), &headers, Some(body))
        .await
        .unwrap()
        .into()
}

#[tokio::test]
async fn bodies_that_are_too_large_malformed_or_of_another_type_are_refused() {
    // D2, D5
    let stack = Deployed::new();
    let customer = stack.customer().await;
    let json = Some("application/json");
    let good = new_order(&customer, json!({})).to_string().into_bytes();
    let large = new_order(&customer, json!({"internal_notes": "x".repeat(300 * 1024)}))
        .to_string()
        .into_bytes();
    let nested = format!("{}{}", "[".repeat(40), "]".repeat(40)).into_bytes();
    let cut_off = good[..good.len() / 2].to_vec();
    let cases = [
        (json, large.clone(), 413, "payload-too-large"),
        (json, cut_off, 400, "malformed-json"),
        (json, Vec::new(), 400, "malformed-json"),
        (json, nested, 400, "malformed-json"),
        (json, b"NaN".to_vec(), 400, "malformed-json"),
        (None, good.clone(), 415, "unsupported-media-type"),
        (Some("text/plain"), good.clone(), 415, "unsupported-media-type"),
        (
            Some("application/x-www-form-urlencoded"),
            b"customer_id=1".to_vec(),
            415,
            "unsupported-media-type",
        ),
        (json, b"[]".to_vec(), 422, "invalid-type"),
        (json, b"null".to_vec(), 422, "invalid-type"),
    ];
    for (content_type, body, status, code) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = send(&stack, "/orders", content_type, body).await;
        assert_eq!(
            answer.status, status,
            "{content_type:?} {shown}: {:#}",
            answer.body
        );
        answer.expect_problem(status, code);
    }
    assert_eq!(stack.list("/orders", 50).await, Vec::<Value>::new());
    send(&stack, "/orders", Some("application/json; charset=utf-8"), good)
        .await
        .expect(201);
}

#[tokio::test]
async fn fields_that_clients_may_not_send_are_unknown_and_every_faulty_field_is_named() {
    // D2, D5
    let stack = Deployed::new();
    let customer = stack.customer().await;
    for name in [
        "id",
        "tenant_id",
        "version",
        "status",
        "total_amount",
        "created_at",
        "order_number",
        "surprise",
    ] {
        let body = new_order(&customer, json!({name: "1"}));
        let problem = stack
            .post("/orders", &body)
            .await
            .expect_problem(422, "unknown-field");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{name}"));
    }
    let faulty = json!({
        "requested_delivery_at": "tomorrow",
        "priority": "very",
        "surprise": 1,
        "items": [{"product_id": "no spaces", "quantity": "0", "unit_price": "-1"}],
    });
    let problem = stack
        .post("/orders", &new_order(&customer, faulty))
        .await
        .expect_problem(422, "validation-failed");
    let mut pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap().to_owned())
        .collect();
    pointers.sort_unstable();
    let expected = [
        "/items/0/product_id",
        "/items/0/quantity",
        "/items/0/unit_price",
        "/priority",
        "/requested_delivery_at",
        "/surprise",
    ];
    assert_eq!(pointers, expected);
    assert_eq!(stack.list("/orders", 50).await, Vec::<Value>::new());
}

#[tokio::test]
async fn hostile_requests_of_every_kind_never_become_a_5xx() {
    // D1, D2, D3, D5, D7, D8
    let stack = Deployed::new();
    let customer = stack.customer().await;
    let line = |quantity: Value, price: Value| json!([{"product_id": "p", "quantity": quantity, "unit_price": price}]);
    let bodies = [
        json!({"items": line(json!(12_345_678_901_234_567_u64), json!("1"))}),
        json!({"items": line(json!("99999999999999999999999999999999999999999"), json!("1"))}),
        json!({"items": line(json!("1000000"), json!("1000000"))}),
        json!({"items": line(json!("1e400"), json!("1"))}),
        json!({"items": line(json!({}), json!([]))}),
        json!({"items": []}),
        json!({"items": {}}),
        json!({"customer_id": "0"}),
        json!({"customer_id": "\u{0}"}),
        json!({"internal_notes": "a\u{202e}b"}),
        json!({"internal_notes": "\u{0}"}),
        json!({"requested_delivery_at": "0000-00-00T00:00:00Z"}),
        json!({"requested_delivery_at": "+262143-01-01T00:00:00Z"}),
        json!({"requested_delivery_at": "2001-01-01T00:00:00Z"}),
        json!({"delivery_window_end": "2001-01-01T00:00:00Z"}),
        json!({"discount_percentage": "101"}),
        json!({"discount_percentage": "5", "discount_amount": "1"}),
    ];
    for more in bodies {
        let answer = stack.post("/orders", &new_order(&customer, more.clone())).await;
        assert_eq!(answer.status, 422, "{more}: {:#}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    let long = "k".repeat(256);
    let key = [("idempotency-key", long.as_str())];
    let refused = stack
        .attempt("POST", "/orders", &key, Some(&new_order(&customer, json!({}))))
        .await
        .unwrap();
    assert_eq!(refused.status, 400, "{:#}", refused.body);
    let paths = [
        ("/orders/not-a-uuid", 404),
        ("/orders/%00", 404),
        ("/orders/%F0%9F%8D%9E", 404),
        ("/orders?limit=0", 422),
        ("/orders?limit=101", 422),
        ("/orders?limit=one", 422),
        ("/orders?cursor=AAAA", 400),
        ("/orders?cursor=%00%ff", 400),
        ("/orders?surprise=1", 400),
        ("/alerts?severity=loud", 400),
        ("/orders/demand-requirements?target_date=someday", 400),
    ];
    for (path, status) in paths {
        let answer = stack.get(path).await;
        assert_eq!(answer.status, status, "{path}: {:#}", answer.body);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_request_id_comes_back_when_it_is_safe_and_is_replaced_when_it_is_not() {
    // D9
    let stack = Deployed::new();
    let ours = Uuid::new_v4().to_string();
    let unknown = format!("/orders/{}", Uuid::new_v4());
    for path in ["/orders", unknown.as_str()] {
        let answer = stack
            .attempt("GET", path, &[("x-request-id", &ours)], None)
            .await
            .unwrap();
        assert_eq!(answer.header("x-request-id"), Some(ours.as_str()), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        if answer.status == 404 {
            assert_eq!(answer.body["request_id"], ours);
        }
    }
    for unsafe_id in [
        "short",
        "with spaces in it",
        &"x".repeat(65),
        "semi;colon-and-more",
    ] {
        let answer = stack
            .attempt("GET", "/orders", &[("x-request-id", unsafe_id)], None)
            .await
            .unwrap();
        let given = answer.header("x-request-id").unwrap();
        assert_ne!(given, unsafe_id);
        assert!((8..=64).contains(&given.len()), "{given}");
        assert_eq!(answer.status, 200);
    }
}
