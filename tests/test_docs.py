"""The documents say what the product does: nothing is declared that they leave out."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import click

from service import cli
from service.config import SETTINGS

ROOT = Path(__file__).parents[1]


def test_the_catalogues_are_those_of_the_code():
    """ops/events.md, ops/commands.md and ops/obligations.md say what the declarations say."""
    said = runpy.run_path(str(ROOT / "ops" / "catalogue.py"))

    assert said["catalogue"]() == (ROOT / "ops" / "events.md").read_text()
    assert said["command_list"]() == (ROOT / "ops" / "commands.md").read_text()
    assert said["clause_table"]() == (ROOT / "ops" / "obligations.md").read_text()


def test_every_setting_is_explained():
    """ops/env.example names every setting, and no other."""
    named = set(re.findall(r"^#? ?(MUNIMENT_[A-Z0-9_]+)=", (ROOT / "ops" / "env.example").read_text(), re.MULTILINE))

    assert named == {*SETTINGS, "MUNIMENT_PG_BIN"}


def test_every_command_says_what_it_does():
    """Every command of the command line has a help that begins with a sentence."""
    silent = [
        name for name, command in cli.main.commands.items() if not isinstance(command, click.Command) or "." not in (command.help or "")
    ]

    assert silent == []


def test_the_readme_is_short_and_its_links_lead_somewhere():
    """README.md has at most 150 lines, and every file that it links to is there."""
    text = (ROOT / "README.md").read_text()
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]

    assert len(text.splitlines()) <= 150
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_attack_is_carried_out():
    """Each attack that ops/attacks.md lists is carried out by the tests that it names, or is said to be the honest limit."""
    rows = [row.split("|")[1:4] for row in (ROOT / "ops/attacks.md").read_text().splitlines() if row.startswith("| ")][1:]
    named = {attack: re.findall("`(tests/[^`]+)`", tests) for attack, tests, _ in rows}
    missing = [
        name
        for names in named.values()
        for name in names
        if f"def {name.partition('::')[2]}" not in (ROOT / name.partition("::")[0]).read_text()
    ]

    assert missing == []
    assert {attack for attack, _, caught in rows if not named[attack] and "honest limit" not in caught} == set()
    assert len(rows) >= 28
