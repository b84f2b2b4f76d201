//! `GET /docs/errors`: what each code means. The `type` of every problem leads here.

use actix_web::HttpResponse;

use super::page::{document, html};
use crate::domain::code::Code;

/// The page.
pub(in crate::http) async fn handle() -> HttpResponse {
    let rows: String = Code::ALL.iter().map(|code| row(*code)).collect();
    let main = format!(
        "<main>\n<header><img src=\"/assets/mark.svg\" alt=\"\" width=\"48\" height=\"48\">\
         <p class=\"name\"><a href=\"/\">Voxgate</a></p></header>\n<h1>Errors</h1>\n\
         <p class=\"lead\">Every refusal is <code>application/problem+json</code> (RFC 9457). Programs decide by \
         <code>code</code>; <code>instance</code> is the request id. 429 and 503 carry <code>Retry-After</code>.</p>\n\
         <dl>\n{rows}</dl>\n</main>"
    );
    html(document("Errors · Voxgate", &main))
}

fn row(code: Code) -> String {
    let (name, status, title, detail) = (code.as_str(), code.status(), escape(code.title()), marked(code.detail()));
    format!(
        "<div class=\"error\" id=\"{name}\"><dt><code>{name}</code> <span>{status}</span></dt>\
         <dd><strong>{title}.</strong> {detail}</dd></div>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Escaped text in which words between backticks stand out.
fn marked(text: &str) -> String {
    let parts = escape(text);
    let parts = parts.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_backticks_stand_out_and_nothing_is_markup() {
        assert_eq!(marked("see `errors` & `<b>`"), "see <code>errors</code> &amp; <code>&lt;b&gt;</code>");
    }
}
