//! Counting the rollups anew (D90): first what each order and customer contributes is brought up to date, then every row
//! is held against the sum of the contributions. A row that differs although it stood still is mended.

mod contributions;
mod rows;

use crate::auth::Access;
use crate::messaging::{WorkError, Worker};

/// What a recount has found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recounted {
    /// Orders and customers whose contribution was behind or wrong; they are counted now.
    pub contributions: usize,
    /// Rollup rows that were not the sum of their contributions; they are mended.
    pub drift: usize,
    /// Rows that kept changing while they were counted; the next run looks again.
    pub inconclusive: usize,
}

/// Recounts a tenant's rollups (D90). A record that cannot be read or counted stops no other.
///
/// # Errors
/// When the table does not answer; after everything else is done, when some records could not be counted.
pub async fn recount(worker: &Worker, access: &Access) -> Result<Recounted, WorkError> {
    let seen = contributions::catch_up(worker, access).await?;
    let (drift, inconclusive) = rows::settle(worker, access, &seen).await?;
    tracing::info!(
        tenant = %access.tenant(),
        orders = seen.orders,
        customers = seen.customers.len(),
        contributions = seen.counted,
        failures = seen.failures,
        drift,
        inconclusive,
        "rollups recounted"
    );
    if seen.failures > 0 {
        let failures = seen.failures;
        return Err(WorkError::transient(format!(
            "{failures} records could not be counted"
        )));
    }
    Ok(Recounted {
        contributions: seen.counted,
        drift,
        inconclusive,
    })
}
