//! Functions and routes: what the template declares is what the code has.

use std::collections::{BTreeMap, BTreeSet};

use http_api::Authorization;

use crate::functions::DECLARED;
use crate::template::{Route, Template};
use crate::workspace;

#[test]
fn every_function_crate_is_a_function_of_the_stack_under_its_own_name() {
    let crates: BTreeSet<String> =
        workspace::crates().into_iter().filter(|one| one.shelf() == "functions").map(|one| one.name).collect();
    let functions = Template::read().functions();
    assert_eq!(functions.iter().map(|function| function.binary.clone()).collect::<BTreeSet<_>>(), crates);
    for function in functions {
        assert_eq!(function.folder, format!("functions/{}", function.binary));
        assert_eq!(function.id, format!("{}Function", capitalized(&function.binary)));
    }
}

#[test]
fn no_route_is_declared_twice() {
    let mut seen = BTreeSet::new();
    for route in Template::read().functions().into_iter().flat_map(|function| function.routes) {
        assert!(seen.insert(format!("{} {}", route.method, route.path)), "{route:?}");
        assert!(seen.insert(route.operation.clone()), "{route:?}");
    }
}

#[test]
fn a_route_has_the_default_authorizer_or_says_none() {
    for route in Template::read().functions().into_iter().flat_map(|function| function.routes) {
        assert!(matches!(route.authorizer.as_deref(), None | Some("NONE")), "{route:?}");
    }
    assert_eq!(Template::read().properties("Api")["Auth"]["DefaultAuthorizer"], "Portal");
}

#[test]
fn the_template_has_exactly_the_routes_that_the_functions_declare() {
    let mut functions: BTreeMap<String, Vec<Route>> =
        Template::read().functions().into_iter().map(|function| (function.binary, function.routes)).collect();
    for function in DECLARED {
        let mut declared: Vec<Route> = function.routes.iter().map(as_event).collect();
        declared.sort();
        let mut events = functions.remove(function.name).unwrap_or_default();
        events.sort();
        assert_eq!(events, declared, "{}", function.name);
    }
    assert!(functions.values().all(Vec::is_empty), "routes of functions that declare none");
}

/// A declared route as the template has to write it.
fn as_event(route: &http_api::Route) -> Route {
    Route {
        method: route.method.to_owned(),
        path: route.path.to_owned(),
        operation: route.operation[..1].to_uppercase() + &route.operation[1..],
        // Portal routes have the default authorizer; the others are checked by their function.
        authorizer: (route.authorization != Authorization::Portal).then(|| "NONE".to_owned()),
    }
}

/// `receive-order` as `ReceiveOrder`.
fn capitalized(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('-').map(capital).collect()
}
