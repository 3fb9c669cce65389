//! Reading a request body: within a size, within a time, within the room there is, unpacked.

use std::io::Read;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http_body_util::BodyExt;

use super::Doors;
use crate::pipeline::{Full, Reservation};

/// Bytes unpacked between two looks at the limits: a bomb is noticed within one step.
const STEP_BYTES: usize = 64 * 1024;
/// Packed bodies up to this size are unpacked where they are; larger ones off the async threads.
const INLINE_BYTES_MAX: usize = 32 * 1024;

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
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
    #[error("the body did not arrive within {seconds} seconds")]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// The client went away, or broke the framing.
    #[error("the body ended early")]
    Broken,
    /// Packed in a way we do not know.
    #[error("content-encoding {0:?} is not supported; expected gzip, or none")]
    UnknownEncoding(String),
    /// Not what it said it was.
    #[error("the body is not the gzip its content-encoding says it is")]
    NotGzip,
}

/// Reads the whole body and unpacks it. Room for it is taken as it arrives.
pub async fn read(doors: &Doors, headers: &HeaderMap, body: Body) -> Result<(Bytes, Reservation), BodyError> {
    let packed = is_gzip(headers)?;
    let bytes_max = doors.body_bytes_max;
    let said: Option<usize> = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if said.is_some_and(|said| said > bytes_max) {
        return Err(BodyError::TooLarge { bytes_max });
    }
    let room = doors.pipeline.reserve();
    let arriving = tokio::time::timeout(doors.body_timeout, collect(body, bytes_max, room));
    let (bytes, room) = arriving.await.map_err(|_| BodyError::TooSlow { seconds: doors.body_timeout.as_secs() })??;
    match packed {
        false => Ok((bytes, room)),
        true if bytes.len() <= INLINE_BYTES_MAX => unpack(&bytes, bytes_max, room),
        true => tokio::task::spawn_blocking(move || unpack(&bytes, bytes_max, room))
            .await
            .unwrap_or(Err(BodyError::NotGzip)),
    }
}

/// Reads and forgets a body, so that the connection can be used again.
pub async fn drain(doors: &Doors, mut body: Body) -> Result<(), BodyError> {
    let bytes_max = doors.body_bytes_max;
    let draining = async {
        let mut seen = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BodyError::Broken)?;
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

fn is_gzip(headers: &HeaderMap) -> Result<bool, BodyError> {
    match headers.get(CONTENT_ENCODING).map(http::HeaderValue::as_bytes) {
        None | Some(b"" | b"identity") => Ok(false),
        Some(name) if name.eq_ignore_ascii_case(b"gzip") => Ok(true),
        Some(other) => Err(BodyError::UnknownEncoding(String::from_utf8_lossy(other).into_owned())),
    }
}

async fn collect(mut body: Body, bytes_max: usize, mut room: Reservation) -> Result<(Bytes, Reservation), BodyError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > bytes_max {
            return Err(BodyError::TooLarge { bytes_max });
        }
        room.add_bytes(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok((bytes.freeze(), room))
}

fn unpack(packed: &[u8], bytes_max: usize, mut room: Reservation) -> Result<(Bytes, Reservation), BodyError> {
    let mut unpacked = Vec::with_capacity(packed.len().saturating_mul(4).min(bytes_max));
    let mut reader = MultiGzDecoder::new(packed);
    loop {
        let step =
            reader.by_ref().take(STEP_BYTES as u64).read_to_end(&mut unpacked).map_err(|_| BodyError::NotGzip)?;
        if step == 0 {
            return Ok((unpacked.into(), room));
        }
        if unpacked.len() > bytes_max {
            return Err(BodyError::TooLarge { bytes_max });
        }
        room.add_bytes(step)?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::pipeline::Room;
    use crate::pipeline::intake::Intake;

    fn intake(bytes_max: usize) -> Arc<Intake> {
        Intake::new(Room { spans_max: 1, bytes_max })
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_in_several_members_is_read_to_its_end() {
        let packed = [gzip(b"one "), gzip(b"two")].concat();
        let (bytes, _) = unpack(&packed, 100, intake(100).reserve()).unwrap();
        assert_eq!(bytes, "one two");
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit_and_gives_its_room_back() {
        let bomb = gzip(&vec![0; 10_000_000]);
        assert!(bomb.len() < 20_000);
        let intake = intake(50_000_000);
        let refused = unpack(&bomb, 1_000_000, intake.reserve()).unwrap_err();
        assert_eq!(refused, BodyError::TooLarge { bytes_max: 1_000_000 });
        let (_, room) = unpack(&bomb, 10_000_000, intake.reserve()).unwrap();
        drop(room);
    }

    #[test]
    fn cut_gzip_and_plain_text_labelled_gzip_are_refused() {
        let whole = gzip(b"some text that is long enough to be cut");
        for bytes in [&whole[..whole.len() - 9], b"plain text"] {
            assert_eq!(unpack(bytes, 100, intake(1_000).reserve()).unwrap_err(), BodyError::NotGzip);
        }
    }

    #[tokio::test]
    async fn a_body_longer_than_the_limit_is_refused_whatever_its_head_says() {
        let body = Body::from(vec![0; 101]);
        let refused = collect(body, 100, intake(1_000).reserve()).await.unwrap_err();
        assert_eq!(refused, BodyError::TooLarge { bytes_max: 100 });
    }
}
