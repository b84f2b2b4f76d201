//! Refuses a binary that would hold no web app although it was asked for (feature `embed-web`).

use std::{env, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_EMBED_WEB").is_none() {
        return;
    }
    // A release binary holds the files; a debug binary reads them where they are, as they are.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=web/dist");
    }
    if ["index.html", "app.html"].iter().any(|page| !Path::new("web/dist").join(page).is_file()) {
        println!("cargo::error=feature `embed-web`: the web app is not built. Run `npm ci && npm run build` in web/");
    }
}
