//! The web app in front of the real server.

use reqwest::{Client, Response};

use crate::support::App;

async fn gets(app: &App, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = Client::new().get(format!("{}{path}", app.base(0)));
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

#[cfg(not(feature = "embed-web"))]
#[tokio::test]
async fn a_server_without_the_app_says_so_and_how_to_build_it() {
    let app = App::start().await;
    for (path, status) in [("/", 200), ("/app", 404), ("/invite", 404)] {
        let answer = gets(&app, path, &[]).await;
        assert_eq!(answer.status(), status, "{path}");
        assert!(answer.text().await.unwrap().contains("cargo build --release --features embed-web"), "{path}");
    }
}

#[cfg(feature = "embed-web")]
mod built_in {
    use super::*;

    /// The addresses a page names in `src` and `href`, of this server.
    fn named(page: &str) -> Vec<String> {
        let after = page.split(" src=\"").skip(1).chain(page.split(" href=\"").skip(1));
        let paths = after.filter_map(|rest| rest.split('"').next()).filter(|path| path.starts_with('/'));
        paths.map(|path| path.split('#').next().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn the_first_page_needs_no_script_and_the_app_starts_at_every_other() {
        let app = App::start().await;
        let landing = gets(&app, "/", &[]).await.text().await.unwrap();
        assert!(landing.contains("Voxgate") && !landing.contains("<script"), "{landing}");
        let start = gets(&app, "/app/account/security", &[]).await.text().await.unwrap();
        assert!(start.contains("<script type=\"module\""), "{start}");
        let inline = start.split("<script").skip(1).filter(|tag| !tag.contains("src=\""));
        assert_eq!(inline.count() + start.matches("<style").count() + start.matches(" style=").count(), 0, "{start}");
        assert_eq!(gets(&app, "/nothing", &[("accept", "text/html")]).await.status(), 404);
    }

    #[tokio::test]
    async fn every_file_a_page_names_is_here_packed_and_kept() {
        let app = App::start().await;
        let mut seen = 0;
        for page in ["/", "/login"] {
            for path in named(&gets(&app, page, &[]).await.text().await.unwrap()) {
                let answer = gets(&app, &path, &[("accept-encoding", "br, gzip"), ("accept", "*/*")]).await;
                assert_eq!(answer.status(), 200, "{page} names {path}");
                if path.starts_with("/assets/") && (path.ends_with(".js") || path.ends_with(".css")) {
                    assert!(answer.headers().contains_key("content-encoding"), "{path} is packed");
                    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{path}");
                    seen += 1;
                }
            }
        }
        assert!(seen >= 2, "the pages name their files");
    }

    #[tokio::test]
    async fn a_page_names_its_own_address_for_the_socket_and_loads_nothing_from_elsewhere() {
        let app = App::start().await;
        let answer = gets(&app, "/login", &[]).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        let socket = app.base(0).replace("http://", "ws://");
        assert!(policy.contains(&format!("connect-src 'self' {socket};")), "{policy}");
        assert!(policy.contains("script-src 'self'; style-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.ends_with("require-trusted-types-for 'script'"), "{policy}");
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(gets(&app, "/login", &[("if-none-match", &tag)]).await.status(), 304);
    }
}
