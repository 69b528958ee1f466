"""Whoever runs the stack, with the commands of infra/README.md."""

import subprocess
from pathlib import Path

from cloud import client, setting
from stack import Stack


class Engineer:
    """Whoever keeps the root and changes what is in the secrets."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        for name in stack.rings:
            self.fetch(name)

    def fetch(self, name: str) -> None:
        """`aws secretsmanager get-secret-value`"""
        found = client("secretsmanager").get_secret_value(SecretId=f"{self.stack.name}/{name}")
        (self.folder / f"{name}.json").write_text(found["SecretString"], encoding="utf-8")

    def put(self, name: str) -> None:
        """`aws secretsmanager put-secret-value`"""
        text = (self.folder / f"{name}.json").read_text(encoding="utf-8")
        client("secretsmanager").put_secret_value(SecretId=f"{self.stack.name}/{name}", SecretString=text)

    def root(self, *words: str) -> str:
        """`cargo xtask root`"""
        command = [setting("XTASK"), "root", *words]
        return subprocess.run(command, cwd=self.folder, text=True, capture_output=True, check=True).stdout

    def rotate(self, name: str, *words: str) -> str:
        said = self.root(*words, f"{name}.json")
        self.put(name)
        return said
