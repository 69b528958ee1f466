//! What every file of the clone keeps to.

use std::fs;
use std::path::Path;

use crate::workspace;

/// A file longer than this holds more than one idea.
const RUST_LINES_MAX: usize = 400;
/// Longer files that wait to be split; this list only shrinks.
const LONG_FILES: &[&str] = &[];

#[test]
fn no_rust_file_is_long() {
    for path in workspace::files().iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
        let lines = workspace::read(path).lines().count();
        let excepted = LONG_FILES.iter().any(|long| Path::new(long) == path);
        assert_eq!(lines > RUST_LINES_MAX, excepted, "{} has {lines} lines", path.display());
    }
    for path in LONG_FILES {
        assert!(workspace::root().join(path).is_file(), "{path} is gone: take it off the list");
    }
}

/// Where packages come from is a setting of the machine. A named host would break builds behind a mirror.
#[test]
fn no_file_names_a_package_registry() {
    // In halves, so that this file does not name them.
    let hosts = [
        ["crates", "io"],
        ["pypi", "org"],
        ["pythonhosted", "org"],
        ["npmjs", "org"],
        ["deb.debian", "org"],
        ["proxy.golang", "org"],
    ]
    .map(|halves| halves.join("."));
    // Cargo writes the name of its default registry into the lock file.
    for path in workspace::files().iter().filter(|path| !path.ends_with("Cargo.lock")) {
        let text = fs::read(workspace::root().join(path)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let named = hosts.iter().find(|host| text.contains(host.as_str()));
        assert_eq!(named, None, "{}", path.display());
    }
}

#[test]
fn text_ends_with_a_newline_and_has_no_tabs_or_blanks_at_the_end_of_a_line() {
    let endings = ["rs", "toml", "md", "yaml", "sh"];
    let text = |path: &Path| path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one));
    for path in workspace::files().iter().filter(|path| text(path)) {
        let text = workspace::read(path);
        assert!(text.is_empty() || text.ends_with('\n'), "{} lacks the last newline", path.display());
        for (number, line) in (1..).zip(text.lines()) {
            let clean = line.trim_end() == line && !line.contains('\t');
            assert!(clean, "{}:{number} has a tab or ends with a blank", path.display());
        }
    }
}
