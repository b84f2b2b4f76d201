//! TLS in the server: the certificate of `[tls]`, read again when its files change or on SIGHUP. New connections get the
//! new one, open ones go on. Files that cannot be used are reported, and the certificate in use stays.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::{
    runtime::Handle,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{config, signals::meter};

/// The files are looked at this often.
const EVERY: Duration = Duration::from_secs(2);

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing or holds something else.
    #[error("{key} ({path}): {what}")]
    File {
        /// The setting.
        key: &'static str,
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// Certificate and key do not belong together, or cannot be used.
    #[error("tls.certificate and tls.key: {0}")]
    Pair(rustls::Error),
}

/// The certificate that is served.
#[derive(Debug)]
pub(super) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

/// Which state of the files is in use.
type Mark = [Option<(SystemTime, u64)>; 2];

impl Certificate {
    /// Reads the files of the settings; `None` when TLS is not asked for.
    ///
    /// # Errors
    /// A file cannot be used, or the two do not belong together.
    pub(super) fn load(settings: &config::Tls) -> Result<Option<Arc<Self>>, TlsError> {
        let (Some(chain), Some(key)) = (settings.certificate.clone(), settings.key.clone()) else { return Ok(None) };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let current = RwLock::new(Arc::new(read(&chain, &key, &provider)?));
        Ok(Some(Arc::new(Self { chain, key, provider, current })))
    }

    /// What a listener serves with: TLS 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// The cryptography of this build cannot serve them.
    pub(super) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let versions =
            ServerConfig::builder_with_provider(Arc::clone(&self.provider)).with_safe_default_protocol_versions();
        let resolver = Arc::clone(self) as Arc<dyn ResolvesServerCert>;
        Ok(versions.map_err(TlsError::Pair)?.with_no_client_auth().with_cert_resolver(resolver))
    }

    /// Follows the files until `stop` is cancelled.
    pub(super) fn follow(self: Arc<Self>, runtime: &Handle, stop: CancellationToken) {
        runtime.spawn(async move {
            let mut known = self.mark();
            let mut hangups = signal(SignalKind::hangup()).ok();
            loop {
                let asked = tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(EVERY) => false,
                    () = next(&mut hangups) => true,
                };
                let seen = self.mark();
                if asked || seen != known {
                    known = seen;
                    self.renew();
                }
            }
        });
    }

    fn renew(&self) {
        match read(&self.chain, &self.key, &self.provider) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                meter::certificate("ok");
                tracing::info!("the TLS certificate was read");
            }
            Err(error) => {
                meter::certificate("failed");
                tracing::error!(%error, "the TLS certificate cannot be used; the one in use stays");
            }
        }
    }

    fn mark(&self) -> Mark {
        [&self.chain, &self.key].map(|file| {
            let facts = std::fs::metadata(file).ok()?;
            Some((facts.modified().ok()?, facts.ino()))
        })
    }
}

/// The next SIGHUP; never, where signals cannot be heard.
async fn next(hangups: &mut Option<tokio::signal::unix::Signal>) {
    match hangups {
        Some(hangups) => drop(hangups.recv().await),
        None => std::future::pending().await,
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(chain: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let fault = |key, path: &Path, what: String| TlsError::File { key, path: path.display().to_string(), what };
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| fault("tls.certificate", chain, format!("cannot be read as PEM: {error}")))?;
    if certificates.is_empty() {
        return Err(fault(
            "tls.certificate",
            chain,
            "holds no certificate: give the chain as PEM, the server's own first".into(),
        ));
    }
    let facts = std::fs::metadata(key).map_err(|error| fault("tls.key", key, error.to_string()))?;
    if facts.mode() & 0o007 != 0 {
        return Err(fault("tls.key", key, "is open to everybody on this machine: run chmod o= on it".into()));
    }
    let secret = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| fault("tls.key", key, format!("cannot be read as an unencrypted PEM key: {error}")))?;
    CertifiedKey::from_der(certificates, secret, provider).map_err(TlsError::Pair)
}
