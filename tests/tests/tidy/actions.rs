//! Which actions of the table a function's code can reach, read from the sources.
//!
//! Names stand for functions: one called `put_order` is every function of that name. So this finds too much rather
//! than too little, and what it finds is what a statement has to grant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::template::Template;
use crate::workspace;

type Actions = BTreeSet<&'static str>;

/// How the table crate asks the SDK for an action.
const REQUESTS: &[(&str, &str)] = &[
    (".get_item()", "dynamodb:GetItem"),
    (".batch_get_item()", "dynamodb:BatchGetItem"),
    (".query()", "dynamodb:Query"),
    (".put_item()", "dynamodb:PutItem"),
    (".update_item()", "dynamodb:UpdateItem"),
    (".delete_item()", "dynamodb:DeleteItem"),
    (".scan()", "dynamodb:Scan"),
    ("TransactWriteItem::builder().put(", "dynamodb:PutItem"),
    ("TransactWriteItem::builder().update(", "dynamodb:UpdateItem"),
    ("TransactWriteItem::builder().delete(", "dynamodb:DeleteItem"),
    ("TransactWriteItem::builder().condition_check(", "dynamodb:ConditionCheckItem"),
];

#[test]
fn a_function_may_do_to_the_table_exactly_what_its_code_does() {
    let table = of_table();
    let differences: Vec<String> = Template::read()
        .functions()
        .into_iter()
        .filter_map(|function| {
            let granted = function.statements.iter().flat_map(|statement| &statement.actions);
            let granted: BTreeSet<&str> =
                granted.map(String::as_str).filter(|action| action.starts_with("dynamodb:")).collect();
            let used = of_function(&function.folder, &table);
            (granted != used).then(|| format!("{} is granted {granted:?}, but uses {used:?}", function.id))
        })
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

/// What each public function of the table crate does.
fn of_table() -> BTreeMap<String, Actions> {
    let functions = functions("shared/table/src");
    let requested = |body: &str| {
        let found = REQUESTS.iter().filter(|(request, _)| body.contains(request));
        found.map(|(_, action)| *action).collect()
    };
    let own_calls = |body: &str| called(body, |before| before.ends_with("self."));
    let all = closed(&functions, requested, own_calls);
    let public: BTreeSet<&String> =
        functions.iter().filter(|function| function.public).map(|function| &function.name).collect();
    all.iter()
        .filter(|(name, _)| public.contains(name))
        .map(|(name, actions)| (name.clone(), actions.clone()))
        .collect()
}

/// What the crate in a folder does, through the table crate and through what it calls of the HTTP crate.
fn of_function(folder: &str, table: &BTreeMap<String, Actions>) -> Actions {
    let through = |known: &BTreeMap<String, Actions>, body: &str| {
        called(body, |_| true).iter().filter_map(|name| known.get(name)).flatten().copied().collect::<Actions>()
    };
    let all_calls = |body: &str| called(body, |_| true);
    let mut known = closed(&functions("shared/http/src"), |body| through(table, body), all_calls);
    known.retain(|_, actions| !actions.is_empty());
    for (name, actions) in table {
        known.entry(name.clone()).or_default().extend(actions);
    }
    functions(&format!("{folder}/src")).iter().flat_map(|function| through(&known, &function.body)).collect()
}

/// Own actions of functions and those of what they call among themselves, until nothing more is found.
fn closed(
    functions: &[Function],
    own: impl Fn(&str) -> Actions,
    calls: impl Fn(&str) -> BTreeSet<String>,
) -> BTreeMap<String, Actions> {
    let mut all: BTreeMap<String, Actions> = BTreeMap::new();
    for function in functions {
        all.entry(function.name.clone()).or_default().extend(own(&function.body));
    }
    loop {
        let before = all.clone();
        for function in functions {
            let calls = calls(&function.body);
            let reached = calls.iter().filter_map(|name| before.get(name)).flatten();
            all.entry(function.name.clone()).or_default().extend(reached);
        }
        if all == before {
            return all;
        }
    }
}

struct Function {
    name: String,
    public: bool,
    body: String,
}

/// All functions below a folder, tests left out.
fn functions(folder: &str) -> Vec<Function> {
    let files = workspace::files();
    let sources = files.iter().filter(|path| path.starts_with(folder) && path.extension().is_some_and(|it| it == "rs"));
    sources.filter(|path| !is_test(path)).flat_map(|path| functions_of(&workspace::read(path))).collect()
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part.to_str().is_some_and(|part| part.trim_end_matches(".rs") == "tests"))
}

/// The functions of a formatted source: each ends with the brace that stands where its first line began.
fn functions_of(source: &str) -> Vec<Function> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, line, name_of(line)?)));
    let with_body = |(at, line, name): (usize, &&str, &str)| {
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let body: Vec<&str> = lines[at + 1..].iter().take_while(|line| **line != end).copied().collect();
        Function { name: name.to_owned(), public: line.trim_start().starts_with("pub "), body: body.join("\n") }
    };
    starts.map(with_body).collect()
}

/// The name that a line begins to define, such as `put` of `pub async fn put(`.
fn name_of(line: &str) -> Option<&str> {
    let (words, rest) = line.split_once("fn ")?;
    let modifiers =
        words.split_whitespace().all(|word| matches!(word, "pub" | "pub(crate)" | "pub(super)" | "async" | "const"));
    let end = rest.find(|character: char| !is_part_of_name(character))?;
    (modifiers && end > 0).then(|| &rest[..end])
}

/// The names that are called in a body, where what stands before the name is as wanted.
fn called(body: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in body.match_indices(['(', ':']) {
        let (before, after) = body.split_at(at);
        if after.starts_with('(') || after.starts_with("::<") {
            let name = &before[before.trim_end_matches(is_part_of_name).len()..];
            if !name.is_empty() && wanted(&before[..before.len() - name.len()]) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn is_part_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[test]
fn names_and_calls_are_read_from_a_source() {
    let source = "impl A {\n    pub async fn one(\n        &self,\n    ) {\n        self.two::<B>(key(c)).await\n    }\n}\nfn three() {\n    four()\n}\n";
    let found = functions_of(source);
    assert_eq!(
        found.iter().map(|one| (one.name.as_str(), one.public)).collect::<Vec<_>>(),
        [("one", true), ("three", false)]
    );
    assert_eq!(called(&found[0].body, |_| true).into_iter().collect::<Vec<_>>(), ["key", "two"]);
    assert_eq!(called(&found[0].body, |before| before.ends_with("self.")).into_iter().collect::<Vec<_>>(), ["two"]);
}
