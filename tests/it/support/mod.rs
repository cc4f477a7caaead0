//! What every test stands on.

pub(crate) mod answer;
pub(crate) mod background;
pub(crate) mod deployed;
pub(crate) mod deployed_inbox;
#[cfg(target_os = "linux")]
pub(crate) mod deployed_processes;
pub(crate) mod faults;
pub(crate) mod history;
pub(crate) mod memory_table;
pub(crate) mod meter;
pub(crate) mod orders;
pub(crate) mod projected;
pub(crate) mod random;
pub(crate) mod recount;
pub(crate) mod stack;
pub(crate) mod stored;
pub(crate) mod tokens;
pub(crate) mod world;

pub(crate) use answer::Answer;
pub(crate) use background::Background;
pub(crate) use deployed::Deployed;
pub(crate) use deployed_inbox::Inbox;
pub(crate) use world::World;
