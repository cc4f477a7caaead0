//! A bus that is struck, in front of one that keeps what arrives.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use orders_service::messaging::bus::{Bus, BusError, Message, Topic};
use orders_service::messaging::memory::MemoryBus;
use orders_service::messaging::{PlanningMessage, QuarantineMessage};

use super::strike::{Call, Fault, Strike};

pub(super) struct StruckBus {
    inner: Arc<MemoryBus>,
    strike: Arc<Strike>,
}

fn lost() -> BusError {
    BusError::transient("lost by the test")
}

impl StruckBus {
    pub(super) fn new(inner: Arc<MemoryBus>, strike: Arc<Strike>) -> Self {
        Self { inner, strike }
    }

    /// Sends something that is taken as a whole.
    async fn send<F>(&self, send: impl FnOnce(Arc<MemoryBus>) -> F) -> Result<(), BusError>
    where
        F: Future<Output = Result<(), BusError>> + Send + 'static,
    {
        let fault = self.strike.next(Call::Send);
        let sending = send(self.inner.clone());
        match fault {
            None => sending.await,
            Some(Fault::Refused | Fault::Throttled | Fault::Contended) => Err(lost()),
            Some(Fault::ReplyLost) => sending.await.and(Err(lost())),
            Some(Fault::SlowAndLost | Fault::SlowAndArrived | Fault::SlowAndArrivesLate) => {
                self.strike.stall.begin(async move { sending.await.unwrap() });
                std::future::pending().await
            }
        }
    }
}

impl Bus for StruckBus {
    fn publish<'a>(
        &'a self,
        topic: Topic,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Vec<Result<(), BusError>>> {
        Box::pin(async move {
            let none = || messages.iter().map(|_| Err(lost())).collect::<Vec<_>>();
            match self.strike.next(Call::Send) {
                None => self.inner.publish(topic, messages).await,
                Some(Fault::Refused | Fault::Throttled) => none(),
                Some(Fault::ReplyLost) => {
                    self.inner.publish(topic, messages).await;
                    none()
                }
                Some(Fault::Contended) => {
                    let mut outcomes = none();
                    let taken = self.inner.publish(topic, &messages[1..]).await;
                    outcomes.splice(1.., taken);
                    outcomes
                }
                Some(Fault::SlowAndLost | Fault::SlowAndArrived | Fault::SlowAndArrivesLate) => {
                    let (inner, messages) = (self.inner.clone(), messages.to_vec());
                    self.strike.stall.begin(async move {
                        inner.publish(topic, &messages).await;
                    });
                    std::future::pending().await
                }
            }
        })
    }

    fn send_planning<'a>(&'a self, message: &'a PlanningMessage) -> BoxFuture<'a, Result<(), BusError>> {
        let message = *message;
        Box::pin(self.send(move |bus| async move { bus.send_planning(&message).await }))
    }

    fn quarantine<'a>(&'a self, message: &'a QuarantineMessage) -> BoxFuture<'a, Result<(), BusError>> {
        let message = message.clone();
        Box::pin(self.send(move |bus| async move { bus.quarantine(&message).await }))
    }
}
