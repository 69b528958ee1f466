"""Options of the run, and what it covered."""

import pytest
from schemathesis import GenerationMode

from contract import answers, schema


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("input")
    group.addoption("--seed", type=int, default=20261124, help="what all input follows from")
    group.addoption("--examples", type=int, default=15, help="generated cases per operation")
    group.addoption("--histories", type=int, default=10, help="generated histories of several operations")


def pytest_configure(config: pytest.Config) -> None:
    schema.config.seed = config.getoption("--seed")
    schema.config.generation.update(
        modes=list(GenerationMode), max_examples=config.getoption("--examples"), database="none"
    )
    # A method that a path does not have is the gateway's business.
    schema.config.phases.coverage.unexpected_methods = set()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    total = sum(counter.total() for counter in answers.values())
    terminalreporter.section(f"{len(answers)} operations, {total} cases, seed {config.getoption('--seed')}")
    for operation, counter in sorted(answers.items()):
        statuses = ", ".join(f"{status} × {times}" for status, times in sorted(counter.items()))
        terminalreporter.line(f"{operation:20} {counter.total():5}   {statuses}")
