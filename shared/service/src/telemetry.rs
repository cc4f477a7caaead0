//! Structured logs: one JSON object a line, with constant messages and values as fields. Panics are logged too, without
//! what they were carrying, since that may be a customer's data.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts the logs. `RUST_LOG` filters them; the default is `info`.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .with_target(false)
        .with_env_filter(filter)
        .try_init();
    if started.is_err() {
        tracing::debug!("logs were started before");
    }
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        tracing::error!(place, "a panic was caught");
    }));
}
