"""Another statement key in the place of the one that there is, as the runbook has it."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from aggregates.registry import Keys
from service.application import Board
from service.ledger import keys
from service.ledger.errors import KeyNotLive
from service.ledger.sealed import custody, statement_key
from service.ledger.sealed.rewrapping import StillRunning

if TYPE_CHECKING:
    from tests.boards import Seeded


def opened(it: Seeded, data=None) -> closing[Board]:
    """Open the board with the keys that are in its folder now, or in another one."""
    return closing(Board(it.config, keys.load(data or it.config), clock=it.clock))


def test_a_new_statement_key_signs_and_the_old_one_signs_nothing_more(seeded, tmp_path):
    """It is refused while the service runs; then both keys prove themselves, the log goes on under the new one and refuses the old one.

    Whatever it was interrupted after, running it again brings it to its end, and enrols no third key. A copy of the keys that was made
    before is told from one that would serve.
    """
    folder, old = seeded.config.data / "keys", tmp_path / "old"
    with pytest.raises(StillRunning):
        statement_key.rotate(seeded.config, lambda: opened(seeded))
    seeded.board.close()
    shutil.copytree(folder, old / "keys")
    named = statement_key.rotate(seeded.config, lambda: opened(seeded))
    shutil.copy(folder / keys.STATEMENT, folder / statement_key.NEW)  # as it stood before the last step, and before the one before it
    shutil.copy(old / "keys" / keys.STATEMENT, folder / keys.STATEMENT)
    shutil.copy(old / "keys" / keys.PUBLIC, folder / keys.PUBLIC)

    assert statement_key.rotate(seeded.config, lambda: opened(seeded)) == named
    with opened(seeded) as seeded.board:
        board = seeded.board
        registry = board.find(Keys, "keys").state
        seeded.act("riv-lead", "accept_action", "A1")
        (last,) = board.registry.all()[-1:]
        signer = board.registry.signer(board.recorder.size)
    live = [key.thumbprint for key in registry.keys if key.status == "live" and key.purpose == "service-statements"]
    assert live == [named]
    assert (last.thumbprint, signer.thumbprint) == (named, named)
    assert custody.check(seeded.config, seeded.config.data) == dict.fromkeys(("log.key", "statement.key", "wrapping.key"), True)
    assert custody.check(seeded.config, old) == {"log.key": True, "statement.key": False, "wrapping.key": True}
    with opened(seeded, replace(seeded.config, data=old)) as seeded.board, pytest.raises(KeyNotLive):
        seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half is read")


def test_a_copy_of_the_keys_is_looked_for_where_it_lies(seeded, tmp_path):
    """Whoever names the folder of the keys itself, or one that lacks a file, is told what is not there, and not to begin a board."""
    copy = shutil.copytree(seeded.config.data / "keys", tmp_path / "copied" / "keys")
    with pytest.raises(custody.NoWholeCopy, match=f"{copy / 'keys'} is not there. Give the folder in which the copy lies as `keys`"):
        custody.check(seeded.config, copy)
    (copy / keys.WRAPPING).unlink()
    with pytest.raises(custody.NoWholeCopy, match=r"wrapping\.key is not there"):
        custody.check(seeded.config, copy.parent)
