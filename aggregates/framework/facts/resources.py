"""What has to hold of one resource at least: that it is the one which the framework names, and was there when it was looked at.

A resource is known by the host of its address, or by its kind where the framework describes it, never by its title, which anybody words
as they like. No whole address of 2016 is asked for, as they move.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aggregates.framework.facts.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.partnership.resource import ResourceState


def at(now: ResourceState, *hosts: str) -> bool:
    """Say whether its address is at one of these hosts, or at one of their own: another may be spelt alike."""
    there = urlsplit(now.url).hostname or ""
    return any(there == host or there.endswith(f".{host}") for host in hosts)


def caspar(now: ResourceState) -> bool:
    """Know the current awareness service of the NSPCC."""
    return at(now, "nspcc.org.uk") and "caspar" in urlsplit(now.url).path.casefold()


def own_website(now: ResourceState) -> bool:
    """Know the Board's own website: where it is, is the Board's to say."""
    return now.kind == "own website"


def research_in_practice(now: ResourceState) -> bool:
    """Know Research in Practice."""
    return at(now, "rip.org.uk", "researchinpractice.org.uk")


def young_people_now(now: ResourceState) -> bool:
    """Know the magazine."""
    return at(now, "cypnow.co.uk")


def repository(now: ResourceState) -> bool:
    """Know the national repository, which the NSPCC keeps."""
    return now.kind == "repository" and at(now, "nspcc.org.uk")


def alternative(now: ResourceState) -> bool:
    """Know what is listed as another way to learn: webinars, case review briefings, masterclasses."""
    return now.kind == "alternative learning"


def listed(is_it: Callable[[ResourceState], bool], now: ResourceState) -> Fact:
    """Ask that it is listed."""
    return Fact(is_it(now))


def looked_at(is_it: Callable[[ResourceState], bool], now: ResourceState) -> Fact:
    """Ask that it is listed, was there when somebody last looked, and is looked at again in time."""
    return Fact(is_it(now) and now.reachable is True, due_on=now.check_due if is_it(now) else None, until=now.check_due)


def heard_of(now: ResourceState) -> Fact | None:
    """Ask what practitioners and managers make of Research in Practice."""
    if not research_in_practice(now):
        return None
    return Fact(bool(now.feedback), grade=now.feedback[-1].useful if now.feedback else "")


FACTS: Final[Mapping[str, Callable[[ResourceState], Fact | None]]] = {
    "CASPAR is listed, and was there when it was looked at": partial(looked_at, caspar),
    "the Board's own website is listed, and was there when it was looked at": partial(looked_at, own_website),
    "Research in Practice is listed": partial(listed, research_in_practice),
    "Children and Young People Now is listed": partial(listed, young_people_now),
    "the national repository of serious case reviews is listed": partial(listed, repository),
    "alternative learning is listed": partial(listed, alternative),
    "there is feedback on Research in Practice": heard_of,
}
