"""The README's transcript is run, line by line, and says what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance import boards

ROOT = Path(__file__).parents[1]


def transcript():
    """Return the commands of the transcript, each with the output that is shown below it."""
    text = (ROOT / "README.md").read_text()
    block = re.search(r"<!-- transcript -->\n```console\n(.*?)```", text, re.DOTALL)[1]
    steps = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    return steps


@pytest.mark.xdist_group("demonstration")
def test_the_transcript_is_what_happens(reachable):
    """Each command of the transcript prints what the README shows, in a fresh folder; its demonstration is there, made by that command."""
    boards.told_already(reachable / "severnbrook")
    programs = reachable / "bin"
    programs.mkdir()
    for name, command in {"muniment": f"{sys.executable} -m service.cli", "python": sys.executable}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec env PYTHONPATH={ROOT} {command} "$@"\n')
        (programs / name).chmod(0o755)
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "200"}
    script, marks = ["set -e -o pipefail", f"cd {reachable}"], []
    for number, (command, _) in enumerate(transcript()):
        allowed = (
            f"{{ {command.partition('   #')[0]}\n}} || true" if command.startswith("muniment verify") else command.partition("   #")[0]
        )
        marks.append(f"--- {number} ---")
        script += [f"echo '{marks[-1]}'", allowed]
    done = subprocess.run(["bash", "-c", "\n".join(script)], env=environ, capture_output=True, text=True, timeout=240, check=False)
    shutil.rmtree(reachable / "severnbrook", ignore_errors=True)

    assert done.returncode == 0, done.stderr
    outputs = [part.strip("\n").splitlines() for part in re.split(r"--- \d+ ---\n", done.stdout)[1:]]
    for (command, shown), output in zip(transcript(), outputs, strict=True):
        assert output[: len(shown)] == shown if shown else True, command
        assert len(output) == len(shown) or command.startswith("muniment verify"), command
