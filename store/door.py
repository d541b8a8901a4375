"""Who comes in where people sign in: asked at each request and each click, so that what is taken away holds."""

import os
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from geo.secret import COOKIE_SECRET, secret
from store.errors import NotAllowedError
from store.people import PeopleStore
from store.person import Person
from store.sign_in import SIGN_IN, Roles, SignIn, read_sign_in

_KEPT_S = 1.0
"""For how long an answer is given again: a page asks several times while it is drawn."""
_MOST_KEPT = 2_000
_LONGEST_ID = 300
_SignedIn = tuple[str, str, float, str]


class Door:
    """Lets in whom the provider has named, for as long as that holds; safe to share between threads.

    Parameters
    ----------
    roles
        What becomes of whom the provider names.
    people
        The store of people; the one of the environment, opened when the first comes, when left out.
    """

    def __init__(self, roles: Roles, people: PeopleStore | None = None) -> None:
        self._roles, self._people = roles, people
        self._lock = Lock()
        self._kept: dict[tuple[_SignedIn, str], tuple[float, Person]] = {}

    def come_in(self, claims: Mapping[str, Any], origin: str = "", now: float | None = None) -> Person:
        """Return who it is.

        Parameters
        ----------
        claims
            What the provider said when they signed in, as Streamlit keeps it in its signed cookie.
        origin
            From where they come.
        now
            Time in seconds since 1970, instead of the clock's.

        Raises
        ------
        NotAllowedError
            When the sign-in is too old or has been ended, they have no role, or an administrator has removed them.
        StoreError
            When the database fails: then nobody comes in.
        """
        now = time.time() if now is None else now
        which = _which(claims)
        if now - which[2] > self._roles.hours * 3600:
            raise NotAllowedError("you signed in too long ago: sign in again")
        with self._lock:
            at, person = self._kept.get((which, origin), (0.0, None))
        if person is not None and 0 <= now - at < _KEPT_S:
            return person
        role = self._roles.role_of(claims)
        if role is None:
            raise NotAllowedError("none of your groups may use this dashboard: ask whoever runs it")
        name, email = _text(claims, "name", "preferred_username"), _text(claims, "email")
        person = self._store().meet(
            f"{which[0]} {which[1]}", name, email, role, origin=origin, signed_at=which[2], nonce=which[3]
        )
        with self._lock:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            self._kept[which, origin] = (now, person)
        return person

    def end(self, claims: Mapping[str, Any], origin: str = "") -> None:
        """Let a sign-in and those before it hold no more, wherever its cookie is; errors as for :meth:`come_in`."""
        which = _which(claims)
        self._store().sign_out(f"{which[0]} {which[1]}", which[2], which[3], origin=origin)
        with self._lock:
            self._kept.clear()

    def _store(self) -> PeopleStore:
        if self._people is None:
            self._people = PeopleStore.open()
        return self._people


def _which(claims: Mapping[str, Any]) -> _SignedIn:
    """Return what tells a sign-in from every other: of whom, when, and by which answer of the provider."""
    issuer, subject, at = claims.get("iss"), claims.get("sub"), claims.get("iat")
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        raise NotAllowedError("the provider did not say who you are")
    if not isinstance(at, int | float) or isinstance(at, bool):
        raise NotAllowedError("the provider did not say when you signed in")
    if len(issuer) + len(subject) >= _LONGEST_ID:  # the store would keep the start alone, which another may share
        raise NotAllowedError("the provider's name for you is too long")
    return issuer, subject, float(at), _text(claims, "nonce")


def _text(claims: Mapping[str, Any], *names: str) -> str:
    return next((claims[name] for name in names if isinstance(claims.get(name), str) and claims[name].strip()), "")


def sign_in() -> SignIn:
    """Return what the file says that the environment names; `InputError` when it cannot be read."""
    return _read(os.environ[SIGN_IN])


def door() -> Door:
    """Return the one door of this process, for the server and its pages; errors as for :func:`sign_in`."""
    return _door(os.environ[SIGN_IN])


@cache
def _read(file: str) -> SignIn:
    return read_sign_in(Path(file), secret(COOKIE_SECRET))


@cache
def _door(file: str) -> Door:
    return Door(_read(file).roles)
