//! A bus that keeps what is sent, for tests: of ordering, of repeats, and of what happens when a message is refused.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;

use super::bus::{Bus, BusError, Message, Topic};
use super::{PlanningMessage, QuarantineMessage};

/// Keeps every message it takes, and refuses the ones it is told to.
#[derive(Debug, Default)]
pub struct MemoryBus(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    published: Vec<(Topic, Message)>,
    plans: Vec<PlanningMessage>,
    quarantined: Vec<QuarantineMessage>,
    refusals: VecDeque<bool>,
    refused_for_good: Vec<String>,
}

impl MemoryBus {
    /// Says for each of the next messages, plans included, whether it is refused; later ones are taken.
    pub fn refuse(&self, refusals: &[bool]) {
        self.with(|kept| kept.refusals = refusals.iter().copied().collect());
    }

    /// Refuses for good every message that is published with a text in it, from now on.
    pub fn refuse_for_good(&self, text: &str) {
        self.with(|kept| kept.refused_for_good.push(text.to_owned()));
    }

    /// What a topic has taken, in order.
    pub fn published(&self, topic: Topic) -> Vec<Message> {
        self.with(|kept| {
            kept.published
                .iter()
                .filter(|(on, _)| *on == topic)
                .map(|(_, m)| m.clone())
                .collect()
        })
    }

    /// What the planning queue has taken, in order.
    pub fn plans(&self) -> Vec<PlanningMessage> {
        self.with(|kept| kept.plans.clone())
    }

    /// Entities that could not be relayed, in the order they were told.
    pub fn quarantined(&self) -> Vec<QuarantineMessage> {
        self.with(|kept| kept.quarantined.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        // A test that panicked elsewhere leaves the lists as they are.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn admit(&mut self) -> Result<(), BusError> {
        match self.refusals.pop_front() {
            Some(true) => Err(BusError::transient("refused by the test")),
            _ => Ok(()),
        }
    }

    fn publish(&mut self, topic: Topic, message: &Message) -> Result<(), BusError> {
        self.admit()?;
        if self
            .refused_for_good
            .iter()
            .any(|text| message.body.contains(text))
        {
            return Err(BusError::permanent("refused for good by the test"));
        }
        self.published.push((topic, message.clone()));
        Ok(())
    }
}

impl Bus for MemoryBus {
    fn publish<'a>(
        &'a self,
        topic: Topic,
        messages: &'a [Message],
    ) -> BoxFuture<'a, Vec<Result<(), BusError>>> {
        let outcomes = self.with(|kept| {
            let taken = messages.iter().map(|message| kept.publish(topic, message));
            taken.collect()
        });
        Box::pin(std::future::ready(outcomes))
    }

    fn send_planning<'a>(&'a self, message: &'a PlanningMessage) -> BoxFuture<'a, Result<(), BusError>> {
        let outcome = self.with(|kept| {
            kept.admit()?;
            kept.plans.push(*message);
            Ok(())
        });
        Box::pin(std::future::ready(outcome))
    }

    fn quarantine<'a>(&'a self, message: &'a QuarantineMessage) -> BoxFuture<'a, Result<(), BusError>> {
        let outcome = self.with(|kept| {
            kept.admit()?;
            kept.quarantined.push(message.clone());
            Ok(())
        });
        Box::pin(std::future::ready(outcome))
    }
}
