"""What every pack says of itself: how to check it with our verifier, and with tools that we did not write."""

from __future__ import annotations

RECIPES = """# How to check this pack

It holds {about}, sealed by a checkpoint over {size} events. What is not shown of an event is listed by its digest, so that nothing can
be left out unseen; what stands outside that scope is there to check who could sign, and shows public fields alone.

It needs no server and no network. Take the log's key from where the Board publishes it, not from here; in this pack it is

    {vkey}

## With the verifier in this pack

One file, Python 3.11 or later and the package `cryptography`. Read it first, or take it from a place that you trust.

    python -I verify.py . --key '{vkey}'

With a checkpoint or a receipt that you kept from earlier, add `--known FILE`: then nothing that it sealed can have been altered or
removed. Exit code 0: verified. 1: NOT verified; the first thing that is wrong is named. 2: could not check. 3: the quorum is unmet.

## A certificate of absence

`absence.py` holds a certificate that somebody was asked for something and did not do it to this pack. It needs `verify.py` and `reading.py`
beside it, and nothing else; it says of which events it was sure, and names those of which nobody could be.

    python -I absence.py . --absence CERTIFICATE --key '{vkey}'

## The telephone samples

`samples.py` draws every telephone sample of a training session again: from who was there when the attendance was closed, and the root
of the first checkpoint that seals the closing. It needs `verify.py` and `reading.py` beside it, and nothing else; what
is drawn is in its first lines.

    python -I samples.py . --key '{vkey}'

## The checkpoint's signature, with OpenSSL

`checkpoint` is a C2SP signed note over {size} entries. The signed text is its first three lines; the fifth holds base64 of four
bytes of key id and 64 of signature; the key above ends in base64 of one byte and 32 of public key.

    head -n 3 checkpoint > text
    sed -n 5p checkpoint | cut -d' ' -f3 | base64 -d | tail -c 64 > signature
    (printf '\\x30\\x2a\\x30\\x05\\x06\\x03\\x2b\\x65\\x70\\x03\\x21\\x00'; sed -n 's/^log //p' policy | cut -d' ' -f1 | cut -d+ -f3- \\
        | base64 -d | tail -c 32) > key.der
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature

## The witnesses and the time stamps

A line after the fifth is a witness's cosignature, whose key `policy` names: base64 of four bytes of key id, eight of the time in POSIX
seconds, and 64 of signature, over `cosignature/v1`, a line `time` with that time, and the text. The verifier checks them.

A file in `timestamps` is an RFC 3161 response over the text of the checkpoint of the size in its name. With the authority's own root
certificates in `ROOTS.pem`:

    for stamp in timestamps/*.tsr; do
        size=$(basename "$stamp" .tsr)
        head -n 3 "$(ls checkpoints/"$size" 2>/dev/null || echo checkpoint)" > text
        openssl ts -verify -in "$stamp" -data text -CAfile ROOTS.pem
    done

## The tree and the receipts, with Go

`golang.org/x/mod/sumdb/note` opens `checkpoint` with the key above; `golang.org/x/mod/sumdb/tlog` reads `tile/` (C2SP tlog-tiles) and
checks inclusion and consistency. A receipt is C2SP tlog-proof.

## One statement, with any SD-JWT library

An entry is `{{"recv":…,"stmt":"<statement>","v":1}}`. The statement is a compact SD-JWT (RFC 9901), signed with EdDSA; the matching line in
`disclosures/` holds the disclosures of the fields that are shown, and the digests of those that are withheld.
"""
