//! A thread that reads a file and makes requests of it, a little ahead of what is sent.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use tokio::sync::mpsc;
use wire::Rejected;
use wire::file::Kind;

use super::progress::Progress;
use super::read::{End, Found, read};
use super::request::{Request, Requests};
use super::source::{Packing, Source};

/// Requests that are ready while another is on its way: one keeps the sender from waiting, more would only take memory.
const READY_MAX: usize = 1;

/// What comes of a file.
#[derive(Debug)]
pub enum Message {
    /// What it holds.
    Kind(Kind, Packing),
    /// Spans of it, to be posted.
    Request(Request),
    /// What is no span, and why.
    Refused(Vec<Rejected>),
    /// What was odd.
    Odd(Vec<String>),
    /// The end, too early when there is a reason.
    End(Option<String>),
}

/// Begins to read a file. The thread ends with the file, or once nobody listens; when it waits for input that never comes, with
/// the process.
pub fn start(path: PathBuf, kind: Option<Kind>, progress: Arc<Progress>) -> mpsc::Receiver<Message> {
    let (tell, told) = mpsc::channel(READY_MAX);
    thread::spawn(move || {
        let tell = |message| match tell.blocking_send(message) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        let end = match Source::open(&path, &progress) {
            Ok(source) => read(source, kind, &mut |found| pass_on(found, &tell)),
            Err(error) => Err(End::Unreadable(error.to_string())),
        };
        // The last word: whoever hears it or not, nothing comes after it.
        let _ = tell(Message::End(end.err().map(|end| end.to_string())));
    });
    told
}

fn pass_on(found: Found, tell: &impl Fn(Message) -> ControlFlow<()>) -> Result<(), End> {
    let heard = match found {
        Found::Kind(kind, packing) => tell(Message::Kind(kind, packing)),
        Found::Refused(rejected) => tell(Message::Refused(rejected)),
        Found::Odd(warnings) => tell(Message::Odd(warnings)),
        Found::Spans(spans, declared) => {
            for request in Requests::of(spans, declared) {
                let request = request.map_err(|error| End::Unreadable(error.to_string()))?;
                if tell(Message::Request(request)).is_break() {
                    return Err(End::Unwanted);
                }
            }
            ControlFlow::Continue(())
        }
    };
    if heard.is_break() { Err(End::Unwanted) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_cannot_be_opened_is_an_end_with_a_reason() {
        let mut told = start("no-such-file".into(), None, Progress::new());
        let message = told.recv().await;
        assert!(matches!(&message, Some(Message::End(Some(why))) if why.contains("No such file")), "{message:?}");
        assert!(told.recv().await.is_none());
    }
}
