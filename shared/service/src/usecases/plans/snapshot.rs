//! Putting aside what a plan is computed from, and taking it up again. Planning is a pure function of it, so a computation
//! that goes on in another invocation comes to the same rows.

use std::io::{Read as _, Write as _};

use chrono::TimeDelta;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::gather::Gathered;
use crate::app::App;
use crate::auth::Access;
use crate::problem::Problem;
use crate::store::keys::{self, Index};
use crate::store::plan_snapshots::PlanSnapshotPart;
use crate::store::plans::PlanProgress;
use crate::store::record::{from_item, to_item};
use crate::store::{Query, SortRange};

/// Bytes in one item, of the 400 KB that it may have.
const BYTES_IN_A_PART: usize = 350_000;
/// What a snapshot may come to when it is unpacked: beyond it something is broken.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// How long a snapshot is kept.
const KEPT: TimeDelta = TimeDelta::days(2);
/// Writes that run side by side.
const CONCURRENT_WRITES: usize = 8;

/// Puts it aside under a new name, and tells the name and how many parts there are.
///
/// # Errors
/// When the table does not answer.
pub(super) async fn save(
    app: &App,
    access: &Access,
    plan: Uuid,
    gathered: &Gathered,
) -> Result<(Uuid, u32), Problem> {
    let store = app.tenant_store(access);
    let (snapshot, packed) = (app.ids().fresh(), pack(gathered)?);
    let ttl = (app.now() + KEPT).timestamp();
    let parts = packed.chunks(BYTES_IN_A_PART).zip(0_u32..);
    let items = parts.map(|(bytes, part)| {
        let part = PlanSnapshotPart {
            plan,
            snapshot,
            part,
            ttl,
            bytes: ByteBuf::from(bytes),
        };
        to_item(store.tenant(), &part)
    });
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let count = u32::try_from(items.len()).map_err(|_| Problem::internal("a snapshot has too many parts"))?;
    stream::iter(items)
        .map(|item| async move { store.overwrite(item).await })
        .buffer_unordered(CONCURRENT_WRITES)
        .try_collect::<()>()
        .await?;
    Ok((snapshot, count))
}

/// What was put aside; none when some of it is gone, so that the plan has to be begun anew.
///
/// # Errors
/// When the table does not answer.
pub(super) async fn load(
    app: &App,
    access: &Access,
    plan: Uuid,
    progress: &PlanProgress,
) -> Result<Option<Gathered>, Problem> {
    let store = app.tenant_store(access);
    let query = Query {
        range: SortRange::Prefix(keys::plan_snapshot_prefix(progress.snapshot)),
        ..Query::all(Index::Primary, keys::plan_partition(store.tenant(), plan))
    };
    let mut packed = Vec::new();
    let mut count = 0_u32;
    for item in store.query_all(query).await? {
        let part: PlanSnapshotPart = from_item(item)?;
        packed.extend_from_slice(&part.bytes);
        count += 1;
    }
    if count != progress.parts {
        tracing::warn!(plan_id = %plan, found = count, expected = progress.parts, "a snapshot is not whole");
        return Ok(None);
    }
    unpack(&packed).map(Some)
}

fn pack(gathered: &Gathered) -> Result<Vec<u8>, Problem> {
    let broken = |error: String| Problem::internal(format!("a snapshot cannot be packed: {error}"));
    // Time is what is short when this is done.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    {
        let mut buffered = std::io::BufWriter::with_capacity(64 * 1024, &mut encoder);
        serde_json::to_writer(&mut buffered, gathered).map_err(|error| broken(error.to_string()))?;
        buffered.flush().map_err(|error| broken(error.to_string()))?;
    }
    encoder.finish().map_err(|error| broken(error.to_string()))
}

fn unpack(packed: &[u8]) -> Result<Gathered, Problem> {
    let broken = |error: String| Problem::internal(format!("a snapshot cannot be unpacked: {error}"));
    let mut text = Vec::new();
    let mut decoder = GzDecoder::new(packed).take(MAX_BYTES);
    decoder
        .read_to_end(&mut text)
        .map_err(|error| broken(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))
}
