//! Images, sounds and files within a message: what they are, never what is in them.

use serde_json::{Map, Value as Json};

use super::bound::label;
use super::json::word;

/// A file of a message. What is in it is neither kept nor fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Media {
    /// `image`, `audio`, `file`, ... by the word that was sent.
    pub kind: String,
    /// Its media type (`image/png`), when told.
    pub media_type: Option<String>,
    /// About how large it is, when it was sent along.
    pub bytes: Option<usize>,
    /// Its name, id or address elsewhere; never a `data:` address.
    pub reference: Option<String>,
}

/// Members in which providers put a file or the address of one.
const HOLDERS: [&str; 14] = [
    "image_url",
    "source",
    "inlineData",
    "inline_data",
    "fileData",
    "file_data",
    "input_audio",
    "file",
    "image",
    "audio",
    "video",
    "media",
    "document",
    "audio_url",
];

/// Holders within holders that are looked into.
const DEPTH_MAX: usize = 3;

/// A part that is a file.
pub fn of(kind: &str, members: &Map<String, Json>) -> Media {
    let mut media = Media { kind: word(members, &["modality"]).unwrap_or_else(|| label(kind)), ..Media::default() };
    let mut members = members;
    for _ in 0..DEPTH_MAX {
        media.read(members);
        match HOLDERS.iter().find_map(|holder| members.get(*holder)) {
            Some(Json::String(text)) => {
                media.locate(text);
                break;
            }
            Some(Json::Object(inner)) => members = inner,
            _ => break,
        }
    }
    media
}

impl Media {
    /// What an address or the content itself tells.
    fn locate(&mut self, text: &str) {
        if let Some((media_type, bytes)) = data_uri(text) {
            self.media_type.get_or_insert(label(media_type));
            self.bytes.get_or_insert(bytes);
        } else if text.contains("://") && !is_data(text) {
            self.reference.get_or_insert(label(text));
        } else {
            self.bytes.get_or_insert(decoded_len(text));
        }
    }

    fn read(&mut self, members: &Map<String, Json>) {
        let media_type = word(members, &["mime_type", "mimeType", "media_type", "mediaType", "format"]);
        self.media_type = self.media_type.take().or(media_type);
        for key in ["uri", "url", "fileUri", "file_uri", "content", "data", "b64_json", "base64"] {
            if let Some(Json::String(text)) = members.get(key) {
                self.locate(text);
            }
        }
        // A name that is the content itself names nothing.
        let name = word(members, &["filename", "file_id", "fileId", "name"]).filter(|name| !is_data(name));
        self.reference = self.reference.take().or(name);
    }
}

/// Whether it claims to be content and not where content is.
fn is_data(text: &str) -> bool {
    text.starts_with("data:")
}

/// Media type and size of what a `data:` address holds.
pub fn data_uri(text: &str) -> Option<(&str, usize)> {
    let (head, data) = text.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.split(';').next().filter(|media_type| !media_type.is_empty()).unwrap_or("text/plain");
    let is_type = media_type.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte));
    let bytes = if head.ends_with(";base64") { decoded_len(data) } else { data.len() };
    is_type.then_some((media_type, bytes))
}

/// Bytes in a text of base64: three for every four characters.
fn decoded_len(text: &str) -> usize {
    text.trim_end_matches('=').len() / 4 * 3 + text.trim_end_matches('=').len() % 4 * 3 / 4
}
