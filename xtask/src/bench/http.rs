//! Just enough HTTP to ask the server beside us: one request, one connection, the whole answer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Far beyond anything measured here, so that a hung server ends the run with an error.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// An answer and how long it took to its last byte.
pub struct Answer {
    pub took: Duration,
    pub body: String,
}

/// `base` is `http://host:port`.
pub fn get(base: &str, path: &str) -> Result<Answer> {
    let address = base.strip_prefix("http://").with_context(|| format!("{base} is not http://host:port"))?;
    let mut stream = TcpStream::connect(address).with_context(|| format!("could not reach {base}"))?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    let started = Instant::now();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let took = started.elapsed();
    let text = String::from_utf8_lossy(&answer);
    let (head_line, _) = text.split_once("\r\n").context("the answer is not HTTP")?;
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    if head_line.split(' ').nth(1) != Some("200") {
        bail!("{path} answered {head_line}: {body}");
    }
    Ok(Answer { took, body: body.to_owned() })
}
