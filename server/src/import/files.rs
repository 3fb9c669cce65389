//! One file after the other: read, sent, told of.

use std::io::{Write, stdout};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use wire::file::Kind;

use super::progress::{Progress, name_of};
use super::reader::{self, Message};
use super::request::Request;
use super::send::{Answer, Sender};
use super::summary::{Outcome, Summary};
use crate::meter::Meter;

/// Longest wait for the request that is on its way when somebody wants to stop: answers usually come sooner, and a server that
/// is away is not waited for.
const LAST_ANSWER_MAX: Duration = Duration::from_secs(2);

/// An import on its way.
pub struct Import<'a> {
    /// Posts requests.
    pub sender: Sender,
    /// What all files hold, if somebody said so.
    pub kind: Option<Kind>,
    /// Where progress is shown.
    pub meter: &'a Meter,
    /// What it shows.
    pub progress: &'a Arc<Progress>,
    /// What has become of everything so far.
    pub summary: Summary,
}

impl Import<'_> {
    /// Takes all files, or as many as there is time for before `shutdown` resolves. What is wrong with one is no reason to leave
    /// the others; that the server is gone, is.
    pub async fn all(&mut self, files: &[PathBuf], shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        for (number, path) in files.iter().enumerate() {
            let mut outcome = Outcome::new(name_of(path));
            let goes_on = self.one(path, &mut outcome, shutdown.as_mut()).await;
            self.progress.end();
            self.meter.clear();
            let _ = writeln!(stdout(), "{outcome}");
            self.summary.files.push(outcome);
            if goes_on.is_break() {
                self.summary.untouched = files.len() - number - 1;
                return;
            }
        }
    }

    async fn one(
        &mut self,
        path: &Path,
        outcome: &mut Outcome,
        mut shutdown: Pin<&mut impl Future<Output = ()>>,
    ) -> ControlFlow<()> {
        let mut told = reader::start(path.to_owned(), self.kind, Arc::clone(self.progress));
        loop {
            let message = tokio::select! {
                message = told.recv() => message,
                () = shutdown.as_mut() => return self.stop(outcome),
            };
            match message {
                Some(Message::Kind(kind, packing)) => outcome.holds = Some(format!("{kind}{packing}")),
                Some(Message::Odd(warnings)) => warnings.iter().for_each(|warning| outcome.odd.add(warning)),
                Some(Message::Refused(rejected)) => {
                    outcome.refused += rejected.len() as u64;
                    rejected.iter().for_each(|rejected| self.summary.refusals.add(&outcome.name, rejected));
                }
                Some(Message::Request(request)) => self.send(request, outcome, shutdown.as_mut()).await?,
                Some(Message::End(why)) => {
                    outcome.error = why;
                    return ControlFlow::Continue(());
                }
                None => {
                    outcome.error = Some("reading it failed".to_owned());
                    return ControlFlow::Continue(());
                }
            }
        }
    }

    async fn send(
        &mut self,
        request: Request,
        outcome: &mut Outcome,
        shutdown: Pin<&mut impl Future<Output = ()>>,
    ) -> ControlFlow<()> {
        let (meter, progress) = (self.meter, self.progress);
        let waits = |why: &str| {
            if progress.wait(why) && !meter.is_terminal() {
                eprintln!("tracetab: waiting for the server: {why}");
            }
        };
        let began_ns = request.began_ns;
        let mut answer = Answer::default();
        let (sent, goes_on) = unless(shutdown, self.sender.send(request, &mut answer, waits)).await;
        progress.add_spans(answer.taken);
        if answer.taken > 0 {
            self.summary.began(began_ns);
        }
        self.understand(answer, outcome);
        if let Some(Err(error)) = sent {
            outcome.error = Some("not all of it was sent".to_owned());
            self.summary.stopped = Some(format!("{error:#}"));
            return ControlFlow::Break(());
        }
        if goes_on { ControlFlow::Continue(()) } else { self.stop(outcome) }
    }

    fn understand(&mut self, answer: Answer, outcome: &mut Outcome) {
        outcome.taken += answer.taken;
        for (spans, reason) in answer.refused {
            outcome.refused += spans;
            self.summary.refusals.add_many(spans, &reason, || outcome.name.clone());
        }
        answer.odd.iter().for_each(|words| outcome.odd.add(words));
    }

    fn stop(&mut self, outcome: &mut Outcome) -> ControlFlow<()> {
        outcome.error = Some("not all of it was sent".to_owned());
        self.summary.stopped = Some("stopped; what was sent is kept, and sending it again does no harm".to_owned());
        ControlFlow::Break(())
    }
}

/// What comes of `sending`, and whether `shutdown` did not come first; then it has a moment left to end.
async fn unless<T>(shutdown: impl Future<Output = ()>, sending: impl Future<Output = T>) -> (Option<T>, bool) {
    let mut sending = std::pin::pin!(sending);
    tokio::select! {
        sent = &mut sending => (Some(sent), true),
        () = shutdown => (tokio::time::timeout(LAST_ANSWER_MAX, sending).await.ok(), false),
    }
}
