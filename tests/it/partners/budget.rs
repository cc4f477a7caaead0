//! Retries and breakers over real calls (§14): a partner in trouble gets a tenth more to do at most, and then nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures_util::future::join_all;
use orders_service::metrics::captured;
use orders_service::partners::PartnerError;
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::{OPERATIONS, call, clock, exchange, partners_at};

const CALLS: usize = 500;

/// Fails at every n-th call.
struct Flapping {
    every: usize,
    status: u16,
    calls: Arc<AtomicUsize>,
    reply: Value,
}

impl Respond for Flapping {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if number.is_multiple_of(self.every) {
            ResponseTemplate::new(self.status)
        } else {
            ResponseTemplate::new(200).set_body_json(&self.reply)
        }
    }
}

/// Makes calls one after another; gives how many arrived, and how many failed.
async fn flapping(every: usize, status: u16, operation: &str) -> (usize, usize) {
    let calls = Arc::new(AtomicUsize::new(0));
    let partner = Flapping {
        every,
        status,
        calls: calls.clone(),
        reply: exchange(operation)["reply"].clone(),
    };
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(partner).mount(&server).await;
    let partners = partners_at(&server.uri(), &clock());
    let mut failed = 0;
    for _ in 0..CALLS {
        failed += usize::from(call(&partners, operation).await.is_err());
    }
    (calls.load(Ordering::SeqCst), failed)
}

#[tokio::test]
async fn calls_are_at_most_a_tenth_more_than_first_calls() {
    // §14
    for status in [429, 502, 503, 504] {
        let (arrived, failed) = flapping(3, status, "history").await;
        // More failures than the budget holds retries: all of it is used, but what is left at the end.
        assert!(
            (CALLS + CALLS / 10 - 1..=CALLS + CALLS / 10).contains(&arrived),
            "{status}: {arrived}"
        );
        assert!(failed > 0, "{status}");
    }
    // Rare failures are made up for but for those before anything was saved up; questions and writes alike.
    for (operation, _) in OPERATIONS {
        let (arrived, failed) = flapping(25, 503, operation).await;
        assert_eq!(failed, 0, "{operation}");
        assert!(
            (CALLS + 15..=CALLS + 25).contains(&arrived),
            "{operation}: {arrived}"
        );
    }
    // What will not be otherwise in a moment is not tried again.
    for status in [400, 404, 409, 500, 501] {
        let (arrived, _) = flapping(3, status, "history").await;
        assert_eq!(arrived, CALLS, "{status}");
    }
}

#[tokio::test]
async fn a_breaker_opens_after_five_failures_and_one_probe_closes_it_again() {
    // §14
    for (operation, partner) in OPERATIONS {
        let server = MockServer::start().await;
        let broken = Mock::given(any()).respond_with(ResponseTemplate::new(503));
        let broken = broken.mount_as_scoped(&server).await;
        let clock = clock();
        let partners = partners_at(&server.uri(), &clock);
        let state = || {
            let states = partners.breakers();
            let (_, state) = states.iter().find(|(name, _)| *name == partner).unwrap();
            state.unwrap().as_str()
        };
        let others = || {
            partners
                .breakers()
                .iter()
                .filter(|(_, state)| state.unwrap().as_str() == "closed")
                .count()
        };
        let calls = async |scope: &wiremock::MockGuard| scope.received_requests().await.len();
        for _ in 0..5 {
            assert_eq!((state(), others()), ("closed", 4));
            assert_eq!(call(&partners, operation).await, Err(PartnerError::Status(503)));
        }
        assert_eq!((state(), others()), ("open", 3), "{operation}");
        for _ in 0..50 {
            assert_eq!(call(&partners, operation).await, Err(PartnerError::BreakerOpen));
        }
        assert_eq!(calls(&broken).await, 5);
        // Half open, one of many goes, and it decides.
        clock.advance(TimeDelta::seconds(10));
        assert_eq!(state(), "half_open");
        let many = join_all((0..20).map(|_| call(&partners, operation))).await;
        let refused = many
            .iter()
            .filter(|outcome| **outcome == Err(PartnerError::BreakerOpen))
            .count();
        assert_eq!(
            (refused, calls(&broken).await, state()),
            (19, 6, "open"),
            "{operation}"
        );
        drop(broken);
        let good = ResponseTemplate::new(200).set_body_json(&exchange(operation)["reply"]);
        let mended = Mock::given(any())
            .respond_with(good)
            .mount_as_scoped(&server)
            .await;
        clock.advance(TimeDelta::milliseconds(9_999));
        assert_eq!(call(&partners, operation).await, Err(PartnerError::BreakerOpen));
        clock.advance(TimeDelta::milliseconds(1));
        assert!(call(&partners, operation).await.is_ok());
        assert_eq!((state(), others()), ("closed", 4), "{operation}");
        let many = join_all((0..20).map(|_| call(&partners, operation))).await;
        assert!(many.iter().all(Result::is_ok));
        assert_eq!(calls(&mended).await, 21);
    }
}

#[tokio::test]
async fn what_speaks_against_the_request_opens_no_breaker() {
    // §14
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(404))
        .mount(&server)
        .await;
    let partners = partners_at(&server.uri(), &clock());
    for _ in 0..20 {
        assert_eq!(call(&partners, "history").await, Err(PartnerError::Status(404)));
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 20);
    assert_eq!(partners.sales.as_ref().unwrap().breaker().as_str(), "closed");
}

#[tokio::test]
async fn each_call_is_told_with_its_outcome_and_where_the_breaker_stands() {
    // §14
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(503))
        .mount(&server)
        .await;
    let partners = partners_at(&server.uri(), &clock());
    let (_, lines) = captured(async {
        for _ in 0..6 {
            drop(call(&partners, "history").await);
        }
    })
    .await;
    let of = |name: &str, of: &str| -> Vec<Value> {
        let lines = lines.iter().filter(|line| !line[name].is_null());
        lines.map(|line| line[of].clone()).collect()
    };
    assert_eq!(
        of("PartnerCalls", "Outcome"),
        [
            "bad_status",
            "bad_status",
            "bad_status",
            "bad_status",
            "bad_status",
            "refused_by_breaker"
        ]
    );
    assert_eq!(of("BreakerOpen", "BreakerOpen"), [0, 0, 0, 0, 1, 1]);
    assert!(of("BreakerOpen", "Partner").iter().all(|name| name == "sales"));
}
