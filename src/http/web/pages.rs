//! The pages of the web app and their files.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{ACCEPT, CONTENT_SECURITY_POLICY, LOCATION},
    },
    web::{Data, Path},
};

use super::file;
use crate::{
    domain::code::Code,
    http::{
        problem::{ForPeople, Problem},
        services::Edge,
        system::page::{document, html},
    },
};

const LANDING: &str = "index.html";
const APP: &str = "app.html";
/// Paths below these are for programs: what is not there is told them as a problem.
const PROGRAMS: [&str; 5] = ["/api/", "/assets/", "/docs/", "/dev/", "/.well-known/"];

/// The first page, if the app is built in.
pub(in crate::http) fn landing(request: &HttpRequest, edge: &Edge) -> Option<HttpResponse> {
    page(request, edge, LANDING, StatusCode::OK)
}

/// Every other page: the app looks at the address by itself.
pub(in crate::http) async fn app(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    page(&request, &edge, APP, StatusCode::OK).unwrap_or_else(not_built_in)
}

/// What no route has: the app says so to people, a problem to programs.
pub(in crate::http) async fn lost(request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let found = wants_a_page(&request).then(|| page(&request, &edge, APP, StatusCode::NOT_FOUND)).flatten();
    found.map_or_else(|| Problem::from(Code::NotFound).error_response(), for_people)
}

/// `GET /assets/{file}`.
pub(in crate::http) async fn asset(
    request: HttpRequest,
    edge: Data<Edge>,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    served(&request, &edge, &format!("assets/{name}"))
}

/// A file beside the pages, by the path of the request.
pub(in crate::http) async fn root_file(request: HttpRequest, edge: Data<Edge>) -> Result<HttpResponse, Problem> {
    served(&request, &edge, request.path().trim_start_matches('/'))
}

/// `GET /.well-known/change-password`: where password managers send people.
pub(in crate::http) async fn change_password() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, "/app/account/security")).finish()
}

fn served(request: &HttpRequest, edge: &Edge, path: &str) -> Result<HttpResponse, Problem> {
    let found = edge.web.and_then(|files| file::answer(request, files, path, StatusCode::OK));
    found.ok_or_else(|| Code::NotFound.into())
}

fn page(request: &HttpRequest, edge: &Edge, path: &str, status: StatusCode) -> Option<HttpResponse> {
    let mut response = file::answer(request, edge.web?, path, status)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, edge.page_policy.clone());
    Some(response)
}

/// Browsers that go somewhere ask for HTML by name; programs do not.
fn wants_a_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    reads && accept.contains("text/html") && !PROGRAMS.iter().any(|prefix| request.path().starts_with(prefix))
}

fn not_built_in() -> HttpResponse {
    let mut response = html(document("Voxgate", include_str!("../assets/no_app.html")));
    *response.status_mut() = StatusCode::NOT_FOUND;
    for_people(response)
}

fn for_people(mut response: HttpResponse) -> HttpResponse {
    response.extensions_mut().insert(ForPeople);
    response
}
