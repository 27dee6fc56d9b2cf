//! Connecting: options, TLS, and errors that say whose fault it is.
use std::time::Duration;

use openssl::ssl::{SslConnector, SslFiletype, SslMethod, SslVersion};
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::{OpenSsl010Config, Session};
use scylla::client::session_builder::SessionBuilder;
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, MetadataError, NewSessionError,
};
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::statement::{Consistency, SerialConsistency};
use tokio::runtime::Runtime;

use crate::answer::{Answer, Status};
use crate::retry::Careful;

/// A text may be empty: there is none.
pub struct Options {
    pub contact_points: String,
    pub datacenter: String,
    pub keyspace: String,
    pub user: String,
    pub password: String,
    pub ca_file: String,
    pub certificate_file: String,
    pub key_file: String,
    pub threads: usize,
    pub connect_timeout: Duration,
}

/// Blocks; the error is one to hand to who opens.
pub fn open(options: &Options) -> Result<(Runtime, Session), Answer> {
    let tls = tls(options)?;
    let runtime = runtime(options.threads)?;
    let connecting = connect(options, tls);
    // One wait for each of: the first connection, what it tells of the cluster, the other nodes.
    let limit = options.connect_timeout * 3;
    let session = runtime.block_on(async { tokio::time::timeout(limit, connecting).await });
    match session {
        Ok(Ok(session)) => Ok((runtime, session)),
        Ok(Err(answer)) => Err(answer),
        Err(_) => Err(Answer::failed(Status::Refused, format!("no answer within {} ms", limit.as_millis()))),
    }
}

fn runtime(threads: usize) -> Result<Runtime, Answer> {
    let number = std::sync::atomic::AtomicUsize::new(0);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name_fn(move || format!("cql-{}", number.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
        .enable_all()
        .build()
        .map_err(|error| Answer::failed(Status::Refused, format!("no threads for the driver: {error}")))
}

fn profile(datacenter: &str) -> ExecutionProfile {
    let policy = DefaultPolicy::builder().token_aware(true);
    let policy = match datacenter {
        "" => policy,
        name => policy.prefer_datacenter(name.to_owned()),
    };
    ExecutionProfile::builder()
        .consistency(Consistency::LocalQuorum)
        .serial_consistency(Some(SerialConsistency::LocalSerial))
        .request_timeout(None) // each call has its own
        .retry_policy(std::sync::Arc::new(Careful))
        .speculative_execution_policy(None)
        .load_balancing_policy(policy.build())
        .build()
}

async fn connect(options: &Options, tls: Option<OpenSsl010Config>) -> Result<Session, Answer> {
    let mut handle = profile(&options.datacenter).into_handle();
    let mut builder = SessionBuilder::new()
        .known_nodes(options.contact_points.split(','))
        .tcp_nodelay(true)
        .connection_timeout(options.connect_timeout)
        // A node that freezes is given up after these two, and its requests with it.
        .keepalive_interval(Duration::from_secs(2))
        .keepalive_timeout(Duration::from_secs(3))
        .schema_agreement_interval(Duration::from_millis(50))
        .keyspaces_to_fetch([options.keyspace.as_str()])
        .default_execution_profile_handle(handle.clone())
        .tls_context(tls);
    if !options.user.is_empty() {
        builder = builder.user(&options.user, &options.password);
    }
    let session = builder.build().await.map_err(|error| Answer::failed(status_of(&error), error.to_string()))?;
    let nodes = session.get_cluster_state();
    let known = nodes.get_nodes_info().iter().filter_map(|node| node.datacenter.as_deref());
    handle.map_to_another_profile(profile(&choose_datacenter(&options.datacenter, known)?));
    Ok(session)
}

/// Quorums are formed in one datacenter, the same one for every node of ours: where there are
/// several, somebody has to say which.
fn choose_datacenter<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Result<String, Answer> {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    match (wanted, known.as_slice()) {
        ("", []) => Ok(String::new()),
        ("", [only]) => Ok((*only).to_owned()),
        ("", several) => Err(Answer::failed(
            Status::Invalid,
            format!("the cluster has the datacenters {}: say which one to use", several.join(", ")),
        )),
        (wanted, known) if known.contains(&wanted) => Ok(wanted.to_owned()),
        (wanted, known) => Err(Answer::failed(
            Status::Invalid,
            format!("the cluster has no datacenter {wanted}, only {}", known.join(", ")),
        )),
    }
}

fn tls(options: &Options) -> Result<Option<OpenSsl010Config>, Answer> {
    if options.ca_file.is_empty() {
        if !options.certificate_file.is_empty() || !options.key_file.is_empty() {
            return Err(Answer::failed(Status::Invalid, "a certificate needs TLS: name the authorities' file too"));
        }
        return Ok(None);
    }
    if options.certificate_file.is_empty() != options.key_file.is_empty() {
        return Err(Answer::failed(Status::Invalid, "a certificate needs its key, and a key its certificate"));
    }
    let broken = |what: &str, error: openssl::error::ErrorStack| {
        Answer::failed(Status::Invalid, format!("{what}: {}", reason(&error)))
    };
    let mut builder = SslConnector::builder(SslMethod::tls_client()).map_err(|error| broken("TLS", error))?;
    builder.set_min_proto_version(Some(SslVersion::TLS1_2)).map_err(|error| broken("TLS", error))?;
    builder.set_cert_store(authorities(&options.ca_file)?);
    if !options.certificate_file.is_empty() {
        builder
            .set_certificate_chain_file(&options.certificate_file)
            .map_err(|error| broken(&options.certificate_file, error))?;
        builder
            .set_private_key_file(&options.key_file, SslFiletype::PEM)
            .and_then(|()| builder.check_private_key())
            .map_err(|error| broken(&options.key_file, error))?;
    }
    Ok(Some(OpenSsl010Config::new(builder)))
}

/// These and no others: the authorities of the system sign for anybody.
fn authorities(file: &str) -> Result<openssl::x509::store::X509Store, Answer> {
    let invalid = |reason: String| Answer::failed(Status::Invalid, format!("{file}: {reason}"));
    let pem = std::fs::read(file).map_err(|error| invalid(error.to_string()))?;
    let certificates = openssl::x509::X509::stack_from_pem(&pem).map_err(|error| invalid(reason(&error)))?;
    if certificates.is_empty() {
        return Err(invalid("has no certificate in PEM".into()));
    }
    let mut store = openssl::x509::store::X509StoreBuilder::new().map_err(|error| invalid(reason(&error)))?;
    for certificate in certificates {
        store.add_cert(certificate).map_err(|error| invalid(reason(&error)))?;
    }
    Ok(store.build())
}

/// OpenSSL's own words end with the place in its sources: the first reason says enough.
fn reason(error: &openssl::error::ErrorStack) -> String {
    error.errors().first().and_then(|error| error.reason()).unwrap_or("cannot be used").to_owned()
}

fn status_of(error: &NewSessionError) -> Status {
    match error {
        NewSessionError::EmptyKnownNodesList | NewSessionError::IllegalConfig(_) => Status::Invalid,
        NewSessionError::MetadataError(MetadataError::ConnectionPoolError(ConnectionPoolError::Broken {
            last_connection_error,
        })) => status_of_connection(last_connection_error),
        _ => Status::Refused,
    }
}

fn status_of_connection(error: &ConnectionError) -> Status {
    match error {
        ConnectionError::ConnectionSetupRequestError(error) => match error.get_error() {
            ConnectionSetupRequestErrorKind::MissingAuthentication
            | ConnectionSetupRequestErrorKind::DbError(DbError::AuthenticationError | DbError::Unauthorized, _) => {
                Status::Denied
            }
            _ => Status::Refused,
        },
        ConnectionError::IoError(error) if error.get_ref().is_some_and(|error| refuses_certificate(error)) => {
            Status::Denied
        }
        _ => Status::Refused,
    }
}

/// Whether a handshake failed for a certificate, ours or theirs: that does not pass by itself. One
/// that is broken off does (a node that stops, a port where nobody speaks TLS yet).
fn refuses_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let Some(stack) = error.downcast_ref::<openssl::ssl::Error>().and_then(openssl::ssl::Error::ssl_error) else {
        return false;
    };
    stack
        .errors()
        .iter()
        .filter_map(|error| error.reason())
        .any(|reason| reason.contains("certificate") || reason.contains("unknown ca"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            contact_points: String::new(),
            datacenter: String::new(),
            keyspace: "parley".into(),
            user: String::new(),
            password: String::new(),
            ca_file: String::new(),
            certificate_file: String::new(),
            key_file: String::new(),
            threads: 1,
            connect_timeout: Duration::from_secs(1),
        }
    }

    /// How a handshake fails with somebody who says `greeting` and hangs up.
    fn handshake_error(greeting: &'static [u8]) -> openssl::ssl::Error {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            std::io::Write::write_all(&mut peer, greeting).unwrap();
        });
        let connector = SslConnector::builder(SslMethod::tls()).unwrap().build();
        let failed = connector.connect("localhost", std::net::TcpStream::connect(address).unwrap()).err().unwrap();
        server.join().unwrap();
        match failed {
            openssl::ssl::HandshakeError::Failure(broken) => broken.into_error(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_handshake_that_is_broken_off_refuses_nobody() {
        for greeting in [b"".as_slice(), b"INFO {\"server_id\":\"NATS\"}\r\n"] {
            let error = handshake_error(greeting);
            assert!(!refuses_certificate(&error), "{error}");
        }
    }

    #[test]
    fn the_only_datacenter_need_not_be_named() {
        assert_eq!(choose_datacenter("", ["dc1", "dc1"].into_iter()).ok(), Some("dc1".into()));
        assert_eq!(choose_datacenter("dc2", ["dc1", "dc2"].into_iter()).ok(), Some("dc2".into()));
    }

    #[test]
    fn one_of_several_datacenters_must_be_named() {
        let error = choose_datacenter("", ["dc2", "dc1", "dc2"].into_iter()).err().unwrap();
        assert_eq!(error.status, Status::Invalid);
        assert!(error.error.contains("dc1, dc2"), "{}", error.error);
        let error = choose_datacenter("dc3", ["dc1"].into_iter()).err().unwrap();
        assert!(error.error.contains("no datacenter dc3, only dc1"), "{}", error.error);
    }

    #[test]
    fn a_certificate_without_tls_or_key_is_refused() {
        let certificate = || Options { certificate_file: "node.pem".into(), ..options() };
        assert_eq!(tls(&certificate()).err().unwrap().status, Status::Invalid);
        let without_key = Options { ca_file: "ca.pem".into(), ..certificate() };
        assert!(tls(&without_key).err().unwrap().error.contains("needs its key"));
        assert!(matches!(tls(&options()), Ok(None)));
    }

    #[test]
    fn a_missing_file_of_authorities_is_named() {
        let error = tls(&Options { ca_file: "/nowhere/ca.pem".into(), ..options() }).err().unwrap();
        assert_eq!(error.status, Status::Invalid);
        assert!(error.error.contains("/nowhere/ca.pem"), "{}", error.error);
    }

    #[test]
    fn nobody_there_may_be_tried_again() {
        let nobody = Options { contact_points: "127.0.0.1:1".into(), ..options() };
        assert_eq!(open(&nobody).err().unwrap().status, Status::Refused);
    }
}
