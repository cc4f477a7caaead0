//! Every call that a piece of work makes to the table, the bus or a partner, and everything that may go wrong with it: the
//! work done once more, as its caller would, leaves exactly what was asked for, once.

mod alerts;
mod channels;
mod checks;
mod orders;
mod partners;
mod relay;
mod rollups;
mod strike;
mod transport;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use orders_service::messaging::Worker;
use orders_service::messaging::memory::MemoryBus;

use self::channels::StruckBus;
use self::partners::Ledger;
use self::strike::{Call, Strike};
use crate::support::{Background, World};

/// Cases that are run at the same time.
const CASES_AT_ONCE: usize = 16;
/// How long an invocation that gets no reply is waited for.
const PATIENCE: Duration = Duration::from_millis(30);

/// A piece of work, what has to be there before it, and what must be there after it.
trait Work {
    /// Settings of the deployment.
    const SETTINGS: &'static [(&'static str, &'static str)] = &[];
    /// What the work is about.
    type Scene;

    /// Makes what has to be there, without faults.
    async fn prepare(&self, site: &Site) -> Self::Scene;

    /// Does the work once; gives why it was not done. Only what may pass when it is tried again is a reason.
    async fn act(&self, site: &Site, scene: &Self::Scene) -> Result<(), String>;

    /// Asserts what must be there once it is done.
    async fn check(&self, site: &Site, scene: &Self::Scene);
}

/// Where work is done: a process, its bus and its partners.
struct Site {
    world: World,
    background: Background,
    ledger: Arc<Ledger>,
}

impl Site {
    /// A process to which nothing happens.
    fn new(world: &World, settings: &[(&str, &str)]) -> Self {
        let ledger = Arc::<Ledger>::default();
        let strike = Strike::none();
        let world = world.with_partners(settings, ledger.partners(&strike));
        let background = Background::of(&world);
        Self {
            world,
            background,
            ledger,
        }
    }

    /// Another process beside it that is struck.
    fn struck(&self, settings: &[(&str, &str)], strike: &Arc<Strike>) -> Self {
        let judging = strike.clone();
        let judged = self.world.judged_aws(move |request| judging.judge(request));
        let world = judged.with_partners(settings, self.ledger.partners(strike));
        let bus: Arc<MemoryBus> = self.background.bus.clone();
        let background = Background {
            worker: Worker {
                name: "test",
                app: world.app.clone(),
                bus: Arc::new(StruckBus::new(bus.clone(), strike.clone())),
            },
            bus,
        };
        Self {
            world,
            background,
            ledger: self.ledger.clone(),
        }
    }
}

/// Runs work once without faults to learn its calls, and then once for each of them and each fault that it may meet.
async fn matrix(work: &impl Work) {
    let calls = Box::pin(case(work, Strike::none())).await;
    assert!(calls.iter().any(|call| call.is_write()), "{calls:?}");
    let strikes: Vec<_> = calls
        .iter()
        .enumerate()
        .flat_map(|(index, call)| {
            let faults = call.faults().iter();
            faults.map(move |fault| (index + 1, *call, *fault))
        })
        .collect();
    println!("{} calls, {} cases: {calls:?}", calls.len(), strikes.len());
    let runs = strikes.iter().map(|(number, call, fault)| {
        async move {
            let strike = Strike::at(*number, *fault);
            // On the heap: what an unoptimised build keeps of a whole case is too much for a test's stack.
            let run = AssertUnwindSafe(Box::pin(case(work, strike.clone()))).catch_unwind();
            let name = format!("call {number}, {call:?}: {fault:?}");
            match run.await {
                Ok(_) if strike.has_struck() => None,
                Ok(_) => Some(format!("{name}: it was never made")),
                Err(panic) => Some(format!("{name}: {}", told(panic.as_ref()))),
            }
        }
    });
    let failures: Vec<_> = stream::iter(runs)
        .buffer_unordered(CASES_AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        strikes.len(),
        failures.join("\n")
    );
}

fn told(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
}

/// One fault, the work that meets it, and the same work again without any; gives the calls of the first try. Each case has
/// a table of its own: reconcile looks at every tenant, and the checks at every item.
async fn case<W: Work>(work: &W, strike: Arc<Strike>) -> Vec<Call> {
    let site = Site::new(&World::new().await, W::SETTINGS);
    let scene = Box::pin(work.prepare(&site)).await;
    let struck = site.struck(W::SETTINGS, &strike);
    let outcome = tokio::select! {
        outcome = Box::pin(work.act(&struck, &scene)) => Some(outcome),
        // The invocation is out of time: nothing of it goes on.
        () = out_of_time(&strike) => None,
    };
    if strike.is_none() {
        assert_eq!(outcome, Some(Ok(())));
    }
    // Whoever handed the work out does so again, also when only the reply of a success was lost.
    assert_eq!(Box::pin(work.act(&site, &scene)).await, Ok(()));
    if strike.arrives_after_all() {
        strike.stall.arrive().await;
    }
    Box::pin(work.check(&site, &scene)).await;
    site.world.delete_table().await;
    strike.calls()
}

async fn out_of_time(strike: &Strike) {
    strike.stall.begun().await;
    if strike.arrives_in_time() {
        strike.stall.arrive().await;
    }
    tokio::time::sleep(PATIENCE).await;
}
