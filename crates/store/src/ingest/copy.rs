//! Rows of `span` in PostgreSQL's binary COPY format, encoded by hand: a quarter of the cost of any other way in.

use sqlx::PgConnection;

use super::batch::{Batch, Row};
use crate::names::{Dictionary, Ids};
use crate::{POSTGRES_EPOCH_US, StoreError};

/// The columns a writer fills, in the order [`row`] encodes them.
macro_rules! columns {
    () => {
        "start_time, home, received_at, trace_id, span_id, parent_span_id, duration_ns, cost_pico, tenant_id, service_id, \
         operation_id, capability_id, model_id, user_id, environment_id, peer_id, tokens_in, tokens_out, start_sub_us, kind, \
         status, category, data_tag, cost_source, claimed_pico, verdict, owner_from, payload"
    };
}
pub(crate) use columns;

/// How many columns that is.
const COLUMNS: i16 = 28;

/// Signature, no flags, no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// From how much on rows are sent: PostgreSQL reads while the rest is encoded, and neither side needs memory for all of a batch.
const CHUNK_BYTES: usize = 64 << 10;

/// Copies rows, each with the home of its trace (microseconds since 1970), into `table`.
pub(super) async fn into_table(
    db: &mut PgConnection,
    table: &str,
    batch: &Batch,
    ids: &Ids,
    rows: impl Iterator<Item = (&Row, i64)>,
    received_us: i64,
) -> Result<(), StoreError> {
    let statement = format!(concat!("copy {} (", columns!(), ") from stdin (format binary)"), table);
    let mut copy = db.copy_in_raw(&statement).await?;
    let mut bytes = Vec::with_capacity(2 * CHUNK_BYTES);
    bytes.extend_from_slice(HEADER);
    for (row, home_us) in rows {
        encode(&mut bytes, row, home_us, received_us, batch, ids);
        if bytes.len() >= CHUNK_BYTES {
            copy.send(&bytes[..]).await?;
            bytes.clear();
        }
    }
    bytes.extend_from_slice(&(-1i16).to_be_bytes());
    copy.send(&bytes[..]).await?;
    copy.finish().await?;
    Ok(())
}

fn encode(to: &mut Vec<u8>, row: &Row, home_us: i64, received_us: i64, batch: &Batch, ids: &Ids) {
    to.extend_from_slice(&COLUMNS.to_be_bytes());
    int8(to, row.start_us - POSTGRES_EPOCH_US);
    int8(to, home_us - POSTGRES_EPOCH_US);
    int8(to, received_us - POSTGRES_EPOCH_US);
    field(to, row.trace_id.as_bytes());
    int8(to, row.span_id);
    optional(to, row.parent_span_id.map(i64::to_be_bytes));
    int8(to, row.duration_ns);
    optional(to, row.cost_pico.map(i64::to_be_bytes));
    field(to, &ids.of(Dictionary::Tenant, row.tenant).to_be_bytes());
    field(to, &ids.of(Dictionary::Service, row.service).to_be_bytes());
    field(to, &ids.of(Dictionary::Operation, row.operation).to_be_bytes());
    for (dictionary, place) in [
        (Dictionary::Capability, row.capability),
        (Dictionary::Model, row.model),
        (Dictionary::User, row.user),
        (Dictionary::Environment, row.environment),
        (Dictionary::Service, row.peer),
    ] {
        optional(to, ids.of_some(dictionary, place).map(i32::to_be_bytes));
    }
    optional(to, row.tokens_in.map(i32::to_be_bytes));
    optional(to, row.tokens_out.map(i32::to_be_bytes));
    for code in [row.start_sub_us, row.kind, row.status, row.category, row.data_tag, row.cost_source] {
        field(to, &code.to_be_bytes());
    }
    optional(to, row.claimed_pico.map(i64::to_be_bytes));
    field(to, &row.verdict.to_be_bytes());
    field(to, &row.owner_from.to_be_bytes());
    field(to, &batch.payloads[row.payload.clone()]);
}

fn int8(to: &mut Vec<u8>, value: i64) {
    field(to, &value.to_be_bytes());
}

fn optional<const N: usize>(to: &mut Vec<u8>, value: Option<[u8; N]>) {
    match value {
        Some(value) => field(to, &value),
        None => to.extend_from_slice(&(-1i32).to_be_bytes()),
    }
}

fn field(to: &mut Vec<u8>, value: &[u8]) {
    // A payload is smaller than the request it came in, which is far below 2 GiB.
    to.extend_from_slice(&(value.len() as i32).to_be_bytes());
    to.extend_from_slice(value);
}
