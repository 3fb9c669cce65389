//! What OTLP over HTTP and OTLP over gRPC share: the way of a request, and the words of its answer.

use bytes::Bytes;
use wire::otlp::response::{Detail, Status};

use super::Doors;
use super::rpc::{Code, MESSAGE_CHARS_MAX, Refusal};
use crate::pipeline::{Encoding, Reservation};

/// What senders of logs and metrics are told: that it went well, and what became of it.
pub const NOT_KEPT: &str = "only traces are kept; this was read and let go";

/// How a request ended whose spans are committed.
#[derive(Debug)]
pub struct Outcome {
    /// Spans that were refused.
    pub rejected: u64,
    /// Why, and what was odd about the others.
    pub message: String,
}

/// Decodes a request and commits its spans.
pub async fn take(doors: &Doors, encoding: Encoding, bytes: Bytes, room: Reservation) -> Result<Outcome, Refusal> {
    let format = match encoding {
        Encoding::OtlpJson => wire::otlp::json::FORMAT,
        _ => wire::otlp::protobuf::FORMAT,
    };
    let committed = doors.commit(format, encoding, bytes, room).await?;
    Ok(Outcome { rejected: committed.refused, message: committed.message(MESSAGE_CHARS_MAX) })
}

/// A refusal as `google.rpc.Status`: bad requests say so in their details, busy ones for how long.
pub fn status(refusal: &Refusal) -> Status {
    let status = Status::new(refusal.code as i32, refusal.message.clone());
    match (refusal.code, refusal.retry_after()) {
        (Code::InvalidArgument, _) => status.with(Detail::bad_body(&refusal.message)),
        (_, Some(delay)) => status.with(Detail::RetryInfo(delay)),
        _ => status,
    }
}
