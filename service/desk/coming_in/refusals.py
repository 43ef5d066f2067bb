"""What is refused to whoever comes in otherwise than by a password."""

from __future__ import annotations

from aggregates.errors import Refused
from service.desk.refusals import NotAllowed, NotSignedIn


class NoProvider(Refused):
    """Nobody signs in here by the word of an OpenID provider."""

    text = "People sign in here with an address and a password"


class NotBegunHere(Refused):
    """Whoever comes back from the provider has set out from here, in this browser, a short while ago."""

    text = "This was not begun in this browser, or too long ago. Begin again"


class ProviderRefused(Refused):
    """The provider did not let somebody in, or they went back."""

    text = "You were not signed in at {issuer}, so you are not signed in here. Begin again, or ask those who run it"


class ProviderDoubtful(Refused):
    """The provider does not answer, or its answer does not prove who somebody is."""

    text = "What {issuer} answered does not prove who you are. Try again later; if it happens again, tell the board manager"


class NotKnownHere(Refused):
    """Nobody makes an account for themselves: one is opened for whoever holds an office."""

    text = "You are known at {issuer}, but there is no account for you here. The board manager opens one for whoever holds an office"


class AddressNotVerified(Refused):
    """An account is linked by an address that the provider has verified, or it would be anybody's who gives that address."""

    text = "{issuer} does not say that it has verified your e-mail address, and by that alone we could find your account here"


class LinkedToAnother(Refused):
    """An account belongs to one identity of a provider: whoever gets its address later is somebody else."""

    text = "The account for your address belongs to somebody else at {issuer}. Ask the board manager, who can have the link undone"


class NotInvited(Refused):
    """A link invites whoever comes from outside to inspect; who rehearses an inspection is here already."""

    rule, text = "INV-41", "{office} is the office of {holder}, who signs in and rehearses: only whoever inspects or audits is invited"


class HasAnAccount(Refused):
    """Whoever has an account signs in with it, and needs no invitation."""

    text = "Whoever holds the office {office} has an account already, and signs in with it: there is nobody to invite"


class NotAPublicKey(Refused):
    """A program signs its requests by a key that is one, and under which no forgery verifies."""

    text = "This is no Ed25519 key in base64url, as `muniment signing-key` prints its public half: {why}"


class NotForThisKey(NotAllowed):
    """An API key gives the commands that it was made for, whatever else its office may."""

    text = "This API key may not {act}: it was made for {acts}"


class BeyondTheOffice(NotAllowed):
    """An API key is made for what its office may: one of an office that records nothing reads, and no more."""

    text = "{office} may not {acts} itself, so no key of it may: it can have a key that reads and records nothing, or one for what it may"


class PagesAreForPeople(NotAllowed):
    """What a page does is asked by whoever signed in to it: a key could otherwise make another that may more."""

    text = "An API key acts under /api/ alone: this is a page, for people who have signed in"


class RequestNotSigned(NotSignedIn):
    """Whose API key has a public key signs every request that asks for something to be done, freshly and once (RFC 9421)."""

    source, text = "RFC 9421", "This request is not signed as its API key asks for: {why}"
