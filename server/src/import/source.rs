//! Where bytes come from: a file or standard input, counted as they are read, unpacked as they are needed.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::progress::Progress;

/// Bytes read at a time.
const BUFFER_BYTES: usize = 128 * 1024;

/// Window of a zstd frame, as a power of two: 128 MiB is the most that the zstd tool unpacks without being asked to.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// With gzip, in one member or many.
    Gzip,
    /// With zstd, in one frame or many.
    Zstd,
}

impl Packing {
    /// How a file that begins like this is packed.
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

impl fmt::Display for Packing {
    /// What is said after the name of a format.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "",
            Self::Gzip => ", gzip",
            Self::Zstd => ", zstd",
        })
    }
}

/// A file that is open, or standard input.
pub struct Source {
    /// How it is packed.
    pub packing: Packing,
    /// What is in it.
    pub content: Box<dyn Read>,
}

impl Source {
    /// Opens a file; `-` is standard input.
    pub fn open(path: &Path, progress: &Arc<Progress>) -> io::Result<Self> {
        if path == Path::new("-") {
            progress.begin(path, None);
            return Self::of(Counted { bytes: io::stdin().lock(), progress: Arc::clone(progress) });
        }
        let file = File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder; name the files in it"));
        }
        // A pipe has no length, and says zero.
        progress.begin(path, Some(about.len()).filter(|bytes| *bytes > 0));
        Self::of(Counted { bytes: file, progress: Arc::clone(progress) })
    }

    /// What these bytes hold, unpacked.
    pub fn of(bytes: impl Read + 'static) -> io::Result<Self> {
        let mut bytes = BufReader::with_capacity(BUFFER_BYTES, bytes);
        let packing = Packing::of(fill(&mut bytes)?);
        let content: Box<dyn Read> = match packing {
            Packing::Plain => Box::new(bytes),
            Packing::Gzip => Box::new(MultiGzDecoder::new(bytes)),
            Packing::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(bytes)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
        };
        Ok(Self { packing, content })
    }
}

/// The first bytes that come, however few.
fn fill(bytes: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match bytes.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.fill_buf()
}

/// Adds what is read to the progress.
struct Counted<R> {
    bytes: R,
    progress: Arc<Progress>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.progress.add_bytes(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: Vec<u8>) -> (Packing, io::Result<String>) {
        let mut source = Source::of(io::Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        let read = source.content.read_to_string(&mut text).map(|_| text);
        (source.packing, read)
    }

    #[test]
    fn packed_files_are_known_by_their_content_and_read_to_their_end() {
        let zstd = |text: &[u8]| zstd::bulk::compress(text, 3).unwrap();
        for (bytes, packing) in [
            (b"one two".to_vec(), Packing::Plain),
            ([gzip(b"one "), gzip(b"two")].concat(), Packing::Gzip),
            ([zstd(b"one "), zstd(b"two")].concat(), Packing::Zstd),
        ] {
            let (found, text) = unpacked(bytes);
            assert_eq!((found, text.unwrap().as_str()), (packing, "one two"));
        }
        assert_eq!(unpacked(Vec::new()).0, Packing::Plain);
    }

    #[test]
    fn a_packed_file_that_is_cut_off_is_an_error_at_its_end() {
        let whole = gzip(b"some text that is long enough to be cut");
        assert!(unpacked(whole[..whole.len() - 9].to_vec()).1.is_err());
    }

    #[test]
    fn a_folder_and_a_file_that_is_not_there_are_errors() {
        let progress = Arc::new(Progress::default());
        assert!(Source::open(Path::new("."), &progress).err().unwrap().to_string().contains("folder"));
        assert!(Source::open(Path::new("no-such-file"), &progress).is_err());
    }
}
