//! What our crates are made of and which of them may use which.

use crate::workspace::{self, Crate};

/// The rules themselves, and the documents that service and client share: they use no other crate of ours.
const LEAVES: &[&str] = &["licensing", "lease"];
/// What functions are built from.
const PARTS: &[&str] = &["http-api", "table", "mail", "keys", "brand", "stream"];

/// What a crate may use of ours: dependencies point inwards.
fn may_use(user: &Crate, other: &str) -> bool {
    let leaf = LEAVES.contains(&other);
    let part = PARTS.contains(&other);
    match (user.shelf(), user.name.as_str()) {
        ("shared", "licensing" | "lease") => false,
        // What customers install knows the documents, not the service.
        ("shared", "appsuite") | ("infra", "xtask") => other == "lease",
        ("shared", "brand" | "keys") => leaf,
        // It turns the faults of tables and keys into answers, and finds who has signed in.
        ("shared", "http-api") => leaf || ["brand", "keys", "table"].contains(&other),
        ("shared", _) => leaf || other == "brand",
        ("functions", _) => leaf || part,
        _ => true,
    }
}

#[test]
fn dependencies_point_inwards() {
    for user in workspace::crates() {
        for used in &user.uses {
            assert!(may_use(&user, used), "{} must not use {used}", user.name);
        }
    }
}

#[test]
fn leaf_crates_use_no_other_crate_of_ours_even_in_tests() {
    for user in workspace::crates().iter().filter(|user| LEAVES.contains(&user.name.as_str())) {
        assert_eq!(user.tests_use, Vec::<String>::new(), "{}", user.name);
    }
}

#[test]
fn a_crate_is_named_as_its_folder() {
    for one in workspace::crates() {
        // `http` is the name of the crate that everybody knows.
        let folder = one.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let expected = if folder == "http" { "http-api" } else { folder };
        assert_eq!(one.name, expected);
    }
}

#[test]
fn every_crate_states_its_purpose_in_a_readme_that_is_its_documentation() {
    for one in workspace::crates() {
        let readme = workspace::root().join(&one.folder).join("README.md");
        assert!(readme.is_file(), "{} has no README.md", one.name);
        let roots = ["src/lib.rs", "src/main.rs"].map(|path| workspace::root().join(&one.folder).join(path));
        let Some(top) = roots.iter().find(|path| path.is_file()) else { continue };
        let included = workspace::read(top).starts_with("#![doc = include_str!(\"../README.md\")]");
        assert!(included, "{} does not begin with its README", top.display());
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for one in workspace::crates() {
        let manifest = workspace::read(one.folder.join("Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}", one.name);
    }
}

/// Features that differ between two crates would build a dependency twice for the functions.
#[test]
fn versions_and_features_are_named_only_in_the_root_manifest() {
    for one in workspace::crates() {
        let manifest = workspace::read(one.folder.join("Cargo.toml"));
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let dependency = section.contains("dependencies") && line.contains('=');
            let inherited = line.contains("workspace = true") && !line.contains("features");
            assert!(!dependency || inherited, "{}: {line}", one.name);
        }
    }
}
