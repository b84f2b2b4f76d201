//! `GET /docs`: the API, to read and to try. Swagger UI comes from the binary; nothing is loaded from elsewhere.

use std::sync::Arc;

use actix_web::{HttpResponse, web::Path};

use super::page::{file, html_under};
use crate::{domain::code::Code, http::problem::Problem};

/// Wider than elsewhere by what Swagger UI needs: its scripts, inline styles, `data:` pictures, calls to this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Voxgate</title>
<link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/voxgate.css">
</head>
<body>
<header><a href="/"><img src="/assets/mark.svg" alt="" width="32" height="32">Voxgate</a><a href="/docs/errors">Errors</a><a href="/api/openapi.json">OpenAPI 3.1</a></header>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/swagger-ui-standalone-preset.js"></script>
<script src="/docs/voxgate.js"></script>
</body>
</html>
"#;

/// What the page loads of the package, and nothing else of it.
const FILES: [&str; 3] = ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"];
/// Our own files beside them: colours, and how Swagger UI starts.
const OWN: [(&str, &str, &str); 2] = [
    ("voxgate.css", "text/css; charset=utf-8", include_str!("../assets/docs.css")),
    ("voxgate.js", "text/javascript; charset=utf-8", include_str!("../assets/docs.js")),
];

/// The page.
pub(in crate::http) async fn handle() -> HttpResponse {
    html_under(POLICY, PAGE.to_owned())
}

/// `GET /docs/{file}`: its files.
pub(in crate::http) async fn asset(name: Path<String>) -> Result<HttpResponse, Problem> {
    if let Some((_, media, text)) = OWN.iter().find(|(own, ..)| *own == name.as_str()) {
        return Ok(file(media, false, *text));
    }
    let known = FILES.contains(&name.as_str());
    let found = known.then(|| utoipa_swagger_ui::serve(&name, Arc::default())).transpose().map_err(|error| {
        tracing::error!(%error, "the API pages cannot be made");
        Code::Internal
    })?;
    let found = found.flatten().ok_or(Code::NotFound)?;
    Ok(file(&found.content_type, found.gzpipped, found.bytes.into_owned()))
}
