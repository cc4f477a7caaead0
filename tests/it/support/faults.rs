//! Between the service and its table: requests that never arrive, replies that are lost, writes that are slow. So a test
//! can end a function at any of its writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::sync::Semaphore;

use super::World;

/// A request on its way to the table.
pub(crate) struct OnItsWay<'a> {
    /// `PutItem`, `Query`, …
    pub(crate) operation: &'a str,
    /// Which of the writes it is, from 1; none for a read.
    pub(crate) write: Option<usize>,
    /// What it says.
    pub(crate) body: &'a str,
}

/// What becomes of a request.
pub(crate) enum Verdict {
    /// It arrives, and so does its reply.
    Pass,
    /// It never arrives.
    Refuse,
    /// It arrives, and its reply does not.
    LoseReply,
    /// It arrives once somebody lets it.
    Wait(Arc<Semaphore>),
}

type Judge = dyn Fn(&OnItsWay<'_>) -> Verdict + Send + Sync;

#[derive(Clone)]
struct Judged<T> {
    inner: T,
    judge: Arc<Judge>,
    writes: Arc<AtomicUsize>,
}

impl<T> std::fmt::Debug for Judged<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Judged")
    }
}

impl HttpClient for Judged<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Judged {
            inner: self.inner.http_connector(settings, components),
            judge: self.judge.clone(),
            writes: self.writes.clone(),
        })
    }
}

impl HttpConnector for Judged<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let is_write = matches!(
            operation,
            "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems"
        );
        let on_its_way = OnItsWay {
            operation,
            write: is_write.then(|| self.writes.fetch_add(1, Ordering::SeqCst) + 1),
            body: request
                .body()
                .bytes()
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
                .unwrap_or_default(),
        };
        let lost = || ConnectorError::io("lost by the test".into());
        match (self.judge)(&on_its_way) {
            Verdict::Pass => self.inner.call(request),
            Verdict::Refuse => HttpConnectorFuture::ready(Err(lost())),
            Verdict::LoseReply => {
                let call = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    drop(call.await);
                    Err(lost())
                })
            }
            Verdict::Wait(gate) => {
                let inner = self.inner.clone();
                HttpConnectorFuture::new(async move {
                    drop(gate.acquire().await.unwrap());
                    inner.call(request).await
                })
            }
        }
    }
}

/// A process that ends at a write, and whether it got that far.
pub(crate) struct Mortal {
    pub(crate) world: World,
    dead: Arc<AtomicBool>,
}

impl Mortal {
    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }
}

impl World {
    /// The same table, with a judge over every request to it. The SDK tries nothing twice.
    pub(crate) fn judged(&self, judge: impl Fn(&OnItsWay<'_>) -> Verdict + Send + Sync + 'static) -> Self {
        let client = Judged {
            inner: aws_smithy_http_client::Builder::new().build_http(),
            judge: Arc::new(judge),
            writes: Arc::default(),
        };
        let aws = self.aws.to_builder();
        let aws = aws
            .http_client(client)
            .retry_config(RetryConfig::disabled())
            .build();
        Self {
            aws,
            ..self.redeployed(&[])
        }
        .redeployed(&[])
    }

    /// The same table, reached by a process that ends at its n-th write: just before it, or right after it and before its
    /// reply. Nothing that it sends later arrives.
    pub(crate) fn dying_at(&self, n: usize, applied: bool) -> Mortal {
        let dead = Arc::new(AtomicBool::new(false));
        let state = dead.clone();
        let world = self.judged(move |request| match request.write {
            _ if state.load(Ordering::SeqCst) => Verdict::Refuse,
            Some(write) if write == n => {
                state.store(true, Ordering::SeqCst);
                if applied {
                    Verdict::LoseReply
                } else {
                    Verdict::Refuse
                }
            }
            _ => Verdict::Pass,
        });
        Mortal { world, dead }
    }
}
