"""People to test with."""

from store.person import Person, Role


def someone(name: str, role: Role = Role.PLANNER, *, team: str = "", origin: str = "198.51.100.7") -> Person:
    """Return somebody who has signed in; their id follows from their name."""
    return Person(f"id of {' '.join(name.split()) or 'nobody'}", name, role, team, origin)


def boss(name: str) -> Person:
    """Return an administrator, who may change what belongs to anybody."""
    return someone(name, Role.ADMINISTRATOR)
