//! Turns between senders.

use model::{Span, TraceId};
use tokio::sync::oneshot;

use super::*;
use crate::pipeline::health::Encoding;
use crate::pipeline::intake::{Intake, Room};
use crate::pipeline::writer::Waiting;

fn part(intake: &Arc<Intake>, sender: &str, spans: usize) -> Part {
    let room = Arc::new(intake.reserve(Sender::new(None, Some(sender))));
    let (answer, _) = oneshot::channel();
    let waiting = Waiting { encoding: Encoding::OtlpJson, spans, sdks: Default::default(), answer, room };
    Part {
        spans: Vec::<Span>::new(),
        space: model::space::Space::SHARED,
        declared: Vec::<(TraceId, model::Usd)>::new(),
        waiting,
    }
}

fn names(batch: &[Part]) -> Vec<String> {
    batch.iter().map(|part| part.waiting.room.sender().as_str().to_owned()).collect()
}

fn intake() -> Arc<Intake> {
    Intake::new(Room { spans_max: usize::MAX / 4, bytes_max: usize::MAX / 4 })
}

#[tokio::test]
async fn senders_take_turns_and_a_flood_waits_behind_itself() {
    let (intake, (entrance, exit)) = (intake(), queue());
    for _ in 0..6 {
        entrance.push(part(&intake, "noisy", BATCH_SPANS_MAX / 2)).ok().unwrap();
    }
    entrance.push(part(&intake, "quiet", 10)).ok().unwrap();
    let first = exit.next().await.unwrap();
    assert_eq!(names(&first), ["noisy", "quiet"], "five more of the noisy one were there before");
    assert_eq!(names(&exit.next().await.unwrap()), ["noisy", "noisy"]);
}

#[tokio::test]
async fn everything_that_waits_is_one_batch_when_it_fits() {
    let (intake, (entrance, exit)) = (intake(), queue());
    for sender in ["b", "a", "b"] {
        entrance.push(part(&intake, sender, 5)).ok().unwrap();
    }
    assert_eq!(names(&exit.next().await.unwrap()), ["a", "b", "b"]);
}

#[tokio::test]
async fn a_part_larger_than_a_batch_is_a_batch() {
    let (intake, (entrance, exit)) = (intake(), queue());
    entrance.push(part(&intake, "a", BATCH_SPANS_MAX + 1)).ok().unwrap();
    entrance.push(part(&intake, "b", 1)).ok().unwrap();
    assert_eq!(names(&exit.next().await.unwrap()), ["a"]);
    assert_eq!(names(&exit.next().await.unwrap()), ["b"]);
}

#[tokio::test]
async fn what_waits_is_written_before_the_end_and_nothing_is_taken_after_it() {
    let (intake, (entrance, exit)) = (intake(), queue());
    entrance.push(part(&intake, "a", 1)).ok().unwrap();
    let other = entrance.clone();
    drop(entrance);
    assert!(exit.next().await.is_some());
    drop(other);
    assert!(exit.next().await.is_none());

    let (entrance, exit) = queue();
    drop(exit);
    assert!(entrance.push(part(&intake, "a", 1)).is_err());
}
