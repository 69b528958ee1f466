//! What functions may do, by their hand-written statements.

use std::collections::BTreeSet;

use crate::template::{Function, Template};

/// Which function may read which ring of keys, and no other.
const READERS: &[(&str, &[&str])] = &[
    ("token-keys", &["mint-token", "check-in"]),
    ("link-keys", &["unlock", "send-mail"]),
    ("lease-keys", &["check-in"]),
    ("erp-keys", &["receive-order"]),
    ("event-keys", &["send-event"]),
];
/// Who may delete, and what: orders, licences, grants, servers and audit entries never are.
const MAY_DELETE: &[(&str, &str)] = &[
    ("receive-order", "an order's entry in the list of a customer whom a revision replaced, a request that is settled"),
    ("unlock", "a membership or request that was withdrawn"),
    ("assign", "the row of a server that never was activated"),
    ("account", "memberships, requests, summaries of accounts without access, and what names who is erased"),
];

#[test]
fn statements_name_single_actions_and_single_resources() {
    for (function, action, resource) in grants() {
        assert!(!action.contains('*'), "{function} may {action}");
        assert!(!resource.is_empty() && !resource.contains('*'), "{function} may {action} on {resource:?}");
    }
}

#[test]
fn nobody_scans_and_few_delete() {
    for (function, action, _) in grants() {
        assert_ne!(action, "dynamodb:Scan", "{function}");
        let listed = MAY_DELETE.iter().any(|(deletes, _)| *deletes == function);
        assert!(action != "dynamodb:DeleteItem" || listed, "{function} may delete");
    }
}

#[test]
fn each_ring_of_keys_is_read_by_its_functions_only() {
    let secrets: BTreeSet<(String, String)> = grants()
        .into_iter()
        .filter(|(_, action, _)| action.starts_with("secretsmanager:"))
        .map(|(function, action, resource)| {
            assert_eq!(action, "secretsmanager:GetSecretValue", "{function}");
            let (_, name) = resource.split_once("secret:${AWS::StackName}/").expect("a secret of this stack");
            // Secrets Manager ends every ARN with a hyphen and six characters of its own.
            (name.strip_suffix("-??????").expect("a whole name").to_owned(), function)
        })
        .collect();
    let allowed = READERS
        .iter()
        .flat_map(|(ring, readers)| readers.iter().map(|reader| ((*ring).to_owned(), (*reader).to_owned())));
    assert_eq!(secrets, allowed.collect());
}

#[test]
fn a_function_without_table_actions_has_no_statement_at_all() {
    for function in Template::read().functions() {
        let actions: Vec<&String> = function.statements.iter().flat_map(|statement| &statement.actions).collect();
        let reads = actions.iter().any(|action| action.starts_with("dynamodb:"));
        assert!(reads || actions.is_empty(), "{}", function.id);
    }
}

/// Function, action, resource.
fn grants() -> Vec<(String, String, String)> {
    Template::read().functions().into_iter().flat_map(grants_of).collect()
}

fn grants_of(function: Function) -> Vec<(String, String, String)> {
    let mut grants = Vec::new();
    for statement in function.statements {
        for action in statement.actions {
            for resource in &statement.resources {
                grants.push((function.binary.clone(), action.clone(), resource.clone()));
            }
        }
    }
    grants
}
