//! `POST /api/v1/bills`: a bill as a file (`text/csv`), or as the form of the page sends it.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::bill::{BILL_BYTES_MAX, Bill, Import};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::bills::NewImport;
use tokio::sync::Semaphore;

use super::form;
use super::list::ImportLine;
use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::pipeline::price::provider_name;

/// Bills that are read at a time: a form, its bill and the sums of its lines take some 50 MB.
const AT_ONCE_MAX: usize = 1;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE_MAX);

/// Characters of the name of a file or a person: what file systems and addresses allow.
const NAME_CHARS_MAX: usize = 255;

/// A bill as it was sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its name.
    pub name: String,
    /// Who sends it.
    pub by: String,
    /// Whose it is, where it does not say so itself.
    pub provider: String,
}

/// What became of it.
struct Imported {
    import: Import,
    known_already: bool,
}

/// Keeps the bill. A program gets the import as JSON: 201, or 200 when the file is kept already, or 422 when nothing of it can be
/// kept. A form is led to the page, which says the same.
pub async fn import(State(api): State<Api>, parameters: Parameters, request: Request) -> Result<Response, Problem> {
    let Ok(_place) = PLACES.try_acquire() else {
        return Err(Problem::unavailable("another bill is being read; try again shortly"));
    };
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => {
            let imported = keep(&api, form::read(request).await?).await?;
            Ok(to_the_page(&imported))
        }
        "text/csv" | "text/plain" | "application/csv" | "" => {
            parameters.only(&["name", "by", "provider"])?;
            let parameter = |name: &str| parameters.get(name).unwrap_or_default().to_owned();
            let bytes = axum::body::to_bytes(request.into_body(), BILL_BYTES_MAX).await.map_err(|_| too_large())?;
            let (name, by, provider) = (parameter("name"), parameter("by"), parameter("provider"));
            let imported = keep(&api, Sent { bytes: bytes.into(), name, by, provider }).await?;
            answer(&imported)
        }
        other => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("expected text/csv or multipart/form-data, got `{other}`"),
        )),
    }
}

/// Why a body is not read to its end.
pub fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a bill has at most {BILL_BYTES_MAX} bytes; nothing was kept"))
}

async fn keep(api: &Api, sent: Sent) -> Result<Imported, Problem> {
    let Sent { bytes, name, by, provider } = sent;
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    // A large bill takes a second; other requests go on meanwhile.
    let reading = move || read(&bytes, Some(provider.as_str()).filter(|provider| !provider.is_empty()));
    let mut bill = tokio::task::spawn_blocking(reading)
        .await
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the bill could not be read; the log says why"))?;
    for line in &mut bill.lines {
        line.provider = provider_name(&line.provider);
    }
    let (name, by) = (plain(&name, "bill.csv"), plain(&by, ""));
    let new = NewImport { sha256, name: &name, by: &by, bill: &bill };
    let db = &api.pools.jobs;
    let (id, known_already) = store::bills::import(db, &new, (api.now)()).await?;
    let import = store::bills::imports(db, Some(id)).await?.pop();
    let gone = || Problem::not_found(format!("import {id} has gone already"));
    Ok(Imported { import: import.ok_or_else(gone)?, known_already })
}

fn read(bytes: &[u8], provider: Option<&str>) -> Bill {
    match std::str::from_utf8(bytes) {
        Ok(text) => model::bill::read(text, provider),
        Err(error) => {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() as u64 + 1;
            Bill::of_nothing(line, "expected UTF-8: save the file as CSV UTF-8; nothing was kept".to_owned())
        }
    }
}

/// A name without what no row can hold, cut to what one has.
fn plain(name: &str, otherwise: &str) -> String {
    let plain: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    if plain.is_empty() { otherwise.to_owned() } else { plain }
}

fn answer(imported: &Imported) -> Result<Response, Problem> {
    let import = &imported.import;
    if import.lines_kept == 0 {
        let told: Vec<String> = import.refusals.iter().map(ToString::to_string).collect();
        let first = told.first().cloned().unwrap_or_else(|| "it has no lines".to_owned());
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("nothing of the bill was kept: {first}"));
        return Err(problem.with("import_id", json!(import.id)).with("refusals", json!(told)));
    }
    let status = if imported.known_already { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(ImportLine::of(import, imported.known_already))).into_response())
}

/// 303, so that looking at the answer again sends nothing again.
fn to_the_page(imported: &Imported) -> Response {
    let again = if imported.known_already { "&again=1" } else { "" };
    let address = format!("/costs/balance?import={}{again}#bills", imported.import.id);
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
