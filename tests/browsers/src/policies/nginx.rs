//! A real nginx with the module of `bindings/nginx`, in front of an application that answers with CORS headers
//! of its own, all of them wrong.

use super::application::{Application, forward};
use crate::browser::ProcessGroup;
use crate::rig::Upstream;
use crate::server::{Received, Reply};
use anyhow::{Context, Result, ensure};
use cors_engine::Policy;
use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long nginx may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running nginx. It ends when this is dropped, and its folder goes.
pub(super) struct Nginx {
    address: SocketAddr,
    _process: ProcessGroup,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it, with location `/policy/N` for the N-th policy.
    pub(super) fn start(module: &Path, policies: impl Iterator<Item = Policy>) -> Result<Self> {
        let module = fs::canonicalize(module)
            .with_context(|| format!("no module at {}: bindings/nginx/build builds it", module.display()))?;
        let policies: Vec<Policy> = policies.collect();
        let application = Application::start_careless(policies.len())?;
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        for (number, policy) in policies.iter().enumerate() {
            let text = serde_json::to_string(&policy.config())?;
            fs::write(folder.path().join(format!("{number}.json")), text)?;
        }
        let path = folder.path().join("nginx.conf");
        fs::write(
            &path,
            configuration(folder.path(), &module, address, application.address(), policies.len()),
        )?;

        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&path).args(["-g", "daemon off;"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = ProcessGroup::start(&mut command, folder.path())?;
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            let log = || fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
            ensure!(!process.has_ended(), "nginx ended: {}", log());
            ensure!(Instant::now() < deadline, "nginx does not answer: {}", log());
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { address, _process: process, _folder: folder })
    }

    /// The way to it, for the rig to keep: its threads may outlive everything else.
    pub(super) fn passage(&self) -> Passage {
        Passage(self.address)
    }
}

/// Passes requests on to where nginx listens.
pub(super) struct Passage(SocketAddr);

impl Upstream for Passage {
    fn answer(&self, request: &Received, path: &str) -> Result<Reply> {
        forward(self.0, request, path)
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port is free")?.local_addr()?)
}

fn configuration(
    folder: &Path,
    module: &Path,
    address: SocketAddr,
    application: SocketAddr,
    count: usize,
) -> String {
    let (folder, module) = (folder.display(), module.display());
    // Started by root, workers could not enter the folder as somebody else.
    let user = if rustix::process::getuid().is_root() { "user root;" } else { "" };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|name| format!("{name}_temp_path {folder}/{name};\n"))
        .collect();
    let (mut policies, mut locations) = (String::new(), String::new());
    for number in 0..count {
        let _ = writeln!(policies, "cors_policy_file p{number} {folder}/{number}.json;");
        let _ = writeln!(
            locations,
            "location = /policy/{number} {{ cors p{number}; proxy_pass http://{application}; }}"
        );
    }
    format!(
        "load_module {module};\n{user}\npid {folder}/nginx.pid;\nerror_log {folder}/error.log error;\n\
         events {{ worker_connections 512; }}\nhttp {{\n{temporary}access_log off;\n{policies}\
         server {{\nlisten {address};\n{locations}}}\n}}\n"
    )
}
