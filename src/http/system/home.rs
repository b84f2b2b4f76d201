//! `GET /`: the first page of the web app; where it is not built in, a page without script that says what this server is
//! and where to go on. Its style sheet and mark come from the binary.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::page::{document, file, html};
use crate::http::{services::Edge, web::pages::landing};

const MAIN: &str = include_str!("../assets/home.html");
const MAIL: &str = "<a class=\"card\" href=\"/dev/mail\"><strong>Mailbox</strong><span>Every mail this development \
                    server would have sent.</span></a>";

/// The page.
pub(in crate::http) async fn handle(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    if let Some(landing) = landing(&request, &edge) {
        return landing;
    }
    let mail = if edge.dev_mail.is_some() { MAIL } else { "" };
    let main = MAIN.replace("<!-- mail -->", mail).replace("<!-- version -->", env!("CARGO_PKG_VERSION"));
    html(document("Voxgate", &main))
}

/// `GET /assets/voxgate.css`.
pub(in crate::http) async fn style() -> HttpResponse {
    file("text/css; charset=utf-8", false, include_str!("../assets/voxgate.css"))
}

/// `GET /assets/mark.svg`.
pub(in crate::http) async fn mark() -> HttpResponse {
    file("image/svg+xml", false, include_str!("../assets/mark.svg"))
}
