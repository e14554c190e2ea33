//! An axum server behind a policy: `cargo run --example axum --features tower`, then open
//! <http://localhost:3000> from a page of <http://localhost:8080>. An argument is another address to listen on.

use axum::Router;
use axum::routing::get;
use cors_engine::server::PolicyConfig;
use cors_engine::tower::CorsLayer;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = PolicyConfig::new()
        .origins(["https://app.example", "http://localhost:*"])
        .credentials(true)
        .methods(["PUT", "DELETE"])
        .request_headers(["authorization", "content-type"])
        .max_age(600)
        .build()?;
    let router = Router::new().route("/", get(|| async { "hello" })).layer(CorsLayer::new(policy));
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}
