//! The cable between a server and its database, for tests that cut it, clog it, or put another end to it.

use std::path::PathBuf;
use std::sync::Arc;

use server::config::Config;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use crate::server::TestServer;

/// What is said where spans begin to be copied, and where they are committed.
const COPY: &[u8] = b"from stdin (format binary)";
const COMMIT: &[u8] = b"COMMIT";

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Ends a connection so many bytes into a COPY, once.
    CutInCopy(usize),
    /// Ends a connection when the database has committed spans, before it can say so, once.
    CutAtCommit,
    /// Passes so many bytes of a COPY on, and from then on nothing of any connection, which stay open.
    ClogInCopy(usize),
    /// Takes everything and passes nothing on.
    Clogged,
    /// Answers new connections with this SQLSTATE; the others end.
    Refused(&'static str),
    /// Nobody is there.
    Gone,
}

/// A port that leads to the tests' PostgreSQL.
pub struct Cable {
    port: u16,
    fault: Arc<watch::Sender<Fault>>,
    refused: watch::Receiver<u32>,
}

impl Cable {
    /// A cable without a fault.
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let fault = Arc::new(watch::Sender::new(Fault::None));
        let faults = fault.clone();
        let (refusals, refused) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if matches!(*faults.borrow(), Fault::Gone | Fault::Refused(_)) {
                    refusals.send_modify(|count| *count += 1);
                }
                tokio::spawn(carry(client, faults.clone()));
            }
        });
        Self { port, fault, refused }
    }

    /// Makes a server reach its database through this.
    pub fn between(&self, config: &mut Config) {
        let direct: PgConnectOptions = config.database_url.as_deref().unwrap().parse().unwrap();
        let (user, name) = (direct.get_username(), direct.get_database().unwrap());
        config.database_url = Some(format!("postgres://{user}@127.0.0.1:{}/{name}?sslmode=disable", self.port));
    }

    /// A connection to the database of a server that does not go through this.
    pub async fn around(&self, server: &TestServer) -> PgConnection {
        let there = server.database().await;
        let name: String = sqlx::query_scalar("select current_database()").fetch_one(&there).await.unwrap();
        there.close().await;
        let options: PgConnectOptions = std::env::var("DATABASE_URL").unwrap().parse().unwrap();
        PgConnection::connect_with(&options.database(&name)).await.unwrap()
    }

    /// Changes what is wrong.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Waits until so many connections have been refused.
    pub async fn refused(&self, count: u32) {
        self.refused.clone().wait_for(|refused| *refused >= count).await.unwrap();
    }

    /// What is wrong now: faults that happen once are over then.
    pub fn fault(&self) -> Fault {
        *self.fault.borrow()
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

async fn postgres() -> Box<dyn Stream> {
    let options: PgConnectOptions = std::env::var("DATABASE_URL").unwrap().parse().unwrap();
    match options.get_socket() {
        Some(folder) => Box::new(UnixStream::connect(socket(folder, options.get_port())).await.unwrap()),
        None => Box::new(TcpStream::connect((options.get_host(), options.get_port())).await.unwrap()),
    }
}

fn socket(folder: &std::path::Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

/// Carries one connection until an end closes it or a fault ends it.
async fn carry(mut client: TcpStream, fault: Arc<watch::Sender<Fault>>) {
    let mut faults = fault.subscribe();
    let now = *faults.borrow_and_update();
    match now {
        Fault::Gone => return,
        Fault::Refused(code) => return refuse(&mut client, code).await,
        Fault::Clogged => return swallow(&mut client).await,
        _ => {}
    }
    let mut database = postgres().await;
    let (mut sent, mut answered) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut copied: Option<usize> = None;
    loop {
        tokio::select! {
            read = client.read(&mut sent) => {
                let Some(bytes) = some(&sent, read) else { return };
                copied = match (copied, find(bytes, COPY)) {
                    (Some(copied), _) => Some(copied + bytes.len()),
                    (None, Some(at)) => Some(bytes.len() - at),
                    (None, None) => None,
                };
                let now = *fault.borrow();
                if let (Fault::CutInCopy(max) | Fault::ClogInCopy(max), Some(copied)) = (now, copied) && copied > max {
                    let over = (copied - max).min(bytes.len());
                    let _ = database.write_all(&bytes[..bytes.len() - over]).await;
                    if now == Fault::CutInCopy(max) {
                        fault.send_replace(Fault::None);
                        return;
                    }
                    fault.send_replace(Fault::Clogged);
                    return swallow(&mut client).await;
                }
                if database.write_all(bytes).await.is_err() {
                    return;
                }
                if find(bytes, COMMIT).is_some() {
                    let spans = copied.take().is_some();
                    if spans && now == Fault::CutAtCommit {
                        // Its answer: it has committed.
                        let _ = database.read(&mut answered).await;
                        fault.send_replace(Fault::None);
                        return;
                    }
                }
            }
            read = database.read(&mut answered) => {
                let Some(bytes) = some(&answered, read) else { return };
                if client.write_all(bytes).await.is_err() {
                    return;
                }
            }
            changed = faults.changed() => {
                let now = *faults.borrow_and_update();
                match now {
                    _ if changed.is_err() => return,
                    Fault::Gone | Fault::Refused(_) => return,
                    // What was on its way is lost, so this connection never works again.
                    Fault::Clogged => return swallow(&mut client).await,
                    _ => {}
                }
            }
        }
    }
}

fn some(buffer: &[u8], read: std::io::Result<usize>) -> Option<&[u8]> {
    read.ok().filter(|count| *count > 0).map(|count| &buffer[..count])
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Takes what comes until the other end gives up.
async fn swallow(client: &mut TcpStream) {
    let mut bytes = vec![0; 16 * 1024];
    while client.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
}

/// Answers the first message with an `ErrorResponse` (PostgreSQL documentation, "Message Formats").
async fn refuse(client: &mut TcpStream, code: &str) {
    let mut head = [0; 4];
    if client.read_exact(&mut head).await.is_err() {
        return;
    }
    let mut rest = vec![0; u32::from_be_bytes(head) as usize - 4];
    let _ = client.read_exact(&mut rest).await;
    let fields = format!("SFATAL\0VFATAL\0C{code}\0Mnot now\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
    let _ = client.write_all(&[b"E", &length[..], fields.as_bytes()].concat()).await;
}
