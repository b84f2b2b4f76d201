//! One file of the build as an answer: the smallest form the client takes, and how long it may keep it.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{
            AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, Encoding, EntityTag,
            Header, IfNoneMatch, VARY,
        },
    },
};
use bytes::Bytes;

use super::{File, Files};

/// Names below `assets/` hold a hash of the content: what has another content has another name.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Pages name the assets of their build: they are asked for again each time.
const ASK_AGAIN: &str = "no-cache";
const AN_HOUR: &str = "public, max-age=3600";

/// The compressed forms a file may have beside it.
const FORMS: [(ContentEncoding, &str); 2] = [(ContentEncoding::Brotli, ".br"), (ContentEncoding::Gzip, ".gz")];

/// The file at `path`, or that the client has it already.
pub(super) fn answer(request: &HttpRequest, files: Files, path: &str, status: StatusCode) -> Option<HttpResponse> {
    // The compressed forms have no address of their own.
    let (media, keep) = kind(path)?;
    let (encoding, file) = chosen(request, files, path)?;
    let tag = EntityTag::new_strong(file.digest[..16].iter().map(|byte| format!("{byte:02x}")).collect());
    let known = status == StatusCode::OK && is_known(request, &tag);
    let mut response = HttpResponseBuilder::new(if known { StatusCode::NOT_MODIFIED } else { status });
    response.insert_header((CACHE_CONTROL, keep)).insert_header((ETAG, tag)).insert_header((VARY, "accept-encoding"));
    if known {
        return Some(response.finish());
    }
    response.insert_header((CONTENT_TYPE, media));
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    Some(response.body(Bytes::from_owner(file.body)))
}

/// The form of the file the client likes best.
fn chosen(request: &HttpRequest, files: Files, path: &str) -> Option<(Option<ContentEncoding>, File)> {
    let plain = files(path)?;
    let forms = FORMS.map(|(encoding, end)| (encoding, files(&format!("{path}{end}"))));
    let there = forms.iter().filter(|(_, file)| file.is_some()).map(|(encoding, _)| Encoding::Known(*encoding));
    let there: Vec<_> = there.chain([Encoding::identity()]).collect();
    let accepted = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(there.iter()));
    let form = forms.into_iter().find(|(encoding, _)| accepted == Some(Encoding::Known(*encoding)));
    match form {
        Some((encoding, Some(file))) => Some((Some(encoding), file)),
        _ => Some((None, plain)),
    }
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

/// The media type of a file and how long it is kept; none for what the build does not serve by itself.
fn kind(path: &str) -> Option<(&'static str, &'static str)> {
    let media = match path.rsplit_once('.')?.1 {
        "html" => return Some(("text/html; charset=utf-8", ASK_AGAIN)),
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    };
    Some((media, if path.starts_with("assets/") { FOREVER } else { AN_HOUR }))
}
