//! Mail to an SMTP server, over TLS.

use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Url;

use super::{Reach, allowed, tls};

/// How long the server may take for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Port of a server that is asked for TLS (RFC 6409), and of one that speaks nothing else (RFC 8314).
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;

/// Hands `message` to the server at `url`: `smtps://`, or `smtp://`, which has to offer TLS unless it is within a network of one's own.
/// `Err` says what went wrong, and nothing that may be a secret.
pub(crate) async fn send(
    url: &Url,
    credentials: Option<(String, String)>,
    message: Message,
    reach: Reach,
) -> Result<(), String> {
    let is_wrapped = url.scheme() == "smtps";
    let port = url.port().unwrap_or(if is_wrapped { SUBMISSIONS } else { SUBMISSION });
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let address = *allowed(&host, port, reach).await?.first().ok_or("it has no address")?;
    let mut parameters = TlsParameters::builder(host).certificate_store(CertificateStore::WebpkiRoots);
    for certificate in tls::trusted_here().await? {
        // One that cannot be read leaves the others.
        if let Ok(certificate) = Certificate::from_der(certificate) {
            parameters = parameters.add_root_certificate(certificate);
        }
    }
    let parameters = parameters.build_rustls().map_err(|error| error.to_string())?;
    let tls = match (is_wrapped, reach) {
        (true, _) => Tls::Wrapper(parameters),
        (false, Reach::Public) => Tls::Required(parameters),
        (false, Reach::Anywhere) => Tls::Opportunistic(parameters),
    };
    // To the address that was looked at, not to what the name leads to a moment later.
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string());
    let transport = transport.port(port).tls(tls).timeout(Some(ANSWER_MAX));
    let transport = match credentials {
        Some((name, password)) => transport.credentials(Credentials::new(name, password)),
        None => transport,
    };
    let sent = transport.build::<Tokio1Executor>().send(message).await;
    sent.map(drop).map_err(|error| {
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        // Some causes are told by what they caused.
        causes.map(ToString::to_string).fold(error.to_string(), |said, cause| {
            if said.contains(&cause) { said } else { format!("{said}: {cause}") }
        })
    })
}
