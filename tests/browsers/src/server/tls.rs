//! One self-signed certificate for every name; the browsers are told to accept it.

use anyhow::{Context, Result};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A TLS configuration with a fresh certificate, speaking HTTP/1.1 only.
pub(super) fn configuration() -> Result<rustls::ServerConfig> {
    let names = ["localhost", "*.test", "*.a.test", "*.example.test"].map(String::from);
    let certified = rcgen::generate_simple_self_signed(names).context("no certificate could be made")?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let mut configuration =
        rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(configuration)
}
