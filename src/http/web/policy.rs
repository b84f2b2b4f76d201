//! What a page of the web app may load.

use crate::http::settings::Settings;

/// Everything from here and nothing from elsewhere; no inline script, no inline style, no text that becomes script. Older
/// browsers do not count the live socket as `'self'`, so it is named.
pub(in crate::http) fn page_policy(settings: &Settings) -> String {
    let socket = settings.base_url.replacen("http", "ws", 1);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' {socket}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'"
    )
}
