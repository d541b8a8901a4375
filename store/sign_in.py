"""The file of the sign-in: who is asked who somebody is, which groups have which role, and how long a sign-in holds.

It is a TOML file in the form of Streamlit's secrets, with a table ``[auth]`` and a table ``[roles]`` of ours.
"""

import ipaddress
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from geo.errors import InputError
from geo.secret import COOKIE_SECRET, LEAST_LETTERS
from store.person import Role

SIGN_IN = "REACH_SIGN_IN"
"""Names the file, for the pages as well."""
_NEEDED = ("client_id", "client_secret", "server_metadata_url")
_CALLBACK = "/oauth2callback"
_PROVIDER = re.compile(r"[a-z0-9-]{1,40}")


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Roles(BaseModel):
    """What a provider's word about somebody makes of them.

    Attributes
    ----------
    claim
        Names of the claims that hold somebody's groups, or whatever else their role follows from.
    viewer, member, planner, administrator
        The groups that have each role; who is in several has the one that may do most.
    default
        The role of who is in none of them; ``none`` lets them not in.
    hours
        How long a sign-in holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: Names = ("groups",)
    viewer: Names = ()
    member: Names = ()
    planner: Names = ()
    administrator: Names = ()
    default: Literal["viewer", "member", "planner", "none"] = "viewer"
    hours: float = Field(default=12, gt=0, le=24 * 30)

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """Return the role that claims give; None when they let nobody in."""
        groups = {group for claim in self.claim for group in groups_of(claims, claim)}
        for role in reversed(Role):
            if groups.intersection(getattr(self, role.value)):
                return role
        return None if self.default == "none" else Role(self.default)


def groups_of(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return what a claim lists.

    Parameters
    ----------
    claims
        What the provider says of somebody.
    name
        Name of the claim; where there is none of that name, dots lead into it, as in ``realm_access.roles``. An e-mail
        address counts only where the provider says that it has verified it.

    Returns
    -------
    The texts of a list, or the one text that it is; nothing else is a group.
    """
    found: Any = claims
    if name in claims:
        found = claims[name]
    else:
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if name == "email" and claims.get("email_verified") is not True:
        return ()
    listed = found if isinstance(found, list | tuple) else [found]
    return tuple(one for one in listed if isinstance(one, str) and one)


@dataclass(frozen=True)
class SignIn:
    """What the file says.

    Attributes
    ----------
    providers
        Names of the providers; one empty name where there is one without a name.
    roles
        What becomes of whom the provider names.
    auth
        What Streamlit is handed, with secrets: never to be shown.
    """

    providers: tuple[str, ...]
    roles: Roles
    auth: Mapping[str, Any] = field(repr=False)


def read_sign_in(file: Path, cookie_secret: str | None = None, names: Collection[str] | None = None) -> SignIn:
    """Read the file, and check all of it.

    Parameters
    ----------
    file
        The file.
    cookie_secret
        What cookies are signed with, where that does not stand in the file.
    names
        The names that the server answers to; None when they are not to be compared.

    Raises
    ------
    InputError
        When the file cannot be read, or something in it is missing or wrong. The message never holds a secret.
    """
    try:
        return _read(file, cookie_secret, names)
    except InputError as error:
        raise InputError(f"--sign-in {file}: {error}") from None


def _read(file: Path, cookie_secret: str | None, names: Collection[str] | None) -> SignIn:
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:  # its own message would hold what was read
        raise InputError("it is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at .*\)$", str(error))
        raise InputError(f"it is not in the form of TOML {where.group() if where else ''}".rstrip()) from None
    auth = given.get("auth")
    if not isinstance(auth, dict):
        raise InputError("it has no table [auth]")
    auth = dict(auth)
    _check_redirect(auth.get("redirect_uri"), names)
    auth["cookie_secret"] = _cookie_secret(auth.get("cookie_secret"), cookie_secret)
    named = {name: table for name, table in auth.items() if isinstance(table, dict) and name != "client_kwargs"}
    for name, table in named.items():
        if not _PROVIDER.fullmatch(name):
            raise InputError(f"[auth.{name[:40]}]: the name of a provider has small letters, digits and dashes alone")
        _check_provider(table, f"[auth.{name}]")
    if not named or any(key in auth for key in _NEEDED):
        _check_provider(auth, "[auth]")
        named = {"": {}, **named}
    auth.pop("expose_tokens", None)  # pages have no use for tokens
    return SignIn(tuple(named), _roles(given.get("roles", {})), auth)


def _check_redirect(given: object, names: Collection[str] | None) -> None:
    if not isinstance(given, str) or not given.endswith(_CALLBACK):
        raise InputError(f"redirect_uri in [auth] is to be the dashboard's own address with {_CALLBACK} at its end")
    parts = _address(given)
    if parts.query or parts.fragment or parts.username or not _safe(parts):
        raise InputError(
            "redirect_uri in [auth] is to begin with https://; http:// is for this machine (localhost) alone"
        )
    if names is not None and not any(_is_name(parts.hostname or "", name) for name in names):
        raise InputError(
            f"redirect_uri in [auth] leads to {parts.hostname}, which is none of this server's names; "
            f"add --name {parts.hostname}"
        )


def _check_provider(table: Mapping[str, Any], place: str) -> None:
    for key in _NEEDED:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise InputError(f"{key} is missing in {place}")
    if not _safe(_address(table["server_metadata_url"])):
        raise InputError(f"server_metadata_url in {place} is to begin with https://")


def _cookie_secret(inside: object, outside: str | None) -> str:
    if inside and outside:
        raise InputError(f"cookie_secret in [auth] and {COOKIE_SECRET} are both set; set one of them")
    found = str(inside or outside or "")
    if len(found) < LEAST_LETTERS:
        raise InputError(
            f"cookie_secret in [auth], or {COOKIE_SECRET}, is to have at least {LEAST_LETTERS} letters and digits, "
            "drawn at random"
        )
    return found


def _roles(given: object) -> Roles:
    try:
        return Roles.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"][:1])
        raise InputError(f"{place or 'the table'} in [roles]: {first['msg']}") from None


def _address(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _safe(parts: SplitResult) -> bool:
    """Whether nobody on the way can read what is sent there."""
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_own(host)))


def _is_own(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_name(host: str, name: str) -> bool:
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))
