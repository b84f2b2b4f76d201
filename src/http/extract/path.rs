//! Ids in the path. What is no id is answered like an id nobody has.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;

use crate::{
    domain::code::{Code, Refusal},
    http::problem::Problem,
};

/// The one id in the path.
pub(in crate::http) struct PathId<T>(pub(in crate::http) T);

/// The two ids in the path, the outer one first.
pub(in crate::http) struct PathIds<A, B>(pub(in crate::http) A, pub(in crate::http) B);

impl<T: From<Uuid> + 'static> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(id(request, "id").map(Self).map_err(Problem))
    }
}

impl<A: From<Uuid> + 'static, B: From<Uuid> + 'static> FromRequest for PathIds<A, B> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ids = id(request, "id").and_then(|outer| Ok(Self(outer, id(request, "sid")?)));
        ready(ids.map_err(Problem))
    }
}

fn id<T: From<Uuid>>(request: &HttpRequest, name: &str) -> Result<T, Refusal> {
    let text = request.match_info().get(name).unwrap_or_default();
    parse(text).map(T::from).ok_or_else(|| Code::NotFound.into())
}

/// Only the one spelling with hyphens in lower case: an id has one address.
fn parse(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(parse(id).map(|id| id.to_string()).as_deref(), Some(id));
        let strange = [id.to_uppercase(), id.replace('-', ""), format!("{{{id}}}"), format!("urn:uuid:{id}")];
        for text in strange.iter().map(String::as_str).chain(["me", "", "1 OR 1=1", "../../x"]) {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
