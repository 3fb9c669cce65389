//! The load: requests encoded beforehand, sent over a few connections that stay open, each with one request at a time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Far beyond anything measured here, so that a hung server ends the run with an error.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// How a load went.
pub struct Sent {
    /// How long each request took, shortest first.
    pub latencies: Vec<Duration>,
    /// CPU the senders used themselves.
    pub cpu: Duration,
}

impl Sent {
    /// The latency that this share of the requests stayed below.
    pub fn quantile(&self, share: f64) -> Duration {
        self.latencies[((self.latencies.len() - 1) as f64 * share) as usize]
    }
}

/// Posts every body to `url`, which is `http://host:port`, as OTLP; each must be answered with 200.
pub fn send(url: &str, connections: usize, bodies: &[Vec<u8>]) -> Result<Sent> {
    let next = AtomicUsize::new(0);
    let own = std::process::id();
    let cpu = super::cpu::of_process(own)?;
    let mut latencies = thread::scope(|scope| -> Result<Vec<Duration>> {
        let work = || -> Result<Vec<Duration>> {
            let mut connection = Connection::open(url)?;
            let mut latencies = Vec::new();
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                connection.post(body)?;
                latencies.push(sent.elapsed());
            }
            Ok(latencies)
        };
        let senders: Vec<_> = (0..connections).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::new();
        for sender in senders {
            match sender.join() {
                Ok(latencies) => all.extend(latencies?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })?;
    latencies.sort();
    Ok(Sent { latencies, cpu: super::cpu::of_process(own)? - cpu })
}

struct Connection {
    reader: BufReader<TcpStream>,
    address: String,
}

impl Connection {
    fn open(url: &str) -> Result<Self> {
        let address = url.strip_prefix("http://").with_context(|| format!("{url} is not http://host:port"))?;
        let stream = TcpStream::connect(address).with_context(|| format!("could not reach {url}"))?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream), address: address.to_owned() })
    }

    fn post(&mut self, body: &[u8]) -> Result<()> {
        let head = format!(
            "POST /v1/traces HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-protobuf\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        let stream = self.reader.get_mut();
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let (mut status, mut length, mut line) = (String::new(), 0, String::new());
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if status.is_empty() {
                text.clone_into(&mut status);
            } else if let Some((name, value)) = text.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.reader.read_exact(&mut answer)?;
        if status.split(' ').nth(1) != Some("200") || !answer.is_empty() {
            bail!("the server answered {status}: {}", String::from_utf8_lossy(&answer));
        }
        Ok(())
    }
}
