//! The closing lines of test runners, added up.

use std::fmt;
use std::ops::{Add, AddAssign};

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    /// Reads one line of output: what it counts if it closes a run of `cargo test`, nextest, pytest, Node or vitest,
    /// otherwise nothing.
    pub fn of_closing_line(line: &str) -> Self {
        let line = line.trim();
        if let Some((numbers, _)) = between_rules(line).and_then(|words| words.split_once(" in ")) {
            return Self::of_numbers(numbers);
        }
        if line.starts_with("test result: ") || line.starts_with("Summary [") {
            return Self::of_numbers(line);
        }
        if let Some(numbers) = line.strip_prefix("Tests ") {
            // Vitest parts its numbers by bars.
            return Self::of_numbers(&numbers.replace('|', ","));
        }
        Self::of_node(line).unwrap_or_default()
    }

    /// Node's test runner closes with one line for each number, such as `ℹ pass 12` or, as TAP, `# pass 12`.
    fn of_node(line: &str) -> Option<Self> {
        let (word, number) = line.strip_prefix("ℹ ").or(line.strip_prefix("# "))?.split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "pass" => Some(Self { passed: number, failed: 0 }),
            "fail" | "cancelled" => Some(Self { passed: 0, failed: number }),
            _ => None,
        }
    }

    fn of_numbers(line: &str) -> Self {
        let failures = ["failed", "timed out", "exec failed", "error", "errors"];
        Self {
            passed: number_before(line, "passed"),
            failed: failures.iter().map(|ending| number_before(line, ending)).sum(),
        }
    }

    /// Whether no test ran at all.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// What pytest writes in the middle of a line of `=`.
fn between_rules(line: &str) -> Option<&str> {
    line.strip_prefix("==")?.strip_suffix("==").map(|words| words.trim_matches('='))
}

/// The number in `12 passed`; 0 where the line has no such words.
fn number_before(line: &str, words: &str) -> u64 {
    line.split([',', ';', '.', ':', '('])
        .filter_map(|part| part.trim().strip_suffix(words))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, passed: u64, failed: u64) {
        assert_eq!(Counts::of_closing_line(line), Counts { passed, failed }, "{line}");
    }

    #[test]
    fn closing_lines_of_cargo_test_are_read() {
        check("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s", 3, 0);
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2);
    }

    #[test]
    fn closing_lines_of_nextest_are_read() {
        check("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped", 3, 0);
        check("     Summary [   1.005s] 7 tests run: 3 passed (1 slow), 2 failed, 1 timed out, 1 skipped", 3, 3);
    }

    #[test]
    fn closing_lines_of_vitest_are_read() {
        check("      Tests  26 passed (26)", 26, 0);
        check("      Tests  1 failed | 25 passed (26)", 25, 1);
    }

    #[test]
    fn closing_lines_of_pytest_are_read() {
        check("============================== 12 passed in 3.21s ==============================", 12, 0);
        check("======= 2 failed, 38 passed, 1 skipped, 2 errors in 83.20s (0:01:23) =======", 38, 4);
    }

    #[test]
    fn closing_lines_of_node_are_read() {
        check("ℹ pass 12", 12, 0);
        check("ℹ fail 2", 0, 2);
        check("# pass 12", 12, 0);
        check("# cancelled 1", 0, 1);
        check("ℹ tests 15", 0, 0);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("running 3 tests", 0, 0);
        check("the summary: 3 passed", 0, 0);
        check("=========================== 3 passed ===========================", 0, 0);
    }
}
