//! Every way in which a partner can be wrong, for every client: an error in time, one call, and nothing of the answer or
//! the address in what is logged.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::join_all;
use orders_service::partners::client::TOTAL_TIMEOUT;
use orders_service::partners::{PartnerError, deadline};
use orders_service::ports::Clock as _;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{OPERATIONS, call, clock, exchange, partners_at};

/// In every answer, and never in an error.
const MARKER: &str = "marker-of-the-reply";
/// What a machine that is busy may take on top.
const SLACK: Duration = Duration::from_millis(600);

/// A partner below HTTP's good manners: it reads a request and does with the connection what it is told.
fn rude(manners: fn(&mut TcpStream) -> std::io::Result<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                // One read is enough of a request: nothing here depends on its end.
                let mut request = [0; 4096];
                if stream.read(&mut request).is_ok() {
                    // The client hangs up, sooner or later.
                    drop(manners(&mut stream));
                }
            });
        }
    });
    address
}

/// JSON that goes on for ever.
fn endless(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")?;
    loop {
        stream.write_all(b" ")?;
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Nothing, for longer than anybody waits.
fn silent(stream: &mut TcpStream) -> std::io::Result<()> {
    std::thread::sleep(Duration::from_secs(20));
    stream.flush()
}

/// The beginning of an answer.
fn cut_off(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"items\"",
    )
}

/// Something that is no HTTP.
fn no_http(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"220 marker-of-the-reply ESMTP\r\n")
}

/// Calls an operation and holds what comes of it against what holds of every error.
async fn fails(name: &str, address: &str, operation: &str) -> PartnerError {
    let started = Instant::now();
    let error = call(&partners_at(address, &clock()), operation)
        .await
        .unwrap_err();
    assert!(
        started.elapsed() < TOTAL_TIMEOUT + SLACK,
        "{name} {operation}: {:?}",
        started.elapsed()
    );
    let told = format!("{error} {error:?}");
    for secret in [MARKER, "127.0.0.1", "http:"] {
        assert!(!told.contains(secret), "{name} {operation}: {told}");
    }
    error
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error_of_its_kind_after_one_call() {
    // §14
    let elsewhere = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .mount(&elsewhere)
        .await;
    let away = format!("{}/{MARKER}", elsewhere.uri());
    let text = |status: u16| ResponseTemplate::new(status).set_body_string(MARKER);
    let status = |status: u16| PartnerError::Status(status);
    let not_json = || PartnerError::Invalid("it is no JSON".into());
    for (operation, _) in OPERATIONS {
        let good = exchange(operation)["reply"].to_string();
        let mut huge = exchange(operation)["reply"].clone();
        huge["padding"] = json!(MARKER.repeat(60_000));
        let cases = [
            ("out of order", text(503), status(503)),
            ("broken", text(500), status(500)),
            ("limited", text(429), status(429)),
            ("unauthorised", text(401), status(401)),
            ("unknown", text(404), status(404)),
            (
                "redirect",
                text(307).insert_header("location", away.as_str()),
                status(307),
            ),
            (
                "moved",
                text(302).insert_header("location", away.as_str()),
                status(302),
            ),
            ("nothing", ResponseTemplate::new(204), not_json()),
            ("a page", text(200), not_json()),
            (
                "JSON by another name",
                ResponseTemplate::new(200).set_body_raw(good, "text/json+html"),
                not_json(),
            ),
            (
                "huge",
                ResponseTemplate::new(200).set_body_json(huge),
                PartnerError::TooLarge,
            ),
        ];
        for (name, answer, expected) in cases {
            let server = MockServer::start().await;
            Mock::given(any()).respond_with(answer).mount(&server).await;
            assert_eq!(
                fails(name, &server.uri(), operation).await,
                expected,
                "{name} {operation}"
            );
            // A process that has just begun has saved up no retry.
            assert_eq!(
                server.received_requests().await.unwrap().len(),
                1,
                "{name} {operation}"
            );
        }
        let garbage = ResponseTemplate::new(200).set_body_raw(format!("{{\"{MARKER}"), "application/json");
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(garbage).mount(&server).await;
        let error = fails("garbage", &server.uri(), operation).await;
        assert!(
            matches!(error, PartnerError::Invalid(_)),
            "{operation}: {error:?}"
        );
    }
    assert_eq!(
        elsewhere.received_requests().await.unwrap().len(),
        0,
        "a redirect was followed"
    );
}

#[tokio::test]
async fn a_partner_that_is_slow_endless_or_gone_is_given_up_in_time() {
    // §14
    // Nobody listens on the discard port.
    let gone = "http://127.0.0.1:9".to_owned();
    let cases = [
        ("silent", rude(silent), true),
        ("endless", rude(endless), true),
        ("cut off", rude(cut_off), false),
        ("no HTTP", rude(no_http), false),
        ("gone", gone, false),
    ];
    let calls = cases.iter().flat_map(|(name, address, in_time)| {
        OPERATIONS.map(|(operation, _)| async move {
            let started = Instant::now();
            let error = fails(name, address, operation).await;
            if *in_time {
                assert_eq!(error, PartnerError::TimedOut, "{name} {operation}");
                assert!(
                    started.elapsed() >= TOTAL_TIMEOUT - Duration::from_millis(10),
                    "{name} {operation}"
                );
            } else {
                assert!(
                    matches!(error, PartnerError::Unreachable(_)),
                    "{name} {operation}: {error:?}"
                );
            }
        })
    });
    join_all(calls).await;
}

#[tokio::test]
async fn a_call_takes_what_is_left_of_the_invocation_and_one_without_time_is_not_made() {
    // §14
    let silent = rude(silent);
    let clock = clock();
    let partners = partners_at(&silent, &clock);
    let ending_in = |millis: i64| {
        let ends = clock.now() + TimeDelta::milliseconds(millis);
        ends.timestamp_millis().unsigned_abs()
    };
    // 200 ms are kept back for what comes after the partner.
    for (millis, least, most) in [(500, 290, 1_200), (2_000, 1_790, 2_600), (60_000, 1_990, 3_000)] {
        let started = Instant::now();
        let outcome = deadline::within(ending_in(millis), clock.now(), call(&partners, "history")).await;
        assert_eq!(outcome, Err(PartnerError::TimedOut));
        let took = started.elapsed().as_millis();
        assert!((least..most).contains(&took), "{millis}: {took}");
    }
    let server = MockServer::start().await;
    let partners = partners_at(&server.uri(), &clock);
    for millis in [1, 199, 240] {
        // More of them than open a breaker: the partner has no part in it.
        for _ in 0..6 {
            let started = Instant::now();
            let outcome = deadline::within(ending_in(millis), clock.now(), call(&partners, "history")).await;
            assert_eq!(outcome, Err(PartnerError::NoTimeLeft), "{millis}");
            assert!(started.elapsed() < Duration::from_millis(100));
        }
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    assert_eq!(partners.sales.as_ref().unwrap().breaker().as_str(), "closed");
}
