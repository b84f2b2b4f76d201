//! An answer of the server, read once, easy to ask.

use reqwest::{Response, StatusCode, header::HeaderMap};
use serde_json::Value;

use super::secrets;

/// Status, headers and body.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        secrets::note_answer(&headers, &text);
        assert!(status < 400 || !secrets::stands_in(&text), "a secret in a refusal: {text}");
        Self { status, headers, text }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// One field of the body, by JSON pointer.
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_else(|| panic!("no {pointer} in {}", self.text))
    }

    /// One text field of the body, by JSON pointer.
    pub fn text_at(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer} in {}", self.text)).to_owned()
    }

    /// Passes a reply of this status on.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} {}", StatusCode::from_u16(self.status).unwrap(), self.text);
        self
    }

    /// Passes a refusal of this status and code on, after checking its RFC 9457 form.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        let problem = reply.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        assert_eq!(problem["instance"], reply.headers["x-request-id"].to_str().unwrap(), "{problem}");
        assert!(matches!(status, 429 | 503) == reply.headers.contains_key("retry-after"), "{:?}", reply.headers);
        reply
    }

    /// The body of a refusal without what differs from request to request.
    pub fn without_request_id(&self) -> Value {
        let mut body = self.json();
        body.as_object_mut().unwrap().remove("instance");
        body
    }
}
