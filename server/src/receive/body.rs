//! Reading a request body: within a size, within a time, within the room there is, unpacked.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http_body_util::BodyExt;
use model::ingest::TurnedAway;

use super::Doors;
use super::unpack::{Packing, unpack};
use crate::pipeline::{Full, Reservation};

/// Packed bodies up to this size are unpacked where they are; larger ones off the async threads.
const INLINE_BYTES_MAX: usize = 32 * 1024;
/// Memory a `Content-Length` is believed for before the bytes are there: an SDK's batch, which then is not moved as it grows.
const BELIEVED_BYTES_MAX: usize = 512 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// More than one request may have.
    #[error(
        "the body has more than {bytes_max} bytes (after decompression); send smaller batches, or raise TRACETAB_BODY_BYTES_MAX"
    )]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// The queue is full.
    #[error(transparent)]
    Full(#[from] Full),
    /// It came too slowly.
    #[error("the body did not arrive within {seconds} seconds; send again")]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// The client went away, or broke the framing.
    #[error("the body ended early; send again")]
    CutOff,
    /// Unpacking it failed, which the log explains.
    #[error("the server could not unpack the body; send again")]
    Failed,
    /// Packed in a way we do not know.
    #[error("the encoding {0:?} is not supported; expected one of {names}, or none", names = Packing::NAMES)]
    UnknownEncoding(String),
    /// Not what it said it was.
    #[error("the body is not the {0} it is said to be")]
    NotPacked(&'static str),
}

impl BodyError {
    /// Why the same body may well be read when it comes again, if it may.
    pub const fn turned_away(&self) -> Option<TurnedAway> {
        match self {
            Self::Full(_) => Some(TurnedAway::Full),
            // Nothing is wrong with the spans: a network was slow or broke, or a proxy gave up.
            Self::TooSlow { .. } | Self::CutOff => Some(TurnedAway::Incomplete),
            Self::Failed => Some(TurnedAway::Failed),
            Self::TooLarge { .. } | Self::UnknownEncoding(_) | Self::NotPacked(_) => None,
        }
    }
}

/// Reads the whole body and unpacks it. Room for it is taken as it arrives.
pub async fn read(
    doors: &Doors,
    room: Reservation,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Bytes, Reservation), BodyError> {
    let packing = match headers.get(CONTENT_ENCODING) {
        None => Packing::Plain,
        Some(name) => Packing::named(name.as_bytes())
            .ok_or_else(|| BodyError::UnknownEncoding(String::from_utf8_lossy(name.as_bytes()).into_owned()))?,
    };
    let (bytes, room) = arrive(doors, room, headers, body).await?;
    open(doors, bytes, packing, room).await
}

/// Reads the whole body as it is.
pub async fn arrive(
    doors: &Doors,
    room: Reservation,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Bytes, Reservation), BodyError> {
    let bytes_max = doors.body_bytes_max;
    let said: Option<usize> = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if said.is_some_and(|said| said > bytes_max) {
        return Err(BodyError::TooLarge { bytes_max });
    }
    let arriving = tokio::time::timeout(doors.body_timeout, collect(body, said, bytes_max, room));
    let arrived = arriving.await.unwrap_or(Err(BodyError::TooSlow { seconds: doors.body_timeout.as_secs() }));
    counted(doors, arrived)
}

/// Counts a request that is sent back: how many spans it has nobody knows yet.
fn counted<T>(doors: &Doors, read: Result<T, BodyError>) -> Result<T, BodyError> {
    if let Some(why) = read.as_ref().err().and_then(BodyError::turned_away) {
        doors.pipeline.turned_away(why, 0);
    }
    read
}

/// Unpacks what has arrived, off the async threads when it is large.
pub async fn open(
    doors: &Doors,
    bytes: Bytes,
    packing: Packing,
    room: Reservation,
) -> Result<(Bytes, Reservation), BodyError> {
    let bytes_max = doors.body_bytes_max;
    if packing == Packing::Plain || bytes.len() <= INLINE_BYTES_MAX {
        return counted(doors, unpack(&bytes, packing, bytes_max, room));
    }
    let unpacking = tokio::task::spawn_blocking(move || unpack(&bytes, packing, bytes_max, room));
    let unpacked = unpacking.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a body could not be unpacked");
        Err(BodyError::Failed)
    });
    counted(doors, unpacked)
}

/// Reads and forgets a body, so that the connection can be used again.
pub async fn drain(doors: &Doors, mut body: Body) -> Result<(), BodyError> {
    let bytes_max = doors.body_bytes_max;
    let draining = async {
        let mut seen = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BodyError::CutOff)?;
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > bytes_max {
                return Err(BodyError::TooLarge { bytes_max });
            }
        }
        Ok(())
    };
    let timeout = tokio::time::timeout(doors.body_timeout, draining);
    timeout.await.map_err(|_| BodyError::TooSlow { seconds: doors.body_timeout.as_secs() })?
}

async fn collect(
    mut body: Body,
    said: Option<usize>,
    bytes_max: usize,
    mut room: Reservation,
) -> Result<(Bytes, Reservation), BodyError> {
    let mut bytes = BytesMut::with_capacity(said.unwrap_or_default().min(BELIEVED_BYTES_MAX));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::CutOff)?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > bytes_max {
            return Err(BodyError::TooLarge { bytes_max });
        }
        room.add_bytes(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok((bytes.freeze(), room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::intake::Intake;
    use crate::pipeline::{Room, Sender};

    #[tokio::test]
    async fn a_body_longer_than_the_limit_is_refused_whatever_its_head_says() {
        let body = Body::from(vec![0; 101]);
        let intake = Intake::new(Room { spans_max: 1, bytes_max: 1_000 });
        let refused = collect(body, Some(5), 100, intake.reserve(Sender::unknown())).await.unwrap_err();
        assert_eq!(refused, BodyError::TooLarge { bytes_max: 100 });
    }
}
