"""The basket of services: which count, their thresholds (impedance cut-offs), modes of travel and weights.

The default is one table that anybody can edit, ``data/basket.toml``, with the reason for each threshold. The page and
the command line change it in memory with :meth:`Basket.changed`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo.errors import InputError, UnknownNameError
from geo.network.modes import LONGEST_THRESHOLD_MIN, Mode, mode_named
from geo.services import category_named
from geo.values import made_of, read_toml

DEFAULT_BASKET = Path(__file__).resolve().parents[2] / "data" / "basket.toml"
HEAVIEST = 1_000.0
"""Weight of one service at most; only the ratios of the weights matter."""
MOST_SERVICES = 100
"""Services of one basket at most."""


@dataclass(frozen=True)
class BasketItem:
    """One service of the basket.

    Attributes
    ----------
    service
        Category of service.
    threshold_min
        Minutes within which it counts as reached; more than 0.
    mode
        Name of the mode.
    weight
        How much it counts in the isolation figure; 0 or more, only ratios matter.
    reason
        Why that threshold.
    """

    service: str
    threshold_min: float
    mode: str
    weight: float
    reason: str

    def __post_init__(self) -> None:
        category_named(self.service)
        mode_named(self.mode)
        if not 0 < self.threshold_min <= LONGEST_THRESHOLD_MIN:
            raise InputError(
                f"a threshold of {self.threshold_min} minutes for {self.service} makes no sense: "
                f"give more than 0 and at most {LONGEST_THRESHOLD_MIN}"
            )
        if not 0 <= self.weight <= HEAVIEST:
            raise InputError(
                f"a weight of {self.weight} for {self.service} makes no sense: give 0 or more, {HEAVIEST:,.0f} at most"
            )


@dataclass(frozen=True)
class Basket:
    """Services in the order in which they are shown; each once, with some weight."""

    items: tuple[BasketItem, ...]

    def __post_init__(self) -> None:
        if len(self.items) > MOST_SERVICES:
            raise InputError(
                f"the list of services names {len(self.items):,}: at most {MOST_SERVICES} can be asked for"
            )
        twice = {item.service for item in self.items if self.services.count(item.service) > 1}
        if twice:
            raise InputError(f"the list of services names a service twice: {', '.join(sorted(twice))}")
        if not sum(item.weight for item in self.items) > 0:
            raise InputError("the weights of the services add up to nothing: give at least one service some weight")

    def __iter__(self) -> Iterator[BasketItem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def services(self) -> list[str]:
        """Categories in order."""
        return [item.service for item in self.items]

    @property
    def modes(self) -> list[Mode]:
        """Each mode that is used, once."""
        return [mode_named(name) for name in dict.fromkeys(item.mode for item in self.items)]

    @property
    def thresholds_s(self) -> npt.NDArray[np.float64]:
        """``(n_services,)`` thresholds in seconds."""
        return np.array([item.threshold_min * 60.0 for item in self.items])

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """``(n_services,)`` weights that sum to 1."""
        weights: npt.NDArray[np.float64] = np.array([item.weight for item in self.items], dtype=np.float64)
        weights /= weights.sum()
        return weights

    def item(self, service: str) -> BasketItem:
        """Return the item of a service; `UnknownNameError` lists those in the basket."""
        for item in self.items:
            if item.service == service:
                return item
        raise UnknownNameError("service of the list", service, self.services)

    def changed(
        self,
        *,
        thresholds_min: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
        mode: str | None = None,
        services: Sequence[str] | None = None,
    ) -> "Basket":
        """Return this basket with other thresholds or weights, another mode throughout, or only some services.

        Parameters
        ----------
        thresholds_min, weights
            New values by service; services that are not named keep theirs.
        mode
            Mode for every service.
        services
            Keep only these, in the order of the basket.

        Raises
        ------
        UnknownNameError
            When a service is not in the basket or a mode is unknown.
        InputError
            When a value makes no sense.
        """
        new_thresholds, new_weights = thresholds_min or {}, weights or {}
        for service in [*new_thresholds, *new_weights, *(services or ())]:
            self.item(service)
        kept = self.services if services is None else services
        return Basket(
            tuple(
                replace(
                    item,
                    threshold_min=float(new_thresholds.get(item.service, item.threshold_min)),
                    weight=float(new_weights.get(item.service, item.weight)),
                    mode=item.mode if mode is None else mode,
                )
                for item in self.items
                if item.service in kept
            )
        )


def read_basket(path: Path = DEFAULT_BASKET) -> Basket:
    """Read a basket from a TOML file of ``[[service]]`` tables.

    Raises
    ------
    InputError
        When the file cannot be read, lacks a key, has one too many, or a value makes no sense; it names the service.
    UnknownNameError
        When a service or mode is unknown.
    """
    content = read_toml(path, "the list of services")
    if not content.get("service"):
        raise InputError(f"the list of services {path.name} has no [[service]] table")
    return Basket(made_of(_File, content, path.name).service)


@dataclass(frozen=True)
class _File:
    """What a file of the basket holds."""

    service: tuple[BasketItem, ...]
