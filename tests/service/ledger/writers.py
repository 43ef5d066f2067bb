"""A process that writes to a log until it is killed: `python -m tests.service.ledger.writers DATA OUT SHARED_STREAM...`.

Four threads open notes and write to shared ones. Whatever is answered goes to a file of this process at once, a line each:
`index|hashes of the proof|checkpoint|idempotency key|`. A line that does not end so was cut short by the kill.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from base64 import b64encode
from pathlib import Path
from uuid import UUID, uuid4

from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError

from service.config import Config
from service.ledger.append import Idempotency
from tests.service.ledger.sample import Sample

THREADS = 4
CALLER, REQUEST = "stress", b"hash"


def act(app, chance, shared, key, receipts):
    """Record something: in a shared note, in two notes at once, or in a new one."""
    dice, said = chance.random(), {"receipts": receipts, "idempotency": Idempotency(CALLER, key, REQUEST)}
    if dice < 0.4:
        note = app.repository.get(chance.choice(shared))
        note.write("something")
        if dice < 0.1:
            other = app.repository.get(chance.choice([stream for stream in shared if stream != note.id]))
            other.name_person(uuid4(), "Somebody")
            app.save(note, other, **said)
        else:
            app.save(note, **said)
    else:
        app.open(person=uuid4(), **said)


def write(app, out, shared, seed):
    """Record, and keep what is answered, for ever."""
    chance = random.Random(seed)  # noqa: S311 - a workload, no secret
    with out.joinpath(f"{os.getpid()}-{seed}.answers").open("a") as answers:
        while True:
            receipts, key = [], uuid4().hex
            try:
                act(app, chance, shared, key, receipts)
            except (IntegrityError, OperationalError, InterfaceError):
                continue  # a conflict, or an outage: nothing was promised
            for receipt in receipts:
                hashes = ",".join(b64encode(each).decode() for each in receipt.proof)
                answers.write(f"{receipt.index}|{hashes}|{b64encode(receipt.checkpoint.encode()).decode()}|{key}|\n")
            answers.flush()


def main(data, out, *shared):
    """Start the threads; the process is ended from outside."""
    app = Sample(Config(data=Path(data)))
    streams = [UUID(stream) for stream in shared]
    threads = [threading.Thread(target=write, args=(app, Path(out), streams, seed)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
