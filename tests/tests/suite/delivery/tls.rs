//! Mail over TLS, with a mail server on the other side that shows a certificate: trusted, or not.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use twofold_domain::delivery::{Channel, Undelivered};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::RequestPasswordReset;
use twofold_infra::config::{Config, Layers};
use twofold_infra::delivery::Carriers;
use twofold_projections::courier::Courier;
use twofold_projections::projector::Projector;
use twofold_tests::person::Person;
use twofold_tests::post::{Got, Kept, converse};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::{ends, to, waiting};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// On request (RFC 3207).
    StartTls,
    /// From the first byte on (RFC 8314).
    Implicit,
}

/// What the server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// A certificate for its name, of an authority that is trusted.
    Trusted,
    /// One for another name.
    ForAnother,
    /// One of an authority that nobody trusts here.
    OfAnother,
    /// One whose time is over.
    Expired,
    /// None: it does not speak TLS.
    Nothing,
}

/// A mail server, and what was said to it in clear.
struct Server {
    way: Way,
    at: SocketAddr,
    kept: Arc<Kept>,
    in_clear: Arc<Mutex<Vec<u8>>>,
    authority: PathBuf,
}

/// An authority, and the file that makes it one that is trusted.
struct Authority {
    key: KeyPair,
    params: CertificateParams,
    certificate: Certificate,
}

impl Authority {
    fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key)?;
        Ok(Self { key, params, certificate })
    }

    fn acceptor(&self, shows: Shows) -> Result<TlsAcceptor> {
        let name = if shows == Shows::ForAnother { "blefuscu.example" } else { "localhost" };
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        if shows == Shows::Expired {
            (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        }
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key))?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl Server {
    async fn open(town: &Town, way: Way, shows: Shows) -> Result<Self> {
        let (trusted, other) = (Authority::new()?, Authority::new()?);
        let file = format!("authority-{way:?}-{shows:?}.pem");
        let authority = town.master_key_file().with_file_name(file);
        std::fs::write(&authority, trusted.certificate.pem())?;
        let acceptor = match shows {
            Shows::Nothing => None,
            Shows::OfAnother => Some(other.acceptor(shows)?),
            Shows::Trusted | Shows::ForAnother | Shows::Expired => Some(trusted.acceptor(shows)?),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let at = listener.local_addr()?;
        let (kept, in_clear) = (Arc::new(Kept::default()), Arc::new(Mutex::default()));
        let (desk, heard) = (Arc::clone(&kept), Arc::clone(&in_clear));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, desk, heard) = (acceptor.clone(), Arc::clone(&desk), Arc::clone(&heard));
                // Whoever trusts nobody hangs up.
                tokio::spawn(async move { serve(stream, way, acceptor, &desk, &heard).await.ok() });
            }
        });
        Ok(Self { way, at, kept, in_clear, authority })
    }

    /// A courier that is configured for it.
    fn courier(&self, town: &Town) -> Result<Courier> {
        let scheme = if self.way == Way::StartTls { "smtp" } else { "smtps" };
        let layers = Layers::default()
            .with_flag("smtp_url", &format!("{scheme}://localhost:{}", self.at.port()))
            .with_flag("smtp_ca_file", &self.authority.display().to_string())
            .with_flag("mail_from", "Twofold <no-reply@lilliput.example>");
        let desk = town.here().clone();
        let carriers = Carriers::open(&Config::load(&layers, 1)?.delivery, desk.clock())?;
        Ok(Courier::new(desk, carriers))
    }

    fn in_clear(&self) -> String {
        let heard = self.in_clear.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&heard).into_owned()
    }
}

async fn serve(
    stream: TcpStream,
    way: Way,
    acceptor: Option<TlsAcceptor>,
    kept: &Kept,
    heard: &Mutex<Vec<u8>>,
) -> Result<()> {
    let stream = if way == Way::Implicit && acceptor.is_some() {
        Some(stream)
    } else {
        in_clear(stream, acceptor.is_some(), heard).await?
    };
    let (Some(stream), Some(acceptor)) = (stream, acceptor) else { return Ok(()) };
    let mut stream = BufReader::new(acceptor.accept(stream).await?);
    if way == Way::Implicit {
        stream.write_all(b"220 lilliput ESMTP\r\n").await?;
    }
    converse(&mut stream, kept).await
}

/// What is said before a connection is encrypted; the connection once it is to be.
async fn in_clear(stream: TcpStream, offers: bool, heard: &Mutex<Vec<u8>>) -> Result<Option<TcpStream>> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 lilliput ESMTP\r\n").await?;
    loop {
        let mut line = vec![];
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend(&line);
        let answer: &[u8] = match line.get(..4) {
            Some(b"EHLO") if offers => b"250-lilliput\r\n250 STARTTLS\r\n",
            Some(b"STAR") if offers => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(Some(stream.into_inner()));
            }
            // It would take whatever it is given.
            Some(b"DATA") => b"354 go on\r\n",
            _ => b"250 well\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// Somebody asks for a link, which is worth sending for an hour.
async fn forgets(town: &Town, who: &Person) -> Result<()> {
    town.perform(town.here(), RequestPasswordReset { email: who.email.clone() }).await?;
    Ok(())
}

stories! {
    /// Rules: E7.
    async fn mail_goes_out_over_tls_and_nothing_of_it_in_clear(town) {
        let owner = town.owner().await?;
        Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        for way in [Way::StartTls, Way::Implicit] {
            let server = Server::open(&town, way, Shows::Trusted).await?;
            let courier = server.courier(&town)?;
            let ada = town.somebody(Role::EndUser);
            owner.invite(&town, town.here(), ada.card()).await?;
            courier.round().await;
            ensure!(ends(&town, ada.user, Channel::Mail).await? == [(1, None)], "{way:?}");
            let mails: Vec<Got> = server.kept.got();
            ensure!(to(&mails, &ada.email).len() == 1, "{way:?}: {mails:?}");
            let heard = server.in_clear();
            let said: Vec<&str> = heard.lines().filter_map(|line| line.split(' ').next()).collect();
            // Connections are opened beside one another; each says these two things in clear, or none.
            ensure!(said.is_empty() == (way == Way::Implicit), "{way:?}: {heard}");
            ensure!(said.iter().all(|verb| ["EHLO", "STARTTLS"].contains(verb)), "{way:?}: {heard}");
        }
        Ok(())
    }

    /// Rules: E7.
    async fn a_server_that_does_not_show_who_it_is_gets_nothing_and_the_outcome_says_so(town) {
        let ada = town.owner().await?.welcome(&town, Role::Agent).await?;
        Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        let mut failed = 0;
        let refused = [Shows::ForAnother, Shows::OfAnother, Shows::Expired, Shows::Nothing];
        for (way, shows) in [Way::StartTls, Way::Implicit].into_iter().flat_map(|way| refused.map(|shows| (way, shows))) {
            let server = Server::open(&town, way, shows).await?;
            let courier = server.courier(&town)?;
            forgets(&town, &ada).await?;
            courier.round().await;
            ensure!(waiting(town.here(), &town).await? > 0, "{way:?} {shows:?}: it is tried again");
            ensure!(ends(&town, ada.user, Channel::Mail).await?.len() == failed, "{way:?} {shows:?}");
            // The last try, a moment before what it brings is over.
            town.wait(Span::minutes(59));
            town.wait(Span::seconds(55));
            courier.round().await;
            let ended = ends(&town, ada.user, Channel::Mail).await?;
            failed += 1;
            ensure!(ended.len() == failed, "{way:?} {shows:?}: {ended:?}");
            ensure!(ended.last() == Some(&(2, Some(Undelivered::NotSecure))), "{way:?} {shows:?}: {ended:?}");
            ensure!(server.kept.got().is_empty(), "{way:?} {shows:?}: it got a mail");
            let heard = server.in_clear();
            for word in ["MAIL", "RCPT", "DATA", "AUTH", ada.email.as_str(), "no-reply@"] {
                ensure!(!heard.contains(word), "{way:?} {shows:?}: {word} in clear: {heard}");
            }
        }
        Ok(())
    }
}
