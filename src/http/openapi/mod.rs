//! The OpenAPI 3.1 document, made from the route table and the types the handlers read and write.

mod docs;
mod schema;

use std::collections::BTreeMap;

use utoipa::{
    ToSchema,
    openapi::{
        ComponentsBuilder, Content, HttpMethod, InfoBuilder, KnownFormat, LicenseBuilder, ObjectBuilder, OpenApi,
        OpenApiBuilder, Ref, RefOr, Required, Schema, SchemaFormat, Type,
        path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, PathsBuilder},
        response::ResponseBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

pub use docs::Docs;
use schema::kind_schema;

use super::{
    problem::{self, ProblemBody},
    routes::{self, Access, Endpoint, Verb},
};
use crate::domain::{code::Code, principal::Role};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The document as JSON text.
pub(super) fn json() -> String {
    serde_json::to_string(&document()).unwrap_or_default()
}

/// The document.
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut first = Docs::default();
    first.reference::<ProblemBody>();
    let mut schemas = first.schemas;
    for row in routes::all() {
        let (item, used) = describe(row);
        paths = paths.path(row.path, item);
        schemas.extend(used);
    }
    if schemas.contains_key("Kind") {
        schemas.insert("Kind".into(), kind_schema());
    }
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme("bearer", SecurityScheme::Http(bearer()))
        .security_scheme("cookie", SecurityScheme::ApiKey(cookie()))
        .security_scheme("service", SecurityScheme::Http(service()));
    let info = InfoBuilder::new()
        .title("Voxgate")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Multi-tenant authentication with MFA, a live audit stream and real-time force logout."))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()));
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components.build())).build()
}

fn bearer() -> utoipa::openapi::security::Http {
    HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build()
}

fn service() -> utoipa::openapi::security::Http {
    let what = "The key of a service, `vgs_…`. Opens the routes that name one of its scopes, and no others.";
    HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(what)).build()
}

fn cookie() -> ApiKey {
    let what = "For browsers. Counts only together with the header `X-Voxgate-Client: web` and an allowed Origin.";
    ApiKey::Cookie(ApiKeyValue::with_description("__Host-voxgate_access", what))
}

fn describe(row: &'static Endpoint) -> (PathItem, Schemas) {
    let Docs { mut operation, schemas, mut problems } = (row.docs)(Docs::default());
    for name in row.path.split(['{', '}']).skip(1).step_by(2) {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        operation = operation.parameter(parameter.schema(Some(path_schema(name))).build());
    }
    if row.repeatable {
        operation = operation.parameter(idempotency_key());
    }
    problems.extend(problems_of(row));
    operation = with_problems(operation, problems)
        .operation_id(Some(row.name))
        .summary(Some(row.summary))
        .description(Some(description(row)))
        .tag(row.name.split('.').next().unwrap_or_default());
    if row.access.roles().is_some() {
        operation = operation
            .security(SecurityRequirement::new("bearer", Vec::<String>::new()))
            .security(SecurityRequirement::new("cookie", Vec::<String>::new()));
    }
    if let Access::Service(scope) = row.access {
        operation = operation.security(SecurityRequirement::new("service", [scope.as_str()]));
    }
    (PathItem::new(http_method(row.method), operation), schemas)
}

fn idempotency_key() -> Parameter {
    let what = "Chosen by the client, 16 to 128 characters. Sent again within 24 hours with the same body by the same \
                caller (without a token: from the same address), the answer is the same and nothing is done twice.";
    let text: RefOr<Schema> = ObjectBuilder::new().schema_type(Type::String).into();
    let parameter = ParameterBuilder::new().name("Idempotency-Key").parameter_in(ParameterIn::Header);
    parameter.required(Required::False).description(Some(what)).schema(Some(text)).build()
}

fn path_schema(name: &str) -> RefOr<Schema> {
    let format = (name != "file").then_some(SchemaFormat::KnownFormat(KnownFormat::Uuid));
    ObjectBuilder::new().schema_type(Type::String).format(format).into()
}

fn http_method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
        Verb::Put => HttpMethod::Put,
        Verb::Patch => HttpMethod::Patch,
        Verb::Delete => HttpMethod::Delete,
    }
}

fn description(row: &Endpoint) -> String {
    let who = match row.access {
        Access::Public => "Needs no token.".to_owned(),
        Access::Ticket => "Needs a live ticket or an access token.".to_owned(),
        Access::Signed(roles) => for_roles(roles),
        Access::Enrolling(roles) => {
            format!("{} Also with the token of a sign-in that waits for a demanded second factor.", for_roles(roles))
        }
        Access::Service(scope) => format!("For services whose key has the scope `{}`.", scope.as_str()),
    };
    let step_up = if row.step_up { " Needs a proof of identity of the last five minutes (step-up)." } else { "" };
    let kinds: Vec<_> = row.audited.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    let audit = if kinds.is_empty() { String::new() } else { format!(" Audited as {}.", kinds.join(", ")) };
    format!("{who}{step_up}{audit}")
}

fn for_roles(roles: &[Role]) -> String {
    format!("For: {}.", roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", "))
}

/// The problems that come with the kind of row.
fn problems_of(row: &Endpoint) -> Vec<Code> {
    let mut codes = vec![Code::Internal, Code::Unavailable];
    if row.bucket != routes::Bucket::Free {
        codes.push(Code::TooManyRequests);
    }
    if row.path.starts_with("/api/") {
        codes.push(Code::OriginRefused);
    }
    if row.method != Verb::Get || row.access.roles().is_some() {
        codes.push(Code::DuplicateCookie);
    }
    if let Some(roles) = row.access.roles() {
        codes.extend([Code::Unauthenticated, Code::SessionRevoked, Code::RightsChanged]);
        codes.extend((roles.len() < routes::EVERYBODY.len()).then_some(Code::Forbidden));
    }
    if let Access::Service(_) = row.access {
        codes.extend([Code::Unauthenticated, Code::InsufficientScope]);
    }
    codes.extend(row.step_up.then_some(Code::ReauthenticationRequired));
    if row.repeatable {
        codes.extend([Code::InvalidIdempotencyKey, Code::IdempotencyConflict, Code::IdempotencyKeyReused]);
    }
    codes.extend(row.path.contains('{').then_some(Code::NotFound));
    codes
}

/// One response a status, which names the codes it may carry.
fn with_problems(mut operation: OperationBuilder, codes: Vec<Code>) -> OperationBuilder {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes {
        let names = by_status.entry(code.status()).or_default();
        if !names.contains(&code.as_str()) {
            names.push(code.as_str());
        }
    }
    for (status, names) in by_status {
        let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
        let content = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
        let response = ResponseBuilder::new().description(names.join(", ")).content(problem::MEDIA_TYPE, content);
        operation = operation.response(status.to_string(), response.build());
    }
    operation
}
