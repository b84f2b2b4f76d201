//! The bare handler: an actix-web server that answers fixed bytes and does nothing else. Nobody can answer the session
//! check faster with the same HTTP library.

use std::{fs, io::Write, net::SocketAddr, path::Path};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};

use crate::failure::Failure;

/// Serves the answer kept in `file`: header lines, an empty line, the body.
pub(crate) fn serve(address: SocketAddr, file: &Path) -> Result<(), Failure> {
    let answer = fs::read_to_string(file).map_err(Failure::system("reading the answer"))?;
    let (head, body) = answer.split_once("\n\n").ok_or_else(|| Failure::Other("no body".into()))?;
    let head: Vec<_> = head.lines().filter_map(|line| line.split_once(": ")).map(owned).collect();
    let body = body.to_owned();
    let app = move || {
        let (head, body) = (head.clone(), body.clone());
        let answer = move || {
            let mut response = HttpResponse::Ok();
            for (name, value) in &head {
                response.insert_header((name.as_str(), value.as_str()));
            }
            let response = response.body(body.clone());
            async move { response }
        };
        App::new().route("/api/auth/session", web::get().to(answer))
    };
    let serving = System::new().block_on(async move {
        let server = HttpServer::new(app).bind(address)?.run();
        writeln!(std::io::stdout(), "ready")?;
        server.await
    });
    serving.map_err(Failure::system("the bare server"))
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
