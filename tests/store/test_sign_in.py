"""The file of the sign-in: what is missing or wrong is told in one sentence without secrets; groups give roles."""

import pytest

from geo.errors import InputError
from store.person import Role
from store.sign_in import Roles, groups_of, read_sign_in

SECRET = "drawn-at-random-" * 3
AUTH = {
    "redirect_uri": "https://reach.example/oauth2callback",
    "client_id": "reach",
    "client_secret": "hush-hush",
    "server_metadata_url": "https://login.example/.well-known/openid-configuration",
    "cookie_secret": SECRET,
}


def written(tmp_path, text="", **changed):
    lines = [f'{key} = "{value}"' for key, value in {**AUTH, **changed}.items() if value is not None]
    file = tmp_path / "sign-in.toml"
    file.write_text("\n".join(["[auth]", *lines, text]), encoding="utf-8")
    return file


def test_a_whole_file_is_taken(tmp_path):
    found = read_sign_in(
        written(tmp_path, '[roles]\nplanner = "reach"\nhours = 2'), names=["localhost", "reach.example"]
    )
    assert found.providers == ("",)
    assert (found.roles.planner, found.roles.hours, found.roles.default) == (("reach",), 2, "viewer")
    assert found.auth["client_secret"] == "hush-hush"
    assert "hush" not in repr(found)
    assert SECRET not in repr(found)


def test_the_secret_of_cookies_may_come_from_elsewhere(tmp_path):
    assert read_sign_in(written(tmp_path, cookie_secret=None), SECRET).auth["cookie_secret"] == SECRET
    with pytest.raises(InputError, match="both set"):
        read_sign_in(written(tmp_path), SECRET)


def test_several_providers_have_a_section_each(tmp_path):
    sections = "".join(
        f'[auth.{name}]\nclient_id = "a"\nclient_secret = "b"\nserver_metadata_url = "https://{name}.example/x"\n'
        for name in ("microsoft", "nhs-login")
    )
    shared = dict.fromkeys(("client_id", "client_secret", "server_metadata_url"))
    assert read_sign_in(written(tmp_path, sections, **shared)).providers == ("microsoft", "nhs-login")
    assert read_sign_in(written(tmp_path, sections)).providers == ("", "microsoft", "nhs-login")
    with pytest.raises(InputError, match=r"client_secret is missing in \[auth\.microsoft\]"):
        read_sign_in(written(tmp_path, sections.replace('client_secret = "b"', "", 1), **shared))
    with pytest.raises(InputError, match=r"\[auth\.my_own\]: the name of a provider"):
        read_sign_in(written(tmp_path, sections.replace("microsoft]", "my_own]"), **shared))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"client_id": None}, r"client_id is missing in \[auth\]"),
        ({"client_secret": " "}, r"client_secret is missing in \[auth\]"),
        ({"server_metadata_url": "http://login.example/x"}, "is to begin with https://"),
        ({"server_metadata_url": "nowhere"}, "is to begin with https://"),
        ({"redirect_uri": None}, "/oauth2callback at its end"),
        ({"redirect_uri": "https://reach.example/"}, "/oauth2callback at its end"),
        ({"redirect_uri": "http://reach.example/oauth2callback"}, r"is for this machine \(localhost\) alone"),
        ({"redirect_uri": "http://localhost.evil.example/oauth2callback"}, r"is for this machine"),
        ({"redirect_uri": "https://a:b@reach.example/oauth2callback"}, "is to begin with https://"),
        ({"redirect_uri": "https://other.example/oauth2callback"}, "server's names; add --name other.example"),
        ({"redirect_uri": "https://[/oauth2callback"}, "is to begin with https://"),
        ({"cookie_secret": "hush"}, "at least 32 letters"),
        ({"cookie_secret": None}, "at least 32 letters"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_one_sentence_without_a_secret(tmp_path, changed, told):
    file = written(tmp_path, **changed)
    with pytest.raises(InputError, match=told) as refused:
        read_sign_in(file, names=["localhost", "reach.example"])
    said = str(refused.value)
    assert said.startswith(f"--sign-in {file}: ")
    assert "hush" not in said
    assert SECRET not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff\xfe", "not a text file in UTF-8"),
        (b'[auth]\nclient_secret = "hush-hush', "not in the form of TOML"),
        (b"[roles]", "no table"),
        (b'auth = "hush-hush"', "no table"),
    ],
)
def test_a_file_that_is_no_such_file_is_told(tmp_path, text, told):
    (tmp_path / "file").write_bytes(text)
    with pytest.raises(InputError, match=told) as refused:
        read_sign_in(tmp_path / "file")
    assert "hush" not in str(refused.value)
    assert refused.value.__cause__ is None
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_sign_in(tmp_path / "missing")


@pytest.mark.parametrize(
    ("roles", "told"),
    [('default = "administrator"', "default in"), ("hours = 0", "hours in"), ("admin = []", "admin in"),
     ("planner = [1]", "planner in")],
)  # fmt: skip
def test_wrong_roles_are_told_by_name(tmp_path, roles, told):
    with pytest.raises(InputError, match=rf"{told} \[roles\]"):
        read_sign_in(written(tmp_path, f"[roles]\n{roles}"))


def test_names_under_a_star_are_names_of_the_server(tmp_path):
    file = written(tmp_path, redirect_uri="https://reach.council.example/oauth2callback")
    read_sign_in(file, names=["*.council.example"])
    with pytest.raises(InputError, match="none of this server's names"):
        read_sign_in(file, names=["*.ncil.example"])


@pytest.mark.parametrize(
    ("claims", "name", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", ("a", "b")),
        ({"groups": "a b"}, "groups", ("a b",)),
        ({}, "groups", ()),
        ({"groups": None}, "groups", ()),
        ({"groups": {"a": 1}}, "groups", ()),
        ({"groups": ["", 7, None, ["x"], "c"]}, "groups", ("c",)),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ("a",)),
        ({"realm_access": ["roles"]}, "realm_access.roles", ()),
        ({"https://x.example/roles": ["a"]}, "https://x.example/roles", ("a",)),
        ({"email": "jo@a.example", "email_verified": True}, "email", ("jo@a.example",)),
        ({"email": "jo@a.example", "email_verified": "true"}, "email", ()),
        ({"email": "jo@a.example"}, "email", ()),
    ],
)
def test_groups_are_read_from_a_claim(claims, name, groups):
    assert groups_of(claims, name) == groups


def test_groups_give_the_role_that_may_do_most():
    roles = Roles(claim=("groups", "hd"), viewer="council.example", member=["m"], planner=["p"], administrator=["a"])
    assert [roles.role_of({"groups": one}) for one in (["m"], ["p", "m"], ["m", "a"], ["other"], "a")] == [
        Role.MEMBER, Role.PLANNER, Role.ADMINISTRATOR, Role.VIEWER, Role.ADMINISTRATOR,
    ]  # fmt: skip
    closed = roles.model_copy(update={"default": "none"})
    assert closed.role_of({"groups": ["other"]}) is None
    assert closed.role_of({}) is None
    assert closed.role_of({"hd": "council.example"}) is Role.VIEWER
    assert Roles(default="member").role_of({}) is Role.MEMBER
