//! Between the service and its table: requests that never arrive, replies that are lost, writes that are slow. So a test
//! can end a function at any of its writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use tokio::sync::{Notify, Semaphore};

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
    /// It never arrives: something before the table refuses it with this JSON.
    Reply(u16, String),
    /// No reply comes, and it arrives when the test says.
    Stall(Arc<Stall>),
}

/// A request whose sender waits in vain. It may arrive all the same, whether the sender still lives or not.
pub(crate) struct Stall {
    gate: Semaphore,
    landed: Semaphore,
    begun: Notify,
}

impl Stall {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Semaphore::new(0),
            landed: Semaphore::new(0),
            begun: Notify::new(),
        })
    }

    /// Keeps what would arrive until it is let through.
    pub(crate) fn begin(self: &Arc<Self>, arrival: impl Future<Output = ()> + Send + 'static) {
        self.begun.notify_one();
        let stall = self.clone();
        drop(tokio::spawn(async move {
            stall.gate.acquire().await.unwrap().forget();
            arrival.await;
            stall.landed.add_permits(1);
        }));
    }

    /// Comes back once a sender waits.
    pub(crate) async fn begun(&self) {
        self.begun.notified().await;
    }

    /// Lets the request through, and comes back once it has arrived.
    pub(crate) async fn arrive(&self) {
        self.gate.add_permits(1);
        self.landed.acquire().await.unwrap().forget();
    }
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
            Verdict::Reply(status, body) => {
                let status = StatusCode::try_from(status).unwrap();
                HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
            }
            Verdict::Stall(stall) => {
                let call = self.inner.call(request);
                stall.begin(async move { drop(call.await) });
                HttpConnectorFuture::new(std::future::pending())
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
        self.judged_aws(judge).redeployed(&[])
    }

    /// The same with the judge only before what is built anew from it: a deployment with settings or partners.
    pub(crate) fn judged_aws(
        &self,
        judge: impl Fn(&OnItsWay<'_>) -> Verdict + Send + Sync + 'static,
    ) -> Self {
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
