//! Reads what tests need of `template.yaml`.

use yaml_serde::{Mapping, Value};

use crate::workspace;

/// The stack as declared.
pub struct Template {
    parameters: Mapping,
    resources: Mapping,
    globals: Value,
}

/// One function of the stack.
pub struct Function {
    /// Its logical id.
    pub id: String,
    /// The folder that it is built from.
    pub folder: String,
    /// The binary that it runs.
    pub binary: String,
    /// Its routes.
    pub routes: Vec<Route>,
    /// What it may do.
    pub statements: Vec<Statement>,
}

/// One route of the API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The method in upper case.
    pub method: String,
    /// The path as API Gateway writes it.
    pub path: String,
    /// The event's logical id, which is the operation's id with a capital.
    pub operation: String,
    /// The authorizer that it names instead of the default one.
    pub authorizer: Option<String>,
}

/// One statement of a function's policy.
pub struct Statement {
    /// Actions, such as `dynamodb:Query`.
    pub actions: Vec<String>,
    /// Resources; what `!Ref`, `!GetAtt` and `!Sub` take stands for what they give.
    pub resources: Vec<String>,
}

impl Template {
    /// Reads the file.
    pub fn read() -> Self {
        let template: Value = yaml_serde::from_str(&workspace::read("template.yaml")).expect("template.yaml is YAML");
        let resources = template["Resources"].as_mapping().expect("a template has resources").clone();
        let parameters = template["Parameters"].as_mapping().expect("a template has parameters").clone();
        Self { parameters, resources, globals: template["Globals"]["Function"].clone() }
    }

    /// What whoever deploys is asked for, by name.
    pub fn parameters(&self) -> impl Iterator<Item = (String, &Value)> {
        self.parameters.iter().map(|(name, parameter)| (text(name), parameter))
    }

    /// The properties of a resource.
    pub fn properties(&self, id: &str) -> &Value {
        &self.resources.get(id).unwrap_or_else(|| panic!("template.yaml has no {id}"))["Properties"]
    }

    /// The names of the variables that functions' environments have, all of them or one.
    pub fn variables(&self) -> Vec<String> {
        let own = self.resources.values().map(|resource| &resource["Properties"]);
        let all = own.chain([&self.globals]).flat_map(|of| mapping(&of["Environment"]["Variables"]));
        all.map(|(name, _)| name).collect()
    }

    /// The logical ids of all resources of a type.
    pub fn ids(&self, of: &str) -> Vec<String> {
        self.resources.iter().filter(|(_, resource)| resource["Type"] == of).map(|(id, _)| text(id)).collect()
    }

    /// All functions.
    pub fn functions(&self) -> Vec<Function> {
        let resources = self.resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        resources.map(|(id, resource)| function(text(id), resource)).collect()
    }
}

fn function(id: String, resource: &Value) -> Function {
    let properties = &resource["Properties"];
    let events = mapping(&properties["Events"]).filter(|(_, event)| event["Type"] == "HttpApi");
    Function {
        id,
        folder: text(&properties["CodeUri"]),
        binary: text(&resource["Metadata"]["BuildProperties"]["Binary"]),
        routes: events.map(|(operation, event)| route(operation, &event["Properties"])).collect(),
        statements: list(&properties["Policies"]).iter().flat_map(statements).collect(),
    }
}

fn route(operation: String, properties: &Value) -> Route {
    let authorizer = &properties["Auth"]["Authorizer"];
    Route {
        method: text(&properties["Method"]),
        path: text(&properties["Path"]),
        operation,
        authorizer: authorizer.as_str().map(str::to_owned),
    }
}

fn statements(policy: &Value) -> Vec<Statement> {
    let statements = list(&policy["Statement"]);
    // SAM's ready policies grant more than their names say.
    assert!(!statements.is_empty(), "a policy that is no statement of our own: {policy:?}");
    statements
        .iter()
        .map(|statement| Statement {
            actions: list(&statement["Action"]).iter().map(text).collect(),
            resources: list(&statement["Resource"]).iter().map(text).collect(),
        })
        .collect()
}

/// The entries of a list, or the one value that stands in its place.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Sequence(entries) => entries.clone(),
        single => vec![single.clone()],
    }
}

fn mapping(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    value.as_mapping().into_iter().flatten().map(|(name, value)| (text(name), value))
}

/// A text, also one that a `!Ref`, `!GetAtt` or `!Sub` takes.
fn text(value: &Value) -> String {
    match value {
        Value::Tagged(tagged) => text(&tagged.value),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}
