//! How an HTML page or a file of the binary is answered.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};

/// The policy of our own pages: their style sheet and their mark, no script, no form.
const OWN: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                   frame-ancestors 'none'";

/// A page of ours.
pub(in crate::http) fn html(body: String) -> HttpResponse {
    html_under(OWN, body)
}

/// A page under a policy of its own.
pub(super) fn html_under(policy: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(body)
}

/// A file from the binary. Its name does not change with its content, so it is kept for an hour only.
pub(super) fn file(content_type: &str, gzipped: bool, body: impl Into<bytes::Bytes>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, content_type)).insert_header((CACHE_CONTROL, "public, max-age=3600"));
    if gzipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response.body(body.into())
}

/// The frame of our own pages.
pub(in crate::http) fn document(title: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/mark.svg\">\n\
         <link rel=\"stylesheet\" href=\"/assets/voxgate.css\">\n</head>\n<body>\n{main}\n</body>\n</html>\n"
    )
}
