"""The attacks of ledger.md §8, each against the running product and its database: what an auditor is told, and what the product does.

An auditor holds the log's key, which the Board published, and sometimes a checkpoint kept from an earlier day.
"""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import StoredEvent
from psycopg import sql

from aggregates.action import Action
from aggregates.authority import Acting
from service.application import Board
from service.ledger import keys
from service.ledger.checkpoint import LogKey
from service.ledger.errors import EventKnown, HeadNotOurs, HeadWentBack, KeyNotLive, NotAStatement
from service.ledger.statement import Signer, StatementKey
from service.verify import PRIME, SMALL_ORDER, b64url, canonical, thumbprint, unb64url
from tests.acceptance import boards
from tests.acceptance.boards import CLOCK, ORIGIN, establish, line, person, progress
from tests.acceptance.forging import Owner, claims_of, resigned, told_otherwise
from tests.acceptance.product import ROOT, Product, positions, verify
from tests.databases import fresh_database

NEW = Ed25519PrivateKey.from_private_bytes(sha256(b"a key of the forger's own").digest())
AGENCY = Ed25519PrivateKey.from_private_bytes(sha256(b"Riverside's key").digest())


@contextmanager
def owner_of(product: Product):
    """Be the owner of a product's database."""
    with product.owner() as connection:
        yield Owner(connection)


@contextmanager
def board_of(product: Product):
    """Open a product's board, as one of its own processes does."""
    board = Board(product.config, keys.load(product.config), clock=product.config.clock())
    try:
        yield board
    finally:
        board.close()


@pytest.fixture
def sign_off(severnbrook) -> int:
    """Give the position of A13's sign-off, which somebody would rather have had otherwise."""
    return positions(severnbrook, "action.signed_off.v1", "A13")[0]


@pytest.fixture
def report(reported_on) -> int:
    """Give the position of the second report of progress on A1: one came before it, and one after."""
    return positions(reported_on, "action.progress_reported.v1", "A1")[1]


def kept(product: Product, name: str = "kept.checkpoint"):
    """Keep the newest checkpoint, outside of what anybody can reach."""
    path = product.data / name
    path.write_text(product.note)
    return path


def refuted(product: Product, *anchor: object) -> str:
    """Seal the trail as it is now, have it verified with the Board's published key, and return what is wrong with it."""
    ran = verify(product.pack(f"trail-{uuid4().hex}"), *(anchor or ("--key", product.key)))
    assert ran.code == 1, ran
    verdict = ran.out.splitlines()[-1]
    assert verdict.startswith("NOT VERIFIED: ")
    return verdict.removeprefix("NOT VERIFIED: ")


def named(verdict: str, position: int, words: str) -> bool:
    """Tell whether a verdict names this event first of all, and says this of it."""
    assert verdict.startswith(f"#{position}: "), verdict
    assert words in verdict
    return True


# -- the owner of the database ---------------------------------------------------------------------------------------------


def test_edited_entry(reported_on, report):
    """An entry that the database's owner edits is named: it is not the one that was sealed; and the views stop at it, loudly."""
    with owner_of(reported_on) as owner:
        owner.write(report, resigned(owner.entry(report), None, iat=1))
    assert named(refuted(reported_on), report, "not the entry that was sealed")
    ran = reported_on.run("rebuild", "inspection_history")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"The ledger is not what was recorded: entry {report}: ")
    assert "Traceback" not in ran.err


def test_edited_value(reported_on):
    """A value that the owner edits, beside its entry, was never signed: the event is named, and no view is built from it."""
    at = positions(reported_on, "action.assigned.v1", "A1")[0]
    with owner_of(reported_on) as owner:
        owner.tell(at, "due_on", "2017-12-16")
    assert named(refuted(reported_on), at, "a disclosure was never signed")
    ran = reported_on.run("rebuild", "inspection_history")
    assert ran.code == 1
    assert f"entry {at}: " in ran.err


def test_value_taken_away(reported_on, report):
    """A value that the owner deletes is named by its field: an event of its kind always has it."""
    with owner_of(reported_on) as owner:
        told = owner.one("SELECT disclosures FROM ledger.disclosure WHERE position = %s", report)
        one = told_otherwise(told, "narrative", None).one
        owner.connection.execute("UPDATE ledger.disclosure SET disclosures = %s WHERE position = %s", (told.replace(f"~{one}", ""), report))
    said = refuted(reported_on)
    assert named(said, report, "'narrative'")
    assert "neither shown, withheld nor erased" in said


def test_edited_and_sealed_without_the_key(severnbrook, sign_off):
    """Making the tree fit an edited entry does not help without the log's key: the root is not the one that was signed."""
    with owner_of(severnbrook) as owner:
        owner.write(sign_off, resigned(owner.entry(sign_off), None, iat=1))
        owner.seal_again()
    assert refuted(severnbrook) == "the tiles do not lead to the checkpoint's root"
    with board_of(severnbrook) as board, pytest.raises(HeadNotOurs):
        board.recorder.head()


def test_sealed_with_a_key_of_ones_own(board):
    """Nor does another log key: the Board's published key has not signed that checkpoint, and the service does not record on it."""
    with owner_of(board) as owner:
        owner.write(5, resigned(owner.entry(5), None, iat=1))
        owner.seal_again(LogKey(ORIGIN, NEW))
    size = board.size
    assert refuted(board).startswith("checkpoint: ")
    ran = board.brings_in(progress())
    assert (ran.code, ran.out, board.size) == (1, "", size)
    unsigned = f"the stored checkpoint of size {size} was not signed by the log key that seals it"
    assert ran.err.startswith(f"The ledger is not what was recorded: {unsigned}")


def test_edited_with_the_stolen_log_key(reported_on, report):
    """Whoever stole the log's key can seal, but not sign: the edited entry's signature is wrong, and it is named."""
    with owner_of(reported_on) as owner:
        owner.write(report, resigned(owner.entry(report), None, iat=1))
        owner.seal_again(keys.load(reported_on.config).log)
    assert named(refuted(reported_on), report, "signature")


def test_edited_with_every_stolen_key(reported_on, report):
    """Whoever stole both of the service's keys can rewrite the end of the record; a checkpoint kept outside still tells."""
    outside, ring = kept(reported_on), keys.load(reported_on.config)
    last = reported_on.size
    with owner_of(reported_on) as owner:
        owner.write(last, resigned(owner.entry(last), ring.statement.private, iat=1))
        owner.seal_again(ring.log)
    assert refuted(reported_on, "--known", outside).endswith(f"the first {last} events of this pack are not those that it seals")
    assert verify(reported_on.pack(), "--key", reported_on.key).code == 0, "the honest limit: with nothing kept outside, nobody can tell"


def test_rewritten_early_with_every_stolen_key(severnbrook, sign_off):
    """Rewriting what others had seen when they signed is found even so: later statements name the tree that they knew."""
    ring = keys.load(severnbrook.config)
    with owner_of(severnbrook) as owner:
        owner.write(sign_off, resigned(owner.entry(sign_off), ring.statement.private, iat=1))
        owner.seal_again(ring.log)
    said = refuted(severnbrook)
    assert "that its signer had seen is not this one" in said
    assert int(said[1:].partition(":")[0]) > sign_off


def test_deleted_tail(reported_on):
    """A deleted tail is found by whoever kept a checkpoint, or a receipt, from after the cut."""
    outside, before = kept(reported_on), reported_on.size
    with board_of(reported_on) as board:
        receipt = reported_on.data / "receipt"
        receipt.write_text(str(board.recorder.receipt(before)))
    last = cut(reported_on)
    for known in (outside, receipt):
        assert refuted(reported_on, "--known", known).endswith(f"it seals {before} events, and this pack ends after {last}")


def test_deleted_tail_with_nothing_kept(reported_on):
    """The honest limit: with no checkpoint kept outside, a tail deleted back to an older checkpoint verifies."""
    last = cut(reported_on)
    ran = verify(reported_on.pack(), "--key", reported_on.key)
    assert ran.code == 0
    assert f"events up to #{last}" in ran.out


def test_tail_deleted_under_a_running_service(board):
    """A service that has seen what was deleted refuses to record on top of what is left."""
    with board_of(board) as opened:
        event = opened.mapper.to_stored_event(progress_event(opened))  # which names the checkpoint that it has seen
        last = cut(board)
        with pytest.raises(HeadWentBack):
            hand_in(opened, event)
    assert board.size == last


def test_restored_old_backup(board):
    """A service that is started over a log older than what it sent outside refuses to record, and says which checkpoint tells."""
    outside = board.data / "outside"
    outside.mkdir()
    settings = {"MUNIMENT_CHECKPOINT_TO": str(outside)}
    kept(board, "outside/1.checkpoint")
    assert "--begin" in board.run("checkpoint", **settings).err  # the folder may not be mounted
    assert board.run("db", "erase-again", "--begin", **settings).code == 0
    assert board.brings_in(progress(), **settings).code == 0  # as long as it holds what it sent
    kept(board, "outside/2.checkpoint")
    last = cut(board)
    ran = board.brings_in(progress(), **settings)
    assert (ran.code, board.size) == (1, last)
    assert "2.checkpoint holds " in ran.err
    assert "ops/runbooks/restore.md" in ran.err


def test_repeated_after_the_tail_was_deleted(board):
    """A command whose entry was deleted is not recorded a second time: that it was recorded is said, and where."""
    assert board.brings_in(progress(key="letter 7")).code == 0
    size = board.size
    with owner_of(board) as owner:
        owner.remove(size, size)
        owner.seal_again()
    ran = board.brings_in(progress(key="letter 7"))
    assert (ran.code, ran.out, board.size) == (1, "", size - 1)
    assert f"this very command was recorded as event {size}, which the log no longer holds" in ran.err


def test_forked(board, postgres, folder):
    """A log that is shown to two readers in two versions is found out as soon as they compare what they kept."""
    with boards.small_board(postgres).copy(folder / "other", postgres) as other:
        for one, rag in ((board, "green"), (other, "red")):
            assert one.brings_in(progress(rag=rag)).code == 0
        size, (pack, checkpoint) = board.size, (other.pack(), kept(board))
        assert verify(pack, "--key", board.key).code == 0
        ran = verify(pack, "--key", board.key, "--known", checkpoint)
    assert ran.code == 1
    assert f"the first {size} events of this pack are not those that it seals" in ran.out


def test_nothing_personal_in_the_clear(severnbrook, trail):
    """Nobody's name or address is to be read in a pack, nor anywhere in the database: only sealed, under each person's key."""
    offices = tomllib.loads((ROOT / "service/demonstration/tables/board/partnership.toml").read_text())["offices"].values()
    names = {holder[0] for _, _, holders in offices for holder in holders if holder[0]}
    assert len(names) > 20
    packed = "".join(path.read_text(errors="replace") for path in trail.rglob("*") if path.is_file())
    told = "".join(unb64url(one).decode(errors="replace") for one in re.findall(r'"(WyJ[\w-]+)"', packed))
    with severnbrook.owner() as connection:
        kept_in = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('ledger', 'sealed', 'views')"
        tables = [sql.Identifier(*table) for table in connection.execute(kept_in)]
        stored = "".join(str(row) for table in tables for row in connection.execute(sql.SQL("SELECT * FROM {}").format(table)))
    disclosures = "".join(text for (text,) in severnbrook.ask("SELECT disclosures FROM ledger.disclosure"))
    said = "".join(unb64url(one).decode() for one in disclosures.split("~") if one)
    assert "Ask in supervision" in told
    assert "Ask in supervision" in stored
    assert "Ask in supervision" in said
    for text in (packed, told, stored, said):
        assert [name for name in names if name in text] == []


def test_deleted_middle(severnbrook, sign_off):
    """An event that is taken out of the middle leaves a gap in its stream, whoever's keys sealed what is left."""
    ring = keys.load(severnbrook.config)
    with owner_of(severnbrook) as owner:
        version = claims_of(owner.entry(sign_off))["sver"]
        owner.remove(sign_off, sign_off)
        owner.seal_again(ring.log)
    # its successor, two entries of which followed it at once, has moved into its place
    assert named(refuted(severnbrook), sign_off, f"version {version + 1} ")


def test_deleted_middle_left_open(severnbrook, sign_off):
    """An event that is simply deleted is missed in the tree, and in the views' sequence."""
    with owner_of(severnbrook) as owner:
        owner.connection.execute("DELETE FROM ledger.event WHERE position = %s", (sign_off,))
    assert "entries" in refuted(severnbrook)
    ran = severnbrook.run("rebuild", "inspection_history")
    assert ran.code == 1
    assert str(sign_off) in ran.err
    assert "Traceback" not in ran.err


def test_inserted(reported_on, report):
    """An event put in by whoever stole the log's key is named: its key is not one that the log knows."""
    with owner_of(reported_on) as owner:
        like = owner.entry(report)
        disclosures = owner.one("SELECT disclosures FROM ledger.disclosure WHERE position = %s", report)
        owner.insert(report, resigned(like, NEW, jti=b64url(b"never before had")), disclosures)
        owner.seal_again(keys.load(reported_on.config).log)
    assert named(refuted(reported_on), report, "its key is not enrolled")


def test_reordered(severnbrook, sign_off):
    """Two events that change places, sealed again under the stolen log key, were not received in that order."""
    with owner_of(severnbrook) as owner:
        other = sign_off - 1
        while owner.entry(other)[:20] == owner.entry(sign_off)[:20]:  # received in the same second
            other -= 1
        owner.swap(other, sign_off)
        owner.seal_again(keys.load(severnbrook.config).log)
    assert named(refuted(severnbrook), other + 1, "received before the event before it")


def test_reordered_within_a_second(reported_on):
    """Two events of one second that change places make another tree than the one that later signers had seen."""
    with owner_of(reported_on) as owner:
        said = {at: (owner.entry(at)[:20], claims_of(owner.entry(at))) for at in range(2, reported_on.size - 1)}
        first = next(
            at
            for at, (received, claims) in said.items()
            if received == said[at + 1][0]
            and claims["stream"] != said[at + 1][1]["stream"]
            and not any(said[n][1]["evt"].startswith(("keys.", "ledger.")) for n in (at, at + 1))
        )
        owner.swap(first, first + 1)
        owner.seal_again(keys.load(reported_on.config).log)
    said = refuted(reported_on)
    assert "that its signer had seen is not this one" in said
    assert int(said[1:].partition(":")[0]) > first


# -- what is handed in -----------------------------------------------------------------------------------------------------


def test_replayed(board):
    """A signed statement enters once: not again, not into another stream, not under another version, not from another log."""
    with board_of(board) as opened:
        event = opened.mapper.to_stored_event(progress_event(opened))
        stream, version, topic, state = event.originator_id, event.originator_version, event.topic, event.state
        hand_in(opened, event)
        size, recorder = board.size, opened.recorder
        with pytest.raises(EventKnown):
            recorder.insert_events([StoredEvent(stream, version, topic, state)])
        for elsewhere in ((uuid4(), 1), (stream, version + 1)):
            with pytest.raises(NotAStatement):
                recorder.insert_events([StoredEvent(*elsewhere, topic, state)])
        foreign = StatementKey(opened.keys.statement.holder, "log.elsewhere.example/1", opened.keys.statement.private)
        signed = foreign.attest(topic, str(stream), version + 1, recorder.seen(), {"occurred_on": "2016-09-05"})
        with pytest.raises(NotAStatement, match="for another log"):
            recorder.insert_events([StoredEvent(stream, version + 1, topic, signed)])
    assert board.size == size


def test_replayed_by_the_owner(reported_on, report):
    """A statement that the owner copies to another place, under the stolen log key, is found by its id."""
    last = reported_on.size
    with owner_of(reported_on) as owner:
        disclosures = owner.one("SELECT disclosures FROM ledger.disclosure WHERE position = %s", report)
        received = owner.entry(last)[: owner.entry(last).index(b",")]
        copied = received + owner.entry(report)[owner.entry(report).index(b",") :]
        owner.insert(last + 1, copied, disclosures)
        copy = "INSERT INTO ledger.sealed_field SELECT %s, field, subject, digest FROM ledger.sealed_field WHERE position = %s"
        owner.connection.execute(copy, (last + 1, report))
        owner.seal_again(keys.load(reported_on.config).log)
    assert named(refuted(reported_on), last + 1, "replay")


def test_from_another_log(severnbrook, board):
    """A statement of one log, put into another by its owner, was made for another log."""
    last = board.size
    with owner_of(severnbrook) as there:
        foreign = there.entry(positions(severnbrook, "partnership.local_setting_set.v1")[0])
    with owner_of(board) as owner:
        ring = keys.load(board.config)
        owner.insert(last + 1, resigned(foreign, ring.statement.private, recv=2_000_000_000))
        owner.seal_again(ring.log)
    assert named(refuted(board), last + 1, "made for another log")


def test_back_dated_clock(board):
    """A service whose clock is put back goes on from the time of the last entry; a command that says an earlier time is refused."""
    assert board.brings_in(progress(key="1"), MUNIMENT_DEMONSTRATION_CLOCK="2016-10-01T09:00:00+01:00").code == 0
    assert board.brings_in(progress(key="2")).code == 0  # at nine on 5 September
    received = [json.loads(bytes(entry))["recv"] for (entry,) in board.ask("SELECT entry FROM ledger.event ORDER BY position")]
    assert received == sorted(received)
    assert received[-1] == received[-2] == 1_475_308_800
    size = board.size
    ran = board.brings_in(progress(key="3", at="2016-09-06T09:00:00+01:00"))
    assert (ran.code, board.size) == (1, size)
    assert "is before the last entry" in ran.err


def test_back_dated_by_the_owner(reported_on, report):
    """An entry whose time the owner puts back, under the stolen log key, was received before the one before it."""
    with owner_of(reported_on) as owner:
        owner.write(report, put_back(owner.entry(report)))
        owner.seal_again(keys.load(reported_on.config).log)
    assert named(refuted(reported_on), report, "received before the event before it")


# -- keys ----------------------------------------------------------------------------------------------------------------


def test_small_order_keys(board):
    """A key under which anybody can forge, or in a second spelling, is not enrolled, whatever proof comes with it."""
    size, lines = board.size, []
    for y in sorted({*SMALL_ORDER, PRIME, PRIME + 1, 2**255 - 1}):
        for sign in (0, 1):
            public = (y | sign << 255).to_bytes(32, "little")
            lines.append(enrolment(public, b64url(public + bytes(32))))
    ran = board.brings_in(*lines)
    assert (ran.code, board.size) == (1, size)
    assert ran.out == f"0 recorded, 0 were on record already, {len(lines)} refused.\n"
    assert all("This cannot be enrolled as a key of riv-lead: " in why for why in ran.err.splitlines())


def test_key_of_somebody_else(board):
    """A key is enrolled by whoever holds it: another's proof, or a proof for another log, is refused."""
    size, public = board.size, AGENCY.public_key().public_bytes_raw()
    proofs = [keys.prove(NEW, ORIGIN, "riv-lead", "acts"), keys.prove(AGENCY, "log.elsewhere.example/1", "riv-lead", "acts")]
    ran = board.brings_in(*(enrolment(public, proof) for proof in proofs))
    assert (ran.code, board.size) == (1, size)
    assert all("There is no proof that riv-lead holds the key" in why for why in ran.err.splitlines())


def test_revoked_key(board):
    """What a key signed before its revocation stays verified; after it, the key signs nothing: not even what it signed before."""
    with board_of(board) as opened:
        enrolled = enrol(board)
        hand_in(opened, signed_progress(opened, AGENCY))
        early = signed_progress(opened, AGENCY)  # signed now, handed in after the revocation
        assert board.brings_in(revocation()).code == 0
        revoked = board.size
        for late in (early, signed_progress(opened, AGENCY)):
            with pytest.raises(KeyNotLive):
                hand_in(opened, late)
    assert board.size == revoked
    ran = verify(board.pack(), "--key", board.key)
    assert ran.code == 0
    assert f"of riv-lead, for acts, after #{enrolled} up to #{revoked}" in ran.out


def test_revoked_key_and_stolen_log_key(board):
    """Whoever stole the log's key can put a statement of a revoked key behind the revocation: the verifier names key and positions."""
    with board_of(board) as opened:
        enrolled = enrol(board)
        early = signed_progress(opened, AGENCY)
        assert board.brings_in(revocation()).code == 0
        revoked = board.size
        with owner_of(board) as owner:
            insert_as_recorded(owner, revoked + 1, early.state)
            owner.seal_again(opened.keys.log)
    key = thumbprint(AGENCY.public_key().public_bytes_raw())
    assert refuted(board).startswith(f"#{revoked + 1}: the key {key} of riv-lead was live only after #{enrolled}, up to #{revoked}")


OTHER_HEADERS = (
    {"alg": "none"},
    {"alg": "HS256"},  # with the public key for a secret
    {"alg": "ES256"},
    {"alg": "eddsa"},
    {"typ": "JWT"},
    {"crit": ["b64"], "b64": False},
    {"jwk": {"crv": "Ed25519", "kty": "OKP", "x": b64url(NEW.public_key().public_bytes_raw())}},
)


def test_confused_algorithm(board):
    """The algorithm follows from the key: a statement with any other header is not that key's, and nothing of it is recorded."""
    size = board.size
    with board_of(board) as opened:
        signer = opened.keys.statement
        draft = opened.mapper.prepare(progress_event(opened), signer.signer).event
        payload = draft.state.split(b".")[1].partition(b"~")[0].decode()
        for header in OTHER_HEADERS:
            usual = {"alg": "EdDSA", "kid": signer.thumbprint, "typ": "board-event+sd-jwt"}
            signed = f"{b64url(canonical(usual | header))}.{payload}"
            state = f"{signed}.{b64url(signer.private.sign(signed.encode()))}~".encode()
            with pytest.raises(KeyNotLive):
                hand_in(opened, StoredEvent(draft.originator_id, draft.originator_version, draft.topic, state))
    assert board.size == size


def test_confused_algorithm_of_the_owner(reported_on, report):
    """Put in by the owner under the stolen keys, such a statement is named: its key signs by another header."""
    ring = keys.load(reported_on.config)
    header = b64url(canonical({"alg": "none", "kid": ring.statement.thumbprint, "typ": "board-event+sd-jwt"}))
    with owner_of(reported_on) as owner:
        owner.write(report, resigned(owner.entry(report), ring.statement.private, header))
        owner.seal_again(ring.log)
    assert named(refuted(reported_on), report, "it signs by another header")


def test_confused_purpose(board):
    """The log's key is never enrolled to sign statements, and what the statement key signs is no checkpoint of the log."""
    ring, size = keys.load(board.config), board.size
    proof = keys.prove(ring.log.private, ORIGIN, "riv-lead", "acts")
    ran = board.brings_in(enrolment(ring.log.public, proof))
    assert (ran.code, board.size) == (1, size)
    assert "the log's own key signs checkpoints, and nothing else" in ran.err
    with owner_of(board) as owner:
        owner.seal_again(LogKey(ORIGIN, ring.statement.private))
    assert refuted(board).startswith("checkpoint: ")


def test_confused_holder(board):
    """An agency's key that signs as if it were the service, or somebody else, is named by the verifier."""
    with board_of(board) as opened:
        enrol(board)
        public, before = AGENCY.public_key().public_bytes_raw(), board.size
        for holder, assurance in (("riv-lead", "service-attested"), ("cqh-lead", "actor-signed")):
            event = signed_progress(opened, AGENCY, Signer(holder, ORIGIN, public, assurance))
            with owner_of(board) as owner:
                insert_as_recorded(owner, before + 1, event.state)
                owner.seal_again(opened.keys.log)
            assert named(refuted(board), before + 1, "another holder")
            with owner_of(board) as owner:
                owner.remove(before + 1, before + 1)
                owner.seal_again(opened.keys.log)


def test_forged_whole(board, postgres, folder):
    """A history made up under new keys verifies by its own key alone, which is said first; never by what the Board published."""
    (data := folder / "forged").mkdir()
    with fresh_database(postgres, data, template="template0") as config:
        forger = Product(data, config.database_url, CLOCK)
        establish(forger, "--demonstration")
        pack = forger.pack()
    assert pack.joinpath("policy").read_text().startswith(f"log {ORIGIN}+")
    ran = verify(pack)
    assert ran.code == 0
    assert ran.out.startswith("BY THE KEY IN THIS PACK ONLY")
    ran = verify(pack, "--key", board.key)
    assert ran.code == 1
    assert board.key in ran.out
    ran = verify(pack, "--known", kept(board))
    assert ran.code == 1
    assert "kept.checkpoint" in ran.out


# -- evidence ------------------------------------------------------------------------------------------------------------


def test_swapped_evidence(trail):
    """A file that was swapped in a pack is named, with the event that cites it."""
    name = next(path.name for path in sorted((trail / "evidence").iterdir()) if path.name != "missing")
    (trail / "evidence" / name).write_text("Every record was in order.\n")
    ran = verify(trail)
    assert ran.code == 1
    assert f"NOT VERIFIED: evidence/{name} is not the file that #" in ran.out


def test_missing_evidence(trail):
    """A file that is missing without a word cannot be checked; declared absent, it is named, and the rest is verified."""
    name = next(path.name for path in sorted((trail / "evidence").iterdir()) if path.name != "missing")
    (trail / "evidence" / name).unlink()
    ran = verify(trail)
    assert ran.code == 2
    assert f"is missing, undeclared: {name}" in ran.out
    (trail / "evidence/missing").write_text(f"{name}\n")
    ran = verify(trail)
    assert ran.code == 0
    assert f"not checked: evidence/{name}, declared absent" in ran.out


def test_evidence_swapped_in_the_store(severnbrook):
    """A file that is lost from the store is declared absent by the pack itself; one that was swapped there is named by the verifier."""
    lost, swapped, *_ = sorted(path for path in (severnbrook.data / "evidence").glob("??/*") if len(path.name) == 64)
    lost.unlink()
    ran = verify(severnbrook.pack("without"), "--key", severnbrook.key)
    assert ran.code == 0
    assert f"not checked: evidence/{lost.name}, declared absent" in ran.out
    swapped.unlink()
    swapped.write_text("Every record was in order.\n")
    assert refuted(severnbrook).startswith(f"evidence/{swapped.name} is not the file that #")


# -- how it is done ------------------------------------------------------------------------------------------------------


def put_back(entry: bytes) -> bytes:
    """Return an entry received years earlier: the time is the service's, and no statement's signature covers it."""
    return b'{"recv":1400000000' + entry[entry.index(b",") :]


def cut(product: Product) -> int:
    """Delete the log's tail, as its owner, back to an older checkpoint; return where it ends now."""
    with owner_of(product) as owner:
        last = owner.one("SELECT size FROM ledger.checkpoint ORDER BY size DESC LIMIT 1 OFFSET 1")
        owner.remove(last + 1, owner.one("SELECT max(position) FROM ledger.event"))
        owner.connection.execute("DELETE FROM desk.idempotency WHERE first > %s", (last,))
        owner.seal_again()
    return int(last)


def insert_as_recorded(owner: Owner, position: int, state: bytes) -> None:
    """Put a signed statement in, received with the entry before it; its disclosures stand beside it, and its pointers where they belong."""
    statement, *disclosures, pointers = state.decode().split("~")
    received = owner.entry(position - 1)
    owner.insert(position, received[: received.index(b"stmt") + 7] + statement.encode() + b'","v":1}', "~".join(["", *disclosures, ""]))
    for field, subject, covered, _ in json.loads(pointers or "[]"):
        owner.connection.execute("INSERT INTO ledger.sealed_field VALUES (%s, %s, %s, %s)", (position, field, subject, covered))


def enrolment(public: bytes, proof: str) -> dict:
    """Write the line that enrols a key for Riverside's lead."""
    fields = {"thumbprint": thumbprint(public), "public_key": b64url(public), "holder": "riv-lead", "purpose": "acts"}
    return line("board-manager", "enrol_signing_key", "keys", **fields, proof=proof)


def enrol(product: Product) -> int:
    """Enrol Riverside's key; return its position."""
    ran = product.brings_in(enrolment(AGENCY.public_key().public_bytes_raw(), keys.prove(AGENCY, ORIGIN, "riv-lead", "acts")))
    assert ran.code == 0, ran
    return product.size


def revocation() -> dict:
    """Write the line that revokes Riverside's key."""
    named = thumbprint(AGENCY.public_key().public_bytes_raw())
    return line("board-manager", "revoke_signing_key", "keys", thumbprint=named, reason="The laptop that held it was stolen")


def progress_event(board: Board):
    """Decide on progress with A1, as Riverside's lead; return the event."""
    action = board.load(Action, "A1", fresh=True)
    acting = Acting(UUID(person("riv-lead")), "riv-lead", "designated lead", "RIV", "RIV")
    action.report_progress(acting=acting, occurred_on=date(2016, 9, 5), rag="green", narrative="Every record is read")
    (event,) = action.collect_events()
    return event


def signed_progress(board: Board, key: Ed25519PrivateKey, signer: Signer | None = None) -> StoredEvent:
    """Have that event signed by an actor's key."""
    prepared = board.mapper.prepare(progress_event(board), signer or Signer("riv-lead", ORIGIN, key.public_key().public_bytes_raw()))
    return prepared.signed(key.sign(prepared.draft.unsigned))


def hand_in(board: Board, event: StoredEvent) -> None:
    """Hand a signed event in."""
    board.recorder.insert_events([event])
