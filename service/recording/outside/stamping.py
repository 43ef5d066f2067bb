"""A time-stamping authority stamps the text of a checkpoint now and then (RFC 3161): whoever trusts its clock need not trust a witness's.

A token says that the checkpoint was there at its time, and so was every event below it. What comes back is verified by the roots that the
settings name before it is kept, whole, beside the checkpoint.
"""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from cryptography import x509
from psycopg.rows import tuple_row

from service.config import BadSetting
from service.database.connection import datastore
from service.desk.coming_in.places import NotAsked, Places
from service.ledger import keys
from service.recording.outside.offering import NotWitnessed
from service.recording.outside.witnessing import ANSWERED, ASKED, AWAY, SELDOM, Published, check_time, keep

if TYPE_CHECKING:
    import threading

    from service.config import Config

QUERY: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
HOUR: Final = 3600  # seconds
LOOK_EVERY: Final = 60.0  # seconds between looks whether a token is due
# The newest checkpoint, where it is not stamped yet and the last token is old enough.
DUE: Final = """
    SELECT size, note FROM ledger.checkpoint
     WHERE size = (SELECT max(size) FROM ledger.checkpoint) AND size > (SELECT coalesce(max(size), 0) FROM ledger.timestamp)
       AND (SELECT coalesce(max(stamped_at), 0) FROM ledger.timestamp) <= %s"""

log = logging.getLogger(__name__)


def check_client(config: Config) -> None:
    """Refuse settings that ask for time stamps where nothing is installed that could read one."""
    if config.tsa and find_spec("rfc3161_client") is None:
        raise BadSetting("MUNIMENT_TSA", config.tsa, "needs the extra: pip install 'muniment[timestamps]'")


def stamping(config: Config, stop: threading.Event) -> None:
    """Have the newest checkpoint stamped as often as the settings say; what goes wrong is logged, and tried again."""
    if config.tsa is None:
        return
    seen = Published(datastore(config.conninfo("writer")), keys.load_public(config).sealers)
    failures, said = 0, ""
    while not stop.is_set():
        try:
            stamp(seen, config)
            failures, said = 0, ""
        except AWAY as error:
            log.warning("the database went away: %s", str(error).partition("\n")[0])
        except (NotWitnessed, BadSetting) as error:
            if str(error) != said:
                log.warning("no time stamp: %s", error)
            said, failures = str(error), failures + 1
        except Exception:
            log.exception("no time stamp")  # whatever it is, the views go on beside it
            failures += 1
        stop.wait(min(2.0**failures, SELDOM) if failures else LOOK_EVERY)
    seen.datastore.close()


def stamp(seen: Published, config: Config) -> bool:
    """Have the newest checkpoint stamped, where that is due, and say whether it was; raise NotWitnessed, once it is kept why."""
    authority = str(config.tsa)
    with seen.datastore.get_connection() as conn, conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(DUE, (int(time.time()) - config.tsa_every * HOUR,)).fetchone()
    if row is None:
        return False
    size, note = row
    try:
        token, at = token_over(note.partition("\n\n")[0] + "\n", config)
        check_time(seen, size, at)
    except NotWitnessed as error:
        keep(seen, ASKED, (authority, str(error)))
        raise
    keep(seen, "SELECT ledger.keep_timestamp(%s, %s, %s, %s)", (size, authority, token, at))
    keep(seen, ANSWERED, (authority,))
    return True


def token_over(text: str, config: Config) -> tuple[bytes, int]:
    """Return the authority's response over a checkpoint's text, verified, and its time in POSIX seconds; raise NotWitnessed."""
    from rfc3161_client import TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415

    url, request = str(config.tsa), TimestampRequestBuilder(data=text.encode()).build()
    try:
        answer = Places(url).ask("POST", url, request.as_bytes(), QUERY)
    except NotAsked as error:
        raise NotWitnessed(str(error)) from error
    if answer.status_code != HTTPStatus.OK:
        raise NotWitnessed(f"{url} answered with status {answer.status_code}")
    verifier = VerifierBuilder(policy_id=request.policy, nonce=request.nonce, roots=_roots(config)).build()
    try:
        response = decode_timestamp_response(answer.body)
        verifier.verify_message(response, text.encode())
    except (ValueError, VerificationError) as error:
        raise NotWitnessed(f"what {url} answered is no token over this checkpoint: {error}") from error
    return answer.body, int(response.tst_info.gen_time.timestamp())


def _roots(config: Config) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(config.tsa_roots.read_bytes()) if config.tsa_roots else []
    except (OSError, ValueError) as error:
        raise BadSetting("MUNIMENT_TSA_ROOTS", str(config.tsa_roots), f"cannot be used: {error}") from error
