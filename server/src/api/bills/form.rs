//! The form of the page: a file, or pasted text, and who brings it.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use model::bill::BILL_BYTES_MAX;

use super::import::{Sent, too_large};
use crate::api::problem::Problem;

/// Bytes of a field that is no bill.
const FIELD_BYTES_MAX: usize = 4_096;

/// Reads the form; of a file and pasted text the file counts.
pub async fn read(request: Request) -> Result<Sent, Problem> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::bad_request(format!("the form cannot be read: {}", error.body_text())))?;
    let mut sent = Sent::default();
    let mut pasted = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let bytes_max = if name == "file" || name == "text" { BILL_BYTES_MAX } else { FIELD_BYTES_MAX };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
            if bytes.len() + chunk.len() > bytes_max {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = || String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "file" if !bytes.is_empty() => (sent.bytes, sent.name) = (bytes, file_name),
            "text" => pasted = bytes,
            "by" => sent.by = text(),
            "provider" => sent.provider = text(),
            // A file that nobody chose is sent as an empty one.
            _ => {}
        }
    }
    if sent.bytes.is_empty() {
        (sent.bytes, sent.name) = (pasted, "pasted text".to_owned());
    }
    Ok(sent)
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(error.status(), format!("the form cannot be read: {}", error.body_text()))
}
