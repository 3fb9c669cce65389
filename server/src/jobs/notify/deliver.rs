//! One request to a receiver, and what follows from what it answers.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::header::RETRY_AFTER;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use rand::RngExt;
use reqwest::Url;
use store::notifications::Attempt;

use crate::notify::{Kind, Message, Receiver, Secret, Told};
use crate::outgoing;

/// Longest a receiver may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read, to say why something was refused.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Characters of it that are kept.
const PROBLEM_CHARS_MAX: usize = 300;

/// The pause after the first attempt in vain; each is twice the one before.
const PAUSE_MIN: TimeDelta = TimeDelta::seconds(5);
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(10);

/// How long the pause that a receiver asks for is believed.
const ASKED_PAUSE_MAX: TimeDelta = TimeDelta::hours(1);

/// How long it is tried: who has been away for longer looks at the alerts themselves.
const TRIED_FOR: TimeDelta = TimeDelta::hours(24);

/// Why a message was not taken.
pub(super) struct Refusal {
    /// What went wrong, in words.
    pub problem: String,
    /// How long the receiver asks to be left alone.
    pause: Option<TimeDelta>,
}

/// Tells it.
pub(super) async fn post(receiver: &Receiver, told: Told) -> Result<(), Refusal> {
    let telling = async {
        match told {
            Told::Posted(message) => exchange(receiver, &message).await,
            Told::Mailed(message) => mail(receiver, message).await.map_err(|problem| Refusal { problem, pause: None }),
        }
    };
    match tokio::time::timeout(ANSWER_MAX, telling).await {
        Ok(result) => result,
        Err(_) => {
            let problem = format!("it did not answer within {} seconds", ANSWER_MAX.as_secs());
            Err(Refusal { problem, pause: None })
        }
    }
}

async fn mail(receiver: &Receiver, message: Result<lettre::Message, String>) -> Result<(), String> {
    let credentials = match &receiver.kind {
        Kind::Email { credentials, .. } => credentials.clone().map(|(name, Secret(password))| (name, password)),
        _ => None,
    };
    outgoing::mail::send(receiver.kind.url(), credentials, message?, receiver.reach()).await
}

async fn exchange(receiver: &Receiver, message: &Message) -> Result<(), Refusal> {
    let mut request = Request::post("/");
    for (name, value) in &message.headers {
        request = request.header(name, value);
    }
    let url = address(receiver.kind.url(), message.path);
    let response = outgoing::send(&url, request, message.body.clone(), receiver.reach()).await;
    let response = response.map_err(|problem| Refusal { problem, pause: None })?;
    if response.status().is_success() { Ok(()) } else { Err(refused(response).await) }
}

async fn refused(response: Response<Incoming>) -> Refusal {
    let status = response.status();
    let asks = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
    let pause = asked.filter(|_| asks).map(|seconds| TimeDelta::seconds(seconds.into()).min(ASKED_PAUSE_MAX));
    let said = outgoing::read(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let said: String = said.trim().chars().filter(|letter| !letter.is_control()).take(PROBLEM_CHARS_MAX).collect();
    let colon = if said.is_empty() { "" } else { ": " };
    Refusal { problem: format!("it was answered with {status}{colon}{said}"), pause }
}

/// The address with a path behind its own.
fn address(url: &Url, path: &str) -> Url {
    if path.is_empty() {
        return url.clone();
    }
    let mut url = url.clone();
    let whole = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&whole);
    url
}

/// When it is sent again, after so many attempts in vain since it happened.
pub(super) fn again(refusal: &Refusal, tried: i32, since: DateTime<Utc>, now: DateTime<Utc>) -> Attempt {
    let problem = refusal.problem.clone();
    if now - since > TRIED_FOR {
        return Attempt::GivenUp { problem };
    }
    let doubled = PAUSE_MIN * (1 << tried.clamp(0, 10));
    // Not all at the same moment, when one that was away is back.
    let pause = doubled.min(PAUSE_MAX).as_seconds_f64() * rand::rng().random_range(0.75..1.25);
    let pause = TimeDelta::milliseconds((pause * 1e3) as i64);
    Attempt::Again { due_at: now + refusal.pause.map_or(pause, |asked| asked.max(pause)), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pause: Option<i64>) -> Refusal {
        Refusal { problem: "no".into(), pause: pause.map(TimeDelta::seconds) }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_after_a_day_it_is_given_up() {
        let now = Utc::now();
        let pause = |tried, asked| match again(&refusal(asked), tried, now, now) {
            Attempt::Again { due_at, .. } => (due_at - now).num_milliseconds() as f64 / 1e3,
            other => panic!("{other:?}"),
        };
        for (tried, seconds) in [(0, 5.0), (1, 10.0), (3, 40.0), (30, 600.0)] {
            let pause = pause(tried, None);
            assert!((0.74..1.26).contains(&(pause / seconds)), "{tried}: {pause}");
        }
        assert!((pause(0, Some(120)) - 120.0).abs() < 0.01, "it asked for that");
        let since = now - TRIED_FOR - TimeDelta::seconds(1);
        assert_eq!(again(&refusal(None), 3, since, now), Attempt::GivenUp { problem: "no".into() });
    }

    #[test]
    fn a_path_comes_behind_that_of_the_address() {
        let at = |text: &str| address(&text.parse().unwrap(), "/api/v2/alerts").to_string();
        assert_eq!(at("http://am:9093"), "http://am:9093/api/v2/alerts");
        assert_eq!(at("https://am.example/prefix/"), "https://am.example/prefix/api/v2/alerts");
    }
}
