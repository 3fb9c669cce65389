//! Unpacking a body: gzip, zlib or zstd, to its limit and not a byte further.
//!
//! A small body may unpack to anything. Only the beginning is held, and takes room, until it is known that all of it fits
//! the limit; the rest of a bomb is counted, never held.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::body::BodyError;
use crate::pipeline::Reservation;

/// Bytes unpacked between two looks at the limits.
const STEP_BYTES: usize = 64 * 1024;
/// Unpacked bytes held before the whole size is known: SDK batches and collector batches are smaller.
const HELD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Window of a zstd frame, as a power of two: 8 MiB is what level 19 uses; a frame may ask for 2 GiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, which HTTP calls `deflate`.
    Zlib,
    /// RFC 8878.
    Zstd,
}

impl Packing {
    /// The packings a sender may use, as `Accept-Encoding` and `grpc-accept-encoding` list them.
    pub const NAMES: &str = "gzip, zstd, deflate";

    /// The packing a header names; `None` is one we do not know.
    pub fn named(name: &[u8]) -> Option<Self> {
        match name.trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Some(Self::Plain),
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"deflate" | b"zlib" => Some(Self::Zlib),
            b"zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "identity",
            Self::Gzip => "gzip",
            Self::Zlib => "deflate",
            Self::Zstd => "zstd",
        }
    }

    fn reader<'a>(self, packed: &'a [u8]) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Plain => Box::new(packed),
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zlib => Box::new(ZlibDecoder::new(packed)),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
        })
    }
}

/// The body unpacked, with the room it takes.
pub fn unpack(
    packed: &Bytes,
    packing: Packing,
    bytes_max: usize,
    mut room: Reservation,
) -> Result<(Bytes, Reservation), BodyError> {
    if packing == Packing::Plain {
        return Ok((packed.clone(), room));
    }
    let broken = |_| BodyError::NotPacked(packing.as_str());
    let held_max = HELD_BYTES_MAX.min(bytes_max);
    let mut reader = packing.reader(packed).map_err(broken)?;
    let mut held = Vec::new();
    while held.len() < held_max {
        let step = STEP_BYTES.min(held_max - held.len());
        // Before it is taken: with a thousand bombs at once, each is turned away at its first step.
        room.add_bytes(step)?;
        if reader.by_ref().take(step as u64).read_to_end(&mut held).map_err(broken)? == 0 {
            break;
        }
    }
    let mut size = held.len();
    if size == held_max {
        size += count(reader, bytes_max - size).map_err(broken)?.ok_or(BodyError::TooLarge { bytes_max })?;
        room.add_bytes(size - held.len())?;
    }
    if size > held.len() {
        drop(held);
        held = Vec::with_capacity(size);
        packing.reader(packed).map_err(broken)?.read_to_end(&mut held).map_err(broken)?;
    }
    Ok((held.into(), room))
}

/// How many bytes follow; `None` when they are more than `bytes_max`.
fn count(mut reader: impl Read, bytes_max: usize) -> io::Result<Option<usize>> {
    let mut step = vec![0; STEP_BYTES];
    let mut seen = 0;
    loop {
        let read = match reader.read(&mut step) {
            Ok(0) => return Ok(Some(seen)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        seen += read;
        if seen > bytes_max {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;
    use crate::pipeline::intake::Intake;
    use crate::pipeline::{Room, Sender};

    fn intake(bytes_max: usize) -> Arc<Intake> {
        Intake::new(Room { spans_max: 1, bytes_max })
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: Vec<u8>, packing: Packing, bytes_max: usize) -> Result<Bytes, BodyError> {
        unpack(&packed.into(), packing, bytes_max, intake(1 << 30).reserve(Sender::unknown())).map(|(bytes, _)| bytes)
    }

    #[test]
    fn gzip_in_several_members_is_read_to_its_end() {
        let packed = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpacked(packed, Packing::Gzip, 100).unwrap(), "one two");
    }

    #[test]
    fn every_packing_is_unpacked_small_and_large() {
        for text in [b"short".to_vec(), b"0123456789".repeat(1_000_000)] {
            let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
            zlib.write_all(&text).unwrap();
            let zstd = zstd::bulk::compress(&text, 3).unwrap();
            let all = [(gzip(&text), Packing::Gzip), (zlib.finish().unwrap(), Packing::Zlib), (zstd, Packing::Zstd)];
            for (packed, packing) in all {
                assert_eq!(unpacked(packed, packing, text.len()).unwrap(), text, "{packing:?}");
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit_and_takes_no_room() {
        let bomb = Bytes::from(gzip(&vec![0; 30_000_000]));
        assert!(bomb.len() < 50_000);
        let intake = intake(40_000_000);
        let refused = unpack(&bomb, Packing::Gzip, 10_000_000, intake.reserve(Sender::unknown())).unwrap_err();
        assert_eq!(refused, BodyError::TooLarge { bytes_max: 10_000_000 });
        let (_, first) = unpack(&bomb, Packing::Gzip, 30_000_000, intake.reserve(Sender::unknown())).unwrap();
        let full = unpack(&bomb, Packing::Gzip, 30_000_000, intake.reserve(Sender::unknown())).unwrap_err();
        assert!(matches!(full, BodyError::Full(_)), "{full}");
        drop(first);
    }

    #[test]
    fn cut_gzip_and_plain_text_labelled_gzip_are_refused() {
        let whole = gzip(b"some text that is long enough to be cut");
        for bytes in [&whole[..whole.len() - 9], b"plain text"] {
            assert_eq!(unpacked(bytes.to_vec(), Packing::Gzip, 100), Err(BodyError::NotPacked("gzip")));
        }
    }

    #[test]
    fn a_zstd_frame_that_asks_for_a_huge_window_is_refused() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.include_contentsize(false).unwrap();
        encoder.write_all(b"small").unwrap();
        let frame = encoder.finish().unwrap();
        assert_eq!(unpacked(frame, Packing::Zstd, 100), Err(BodyError::NotPacked("zstd")));
    }
}
