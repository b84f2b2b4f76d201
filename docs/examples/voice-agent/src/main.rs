//! Runs the voice agent: `VOXGATE_URL=… VOXGATE_SERVICE_KEY=… voice-agent`.

use std::{env, error::Error};

use tokio::net::TcpListener;
use voxgate_verify::{Settings, Verifier};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let needed = |name: &str| env::var(name).map_err(|_| format!("set {name}"));
    let settings = Settings::new(&needed("VOXGATE_URL")?, needed("VOXGATE_SERVICE_KEY")?)?;
    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:9000".into());
    let listener = TcpListener::bind(&address).await?;
    let verifier = Verifier::start(settings)?;
    verifier.ready().await;
    println!("voice agent listens on ws://{}", listener.local_addr()?);
    Ok(voice_agent::serve(listener, verifier).await?)
}
