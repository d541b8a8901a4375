"""The page that asks people to sign in, and the menu of who has."""

import streamlit as st

from geo.errors import ReachError
from store.access import Access, access
from store.door import sign_in
from store.errors import NotAllowedError
from ui.kit.page import plain, show_error
from ui.kit.session import embedded
from ui.kit.visitor import visitor
from wording.languages import english

# The menu is the last in the header of the app; the buttons beside it make room.
_CSS = """
<style>
div:has(> .st-key-account) { position: fixed; top: .6rem; right: 1rem; z-index: 999991; width: auto !important; }
:root:has(.st-key-account) div:has(> .st-key-bookmarks) { right: 4.2rem; }
:root:has(.st-key-account) div:has(> .st-key-welcome) { right: 12.8rem; }
@media (min-width: 769px) { :root:has(.st-key-account) [data-testid="stHeader"] { padding-right: 21.4rem; } }
@media (max-width: 768px) {
  div:has(> .st-key-account) { right: .5rem; }
  :root:has(.st-key-account) div:has(> .st-key-bookmarks) { right: 3.4rem; }
  :root:has(.st-key-account) div:has(> .st-key-welcome) { right: 11.95rem; }
}
.st-key-account button { width: 2.75rem; min-height: 2.5rem; padding: 0; }
.st-key-account button > div > [aria-hidden="true"] { display: none; }
.st-key-account button p { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.st-key-account button:focus-visible { outline: 3px solid #0B0C0C; outline-offset: 1px; }
:root:fullscreen div:has(> .st-key-account) { display: none; }
@media (display-mode: fullscreen) { div:has(> .st-key-account) { display: none; } }
@media print { div:has(> .st-key-account) { display: none; } }
</style>
"""


def ask_in(title: str) -> None:
    """Go on for who may come in; for everybody else draw the page that asks them to sign in, and nothing after it.

    Parameters
    ----------
    title
        Name of the dashboard.
    """
    if access() is not Access.SIGNED_IN:
        return
    reason = ""
    if st.user.get("is_logged_in"):
        try:
            visitor()
        except NotAllowedError as error:
            reason = str(error)
        except ReachError as error:
            show_error(error)
            st.stop()
        else:
            return
    _ask(title, reason)
    st.stop()


def _ask(title: str, reason: str) -> None:
    words = english()
    st.set_page_config(page_title=title, layout="centered")
    st.title(title, anchor=False)
    if embedded():
        st.markdown(words.say("sign_in.embedded"))
        return
    if reason:
        st.warning(plain(words.say("sign_in.refused", reason=reason)), icon=":material/block:")
    st.markdown(words.say("sign_in.why"))
    for provider in sign_in().providers:
        label = words.say("sign_in.with", provider=provider.capitalize()) if provider else words.say("sign_in.button")
        st.button(
            label, key=f"sign-in-{provider}", type="primary", icon=":material/login:", on_click=st.login,
            args=(provider or None,),
        )  # fmt: skip
    st.caption(words.say("sign_in.kept"))
    if reason:
        st.button(words.say("sign_in.out"), key="sign-in-out", icon=":material/logout:", on_click=st.logout)


def account_menu() -> None:
    """Draw who has signed in, what they may do, and how to sign out; nothing where nobody signs in."""
    if access() is not Access.SIGNED_IN:
        return
    words, who = english(), visitor()
    st.html(_CSS)
    with st.container(key="account"), st.popover(words.say("sign_in.account"), icon=":material/account_circle:"):
        st.markdown(f"**{plain(who.name)}**")
        st.markdown(words.named("sign_in.roles")[who.role])
        if who.team:
            st.markdown(plain(words.say("sign_in.team", team=who.team)))
        st.button(words.say("sign_in.out"), key="account-out", icon=":material/logout:", on_click=st.logout)
