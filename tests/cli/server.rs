//! A server on the loopback interface that answers as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// One request as it came: the request line, and the header lines in lower case.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
}

impl Asked {
    pub(crate) fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|line| line == header)
    }
}

/// A server, and what it was asked.
pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Serves http: `answer` makes a status and header lines out of a request line.
    pub(crate) fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        Server::serve(answer, |connection, exchange| exchange(&mut { connection }))
    }

    /// Serves https with the certificate for tests.
    pub(crate) fn start_tls(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let config = tls();
        Server::serve(answer, move |mut connection, exchange| {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            exchange(&mut rustls::Stream::new(&mut tls, &mut connection));
        })
    }

    fn serve(
        answer: impl Fn(&str) -> String + Send + 'static,
        connect: impl Fn(TcpStream, &dyn Fn(&mut dyn ReadWrite)) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        thread::spawn(move || {
            for connection in listener.incoming() {
                connect(connection.unwrap(), &|stream| exchange(stream, &answer, &noted));
            }
        });
        Server { port, asked }
    }

    pub(crate) fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

/// Answers one request. A client that goes away is no matter.
fn exchange(stream: &mut dyn ReadWrite, answer: &dyn Fn(&str) -> String, noted: &Mutex<Vec<Asked>>) {
    let mut lines = BufReader::new(&mut *stream).lines().map_while(Result::ok);
    let Some(line) = lines.next() else { return };
    let headers = lines.take_while(|line| !line.is_empty()).map(|line| line.to_ascii_lowercase()).collect();
    noted.lock().unwrap().push(Asked { line: line.clone(), headers });
    let head = answer(&line).replace('\n', "\r\n");
    drop(write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    drop(stream.flush());
}

fn tls() -> Arc<rustls::ServerConfig> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let fixture = |name: &str| crate::program::file(&format!("tests/cli/fixtures/{name}"));
    let certificate = CertificateDer::from_pem_file(fixture("loopback-certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("loopback-key.pem")).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}
