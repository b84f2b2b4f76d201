//! `GET /docs`: the API, to read and to try. Swagger UI comes from the binary; nothing is loaded from elsewhere.

use std::sync::Arc;

use actix_web::{HttpResponse, web::Path};
use utoipa_swagger_ui::Config;

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
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/swagger-ui-standalone-preset.js"></script>
<script src="/docs/swagger-initializer.js"></script>
</body>
</html>
"#;

/// What the page loads, and nothing else of the package.
const FILES: [&str; 4] =
    ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-initializer.js"];

/// The page.
pub(in crate::http) async fn handle() -> HttpResponse {
    html_under(POLICY, PAGE.to_owned())
}

/// `GET /docs/{file}`: its files.
pub(in crate::http) async fn asset(name: Path<String>) -> Result<HttpResponse, Problem> {
    let config = Config::from("/api/openapi.json").validator_url("none").display_operation_id(true);
    let known = FILES.contains(&name.as_str());
    let found = known.then(|| utoipa_swagger_ui::serve(&name, Arc::new(config))).transpose().map_err(|error| {
        tracing::error!(%error, "the API pages cannot be made");
        Code::Internal
    })?;
    let found = found.flatten().ok_or(Code::NotFound)?;
    Ok(file(&found.content_type, found.gzpipped, found.bytes.into_owned()))
}
