//! The id of the request or batch being served, for the calls to partners that it causes (D9, §14): what a log line of ours
//! carries. It travels with the task, so that no use case has to hand it down.

tokio::task_local! {
    static CURRENT: String;
}

/// Serves a request under its id.
pub fn within<F: Future>(id: String, request: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, request)
}

/// The id of what is being served; none outside of it.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}
