//! What a row of the route table says about itself.

use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        Content, Object, Ref, RefOr, Required, Schema,
        path::{OperationBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        response::ResponseBuilder,
    },
};

use super::{Schemas, schema::without_null};
use crate::domain::code::Code;

/// What one row says about its input and output. Rows call its methods; the problems every row of its kind can answer
/// with are added by themselves.
#[derive(Default)]
pub struct Docs {
    pub(super) operation: OperationBuilder,
    pub(super) schemas: Schemas,
    pub(super) problems: Vec<Code>,
}

impl Docs {
    /// Takes a JSON body of this type.
    pub fn body<T: ToSchema>(self) -> Self {
        self.takes::<T>(Required::True)
    }

    /// Takes a form of this type.
    pub fn form<T: ToSchema>(mut self) -> Self {
        let content = Content::new(Some(self.reference::<T>()));
        let media_type = "application/x-www-form-urlencoded";
        let body = RequestBodyBuilder::new().required(Some(Required::True)).content(media_type, content).build();
        self.operation = self.operation.request_body(Some(body));
        self.problems.extend([Code::InvalidBody, Code::BodyTooLarge, Code::UnsupportedMediaType]);
        self
    }

    /// Takes a JSON body of this type or none.
    pub fn optional_body<T: ToSchema>(self) -> Self {
        self.takes::<T>(Required::False)
    }

    fn takes<T: ToSchema>(mut self, required: Required) -> Self {
        let content = Content::new(Some(self.reference::<T>()));
        let body = RequestBodyBuilder::new().required(Some(required)).content("application/json", content).build();
        self.operation = self.operation.request_body(Some(body));
        self.problems.extend([Code::InvalidBody, Code::InvalidInput, Code::BodyTooLarge, Code::UnsupportedMediaType]);
        self
    }

    /// Takes these query parameters.
    pub fn query<T: IntoParams>(mut self) -> Self {
        let mut parameters = T::into_params(|| Some(ParameterIn::Query));
        for parameter in &mut parameters {
            parameter.schema = parameter.schema.take().map(without_null);
        }
        self.operation = self.operation.parameters(Some(parameters));
        self.problems.push(Code::InvalidQuery);
        self
    }

    /// Answers with JSON of this type.
    pub fn answer<T: ToSchema>(mut self, status: u16, what: &str) -> Self {
        let content = Content::new(Some(self.reference::<T>()));
        let response = ResponseBuilder::new().description(what).content("application/json", content).build();
        self.operation = self.operation.response(status.to_string(), response);
        self
    }

    /// Answers with objects of this type, one a line, for as long as the caller listens.
    pub fn lines<T: ToSchema>(mut self, media_type: &str, what: &str) -> Self {
        let content = Content::new(Some(self.reference::<T>()));
        let response = ResponseBuilder::new().description(what).content(media_type, content).build();
        self.operation = self.operation.response("200", response);
        self
    }

    /// Answers with something that is not JSON.
    pub fn document(self, media_type: &str, what: &str) -> Self {
        self.documents(&[media_type], what)
    }

    /// Answers with something that is not JSON, in one of several forms.
    pub fn documents(mut self, media_types: &[&str], what: &str) -> Self {
        let response = media_types.iter().fold(ResponseBuilder::new().description(what), |response, media_type| {
            response.content(*media_type, Content::new(Some(String::schema())))
        });
        self.operation = self.operation.response("200", response.build());
        self
    }

    /// Answers with a JSON object whose shape is told elsewhere.
    pub fn object(mut self, what: &str) -> Self {
        let content = Content::new(Some(Schema::Object(Object::new())));
        let response = ResponseBuilder::new().description(what).content("application/json", content);
        self.operation = self.operation.response("200", response.build());
        self
    }

    /// Answers without a body.
    pub fn empty(mut self, status: u16, what: &str) -> Self {
        self.operation = self.operation.response(status.to_string(), ResponseBuilder::new().description(what).build());
        self
    }

    /// May refuse with these codes, besides those every row of its kind has.
    pub fn problems(mut self, codes: &[Code]) -> Self {
        self.problems.extend(codes);
        self
    }

    pub(super) fn reference<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        self.schemas.extend(found);
        Ref::from_schema_name(T::name()).into()
    }
}
