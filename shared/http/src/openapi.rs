//! The OpenAPI document, made from the route tables and the Rust types, so that neither can say something else.

use std::collections::BTreeMap;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, Info, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{PROBLEMS, Problem};
use crate::{Authorization, Route};

/// What the document says of one operation beside its route.
pub struct Operation {
    id: &'static str,
    summary: &'static str,
    description: Option<&'static str>,
    query: Vec<(&'static str, &'static str)>,
    if_match: bool,
    idempotent: bool,
    body: Option<Typed>,
    replies: Vec<(u16, Option<Typed>)>,
    problems: Vec<&'static str>,
    schemas: Schemas,
}

type Schemas = Vec<(String, RefOr<Schema>)>;
/// A media type with its content.
type Typed = (&'static str, Content);

impl Operation {
    /// An operation by its id.
    pub fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            description: None,
            query: Vec::new(),
            if_match: false,
            idempotent: false,
            body: None,
            replies: Vec::new(),
            problems: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// What its users must know.
    #[must_use]
    pub const fn says(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    /// A query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, description: &'static str) -> Self {
        self.query.push((name, description));
        self
    }

    /// It takes `If-Match`.
    #[must_use]
    pub const fn if_match(mut self) -> Self {
        self.if_match = true;
        self
    }

    /// It takes `Idempotency-Key`.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Its JSON body.
    #[must_use]
    pub fn body<T: ToSchema>(mut self) -> Self {
        self.body = Some(("application/json", self.content::<T>()));
        self
    }

    /// A good answer with a JSON body.
    #[must_use]
    pub fn reply<T: ToSchema>(mut self, status: u16) -> Self {
        let content = self.content::<T>();
        self.replies.push((status, Some(("application/json", content))));
        self
    }

    /// A good answer without a body.
    #[must_use]
    pub fn no_content(mut self) -> Self {
        self.replies.push((204, None));
        self
    }

    /// It takes a form of `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form(mut self) -> Self {
        let form = ObjectBuilder::new().schema_type(Type::Object).build();
        self.body = Some(("application/x-www-form-urlencoded", ContentBuilder::new().schema(Some(form)).build()));
        self
    }

    /// It sends the browser to another page, without a body.
    #[must_use]
    pub fn see_other(mut self) -> Self {
        self.replies.push((303, None));
        self
    }

    /// It answers with a page of `text/html`, with one of these statuses.
    #[must_use]
    pub fn page(mut self, statuses: &[u16]) -> Self {
        let page =
            || ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String).build())).build();
        self.replies.extend(statuses.iter().map(|status| (*status, Some(("text/html", page())))));
        self
    }

    /// It answers with a table of `text/csv` instead, where `Accept` asks for it.
    #[must_use]
    pub fn csv(mut self) -> Self {
        let table = ObjectBuilder::new().schema_type(Type::String).build();
        self.replies.push((200, Some(("text/csv", ContentBuilder::new().schema(Some(table)).build()))));
        self
    }

    /// The codes of problems that are its own; those of its authorization are added.
    #[must_use]
    pub fn problems(mut self, codes: &[&'static str]) -> Self {
        self.problems.extend_from_slice(codes);
        self
    }

    fn content<T: ToSchema>(&mut self) -> Content {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        ContentBuilder::new().schema(Some(Ref::from_schema_name(T::name()))).build()
    }
}

/// What the gateway itself answers, in its own shape.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway makes it; here it is only described")]
struct GatewayAnswer {
    /// What it says, such as `Unauthorized`.
    message: String,
}

/// The document of one function.
pub struct Api {
    routes: &'static [Route],
    paths: Paths,
    schemas: Schemas,
}

impl Api {
    /// The document of a function's routes, of which each is then described once.
    pub fn new(routes: &'static [Route]) -> Self {
        Self { routes, paths: Paths::new(), schemas: Vec::new() }
    }

    /// Describes an operation. One that no route has is left out, and the test that compares document and routes finds
    /// it.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        let Some(route) = self.routes.iter().find(|route| route.operation == operation.id) else { return self };
        let method = match route.method {
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            "HEAD" => HttpMethod::Head,
            _ => HttpMethod::Get,
        };
        self.schemas.extend(operation.schemas.iter().cloned());
        self.paths.add_path_operation(route.path, vec![method], describe(route, operation));
        self
    }

    /// The document.
    pub fn build(mut self) -> OpenApi {
        Problem::schemas(&mut self.schemas);
        self.schemas.push((Problem::name().into_owned(), Problem::schema()));
        self.schemas.push((GatewayAnswer::name().into_owned(), GatewayAnswer::schema()));
        let components = self
            .schemas
            .into_iter()
            .fold(ComponentsBuilder::new(), |components, (name, schema)| components.schema(name, schema));
        let components: Components = components.build();
        OpenApiBuilder::new()
            .info(Info::new("Cloud Licensing", env!("CARGO_PKG_VERSION")))
            .paths(self.paths)
            .components(Some(components))
            .build()
    }
}

fn describe(route: &Route, operation: Operation) -> utoipa::openapi::path::Operation {
    let (scheme, own_problems): (Option<&str>, &[&str]) = match route.authorization {
        Authorization::Erp => {
            (Some("erpSignature"), &["invalid_signature", "malformed_body", "unsupported_media_type"])
        }
        Authorization::Portal => (Some("portal"), &["sign_in_required", "email_not_verified", "bound_elsewhere"]),
        Authorization::ServerToken => (Some("serverToken"), &["invalid_token"]),
        Authorization::Link | Authorization::None => (None, &[]),
    };
    let mut codes = [operation.problems.as_slice(), own_problems].concat();
    if operation.idempotent {
        codes.extend(["idempotency_key_required", "idempotency_key_reused"]);
    }
    if operation.if_match {
        codes.extend(["precondition_required", "version_mismatch"]);
    }
    let mut builder = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .description(operation.description)
        .tag(match route.authorization {
            Authorization::Erp => "erp",
            Authorization::Portal => "portal",
            Authorization::ServerToken => "appsuite",
            Authorization::Link => "link",
            Authorization::None => "open",
        });
    for name in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        builder = builder.parameter(parameter(name, ParameterIn::Path, true, None));
    }
    for (name, description) in operation.query {
        builder = builder.parameter(parameter(name, ParameterIn::Query, false, Some(description)));
    }
    if operation.idempotent {
        let about = "A fresh key for each write; a repeat with the same key is answered as the first.";
        builder = builder.parameter(parameter("Idempotency-Key", ParameterIn::Header, true, Some(about)));
    }
    if operation.if_match {
        let about = "The version that was seen, as the ETag gave it.";
        builder = builder.parameter(parameter("If-Match", ParameterIn::Header, true, Some(about)));
    }
    if let Some((media_type, content)) = operation.body {
        let body = RequestBodyBuilder::new().content(media_type, content).required(Some(Required::True));
        builder = builder.request_body(Some(body.build()));
    }
    for (status, contents) in replies_by_status(operation.replies) {
        let response = ResponseBuilder::new().description(match status {
            204 => "Done",
            303 => "Done; the page of `Location` shows it",
            _ => "Good",
        });
        let content = |response: ResponseBuilder, (media_type, content)| response.content(media_type, content);
        builder = builder.response(status.to_string(), contents.into_iter().fold(response, content).build());
    }
    for (status, codes) in by_status(&codes) {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let mut response =
            ResponseBuilder::new().description(codes.join(", ")).content("application/problem+json", problem);
        if status == 401 && route.authorization == Authorization::Portal {
            // The gateway refuses a token that is missing or not good before the function is asked.
            let answer = ContentBuilder::new().schema(Some(Ref::from_schema_name("GatewayAnswer"))).build();
            response = response.content("application/json", answer);
        }
        builder = builder.response(status.to_string(), response.build());
    }
    if let Some(scheme) = scheme {
        builder = builder.security(SecurityRequirement::new(scheme, Vec::<String>::new()));
    }
    builder.build()
}

fn parameter(
    name: &str,
    place: ParameterIn,
    required: bool,
    description: Option<&str>,
) -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(if required { Required::True } else { Required::False })
        .description(description)
        .schema(Some(text))
        .build()
}

/// The contents that each status can have.
fn replies_by_status(replies: Vec<(u16, Option<Typed>)>) -> BTreeMap<u16, Vec<Typed>> {
    let mut statuses: BTreeMap<u16, Vec<Typed>> = BTreeMap::new();
    for (status, content) in replies {
        statuses.entry(status).or_default().extend(content);
    }
    statuses
}

/// The codes of each status, sorted.
fn by_status(codes: &[&'static str]) -> BTreeMap<u16, Vec<&'static str>> {
    let mut statuses: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for (code, status) in PROBLEMS.iter().filter(|(code, _)| codes.contains(code)) {
        statuses.entry(*status).or_default().push(code);
    }
    statuses
}

/// One document of several functions' documents.
pub fn merge(documents: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let mut documents = documents.into_iter();
    let mut merged = documents.next().unwrap_or_default();
    for document in documents {
        for (path, item) in document.paths.paths {
            let into = merged.paths.paths.entry(path).or_default();
            into.merge_operations(item);
        }
        if let (Some(into), Some(from)) = (&mut merged.components, document.components) {
            into.schemas.extend(from.schemas);
        }
    }
    merged
}
