//! Metrics kept instead of written, for tests: what was told, and how often.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

tokio::task_local! {
    static KEPT: Arc<Mutex<Vec<Value>>>;
}

/// Does some work and gives, beside what came of it, the lines it would have written.
pub async fn captured<T>(work: impl Future<Output = T>) -> (T, Vec<Value>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let outcome = KEPT.scope(kept.clone(), work).await;
    let lines = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    (outcome, lines)
}

/// Keeps a line where somebody asked for it; gives it back otherwise.
pub(super) fn keep(line: Value) -> Option<Value> {
    match KEPT.try_with(Arc::clone) {
        Ok(kept) => {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            None
        }
        Err(_) => Some(line),
    }
}
