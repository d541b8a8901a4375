"""Maps as SVG: shapes in metres drawn to a sheet in millimetres."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import InputError

FONT = "Source Sans Pro"
MM_PER_PX = 25.4 / 96
"""Millimetres for a pixel of a screen, as browsers have it."""
_POINTS_PER_MM = 72 / 25.4


@dataclass
class Sheet:
    """A sheet on which a map is drawn, lowest layer first.

    Attributes
    ----------
    bounds
        West, south, east, north that must be visible, metres.
    width_mm, height_mm
        Size on paper; the sheet is filled with the surroundings of `bounds`.
    """

    bounds: tuple[float, float, float, float]
    width_mm: float
    height_mm: float
    parts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        west, south, east, north = self.bounds
        if not (east > west and north > south):
            raise InputError("a map needs an area with a width and a height")
        self.mm_per_m = min(self.width_mm / (east - west), self.height_mm / (north - south))
        self._west = (west + east) / 2 - self.width_mm / self.mm_per_m / 2
        self._north = (south + north) / 2 + self.height_mm / self.mm_per_m / 2

    @property
    def window(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the sheet, metres."""
        return (
            self._west,
            self._north - self.height_mm / self.mm_per_m,
            self._west + self.width_mm / self.mm_per_m,
            self._north,
        )

    def at(self, xy: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Millimetres on the sheet, ``(n, 2)``, of points in metres."""
        point = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        return np.column_stack([point[:, 0] - self._west, self._north - point[:, 1]]) * self.mm_per_m

    def background(self, colour: str) -> None:
        """Fill the sheet."""
        self.parts.append(f'<rect width="{self.width_mm:g}" height="{self.height_mm:g}" fill="{colour}"/>')

    def areas(
        self, shapes: Iterable[object], fill: str, *, edge: str = "none", width_mm: float = 0.0, opacity: float = 1.0
    ) -> None:
        """Fill polygons, and draw their edges when `edge` is a colour."""
        near = shapely.clip_by_rect(np.array(list(shapes), dtype=object), *self._margin())
        rings = shapely.get_rings(shapely.get_parts(near)) if len(near) else []
        path = "".join(self._path(ring) + "Z" for ring in rings)
        if path:
            style = f'fill="{fill}" fill-rule="evenodd" stroke="{edge}" stroke-width="{width_mm:g}"'
            see = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
            self.parts.append(f'<path {style} stroke-linejoin="round"{see} d="{path}"/>')

    def lines(
        self, shapes: Iterable[object], colour: str, width_mm: float, *, dash: str = "", opacity: float = 1.0
    ) -> None:
        """Draw lines."""
        near = shapely.clip_by_rect(np.array(list(shapes), dtype=object), *self._margin())
        parts = shapely.get_parts(near) if len(near) else []
        path = "".join(self._path(line) for line in parts if not shapely.is_empty(line))
        if path:
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            dashed += "" if opacity == 1 else f' stroke-opacity="{opacity:g}"'
            self.parts.append(
                f'<path fill="none" stroke="{colour}" stroke-width="{width_mm:g}" stroke-linecap="round" '
                f'stroke-linejoin="round"{dashed} d="{path}"/>'
            )

    def disc(
        self,
        xy: npt.ArrayLike,
        radius_mm: float,
        fill: str,
        ink: str = "#FFFFFF",
        letters: str = "",
        *,
        edge: str = "#FFFFFF",
        width_mm: float = 0.3,
        opacity: float = 1.0,
    ) -> None:
        """Draw a disc with a rim and letters; nothing when it is outside the sheet."""
        x, y = self.at(xy)[0]
        if not (0 <= x <= self.width_mm and 0 <= y <= self.height_mm):
            return
        see = "" if opacity == 1 else f' opacity="{opacity:g}"'
        self.parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius_mm:g}" fill="{fill}" stroke="{edge}" '
            f'stroke-width="{width_mm:g}"{see}/>'
        )
        if letters:
            size = radius_mm * (1.35 if len(letters) == 1 else 1.05)
            self._text(x, y + size * 0.34, letters, size, ink, 600, halo=False)

    def label(
        self, xy: npt.ArrayLike, text: str, *, size_pt: float = 7.0, ink: str = "#0B0C0C", weight: int = 400
    ) -> None:
        """Write a name over a point, with a white outline; moved inwards where it would leave the sheet."""
        size = size_pt / _POINTS_PER_MM
        half = len(text) * size * 0.27
        x, y = self.at(xy)[0]
        if not (0 <= x <= self.width_mm and 0 <= y <= self.height_mm):
            return
        x = min(max(x, half + 0.5), self.width_mm - half - 0.5)
        self._text(x, min(max(y, size), self.height_mm - 1) + size * 0.3, text, size, ink, weight, halo=True)

    def scale_bar(self, metres: float, words: str) -> None:
        """Draw a scale bar in the lower left corner."""
        long, y = metres * self.mm_per_m, self.height_mm - 2.5
        self.parts.append(
            f'<rect x="1.5" y="{y - 4.2:.2f}" width="{long + 3:.2f}" height="6" fill="#FFFFFF" fill-opacity="0.85"/>'
            f'<path d="M3 {y - 1:.2f}V{y:.2f}H{3 + long:.2f}V{y - 1:.2f}" fill="none" stroke="#0B0C0C" '
            'stroke-width="0.35"/>'
        )
        self._text(3 + long / 2, y - 1.4, words, 2.1, "#0B0C0C", 400, halo=False)

    def to_bytes(self) -> bytes:
        """Return the SVG."""
        size = f"{self.width_mm:g} {self.height_mm:g}"
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width_mm:g}mm" height="{self.height_mm:g}mm" '
            f'viewBox="0 0 {size}">'
        )
        return (head + "".join(self.parts) + "</svg>").encode()

    def _margin(self) -> tuple[float, float, float, float]:
        west, south, east, north = self.window
        more = 2.0 / self.mm_per_m
        return west - more, south - more, east + more, north + more

    def _path(self, line: object) -> str:
        xy = np.round(self.at(shapely.get_coordinates(line)), 2)
        points = [f"{x:g} {y:g}" for x, y in xy]
        return f"M{points[0]}L{' '.join(points[1:])}" if len(points) > 1 else ""

    def _text(self, x: float, y: float, text: str, size: float, ink: str, weight: int, *, halo: bool) -> None:
        common = (
            f'x="{x:.2f}" y="{y:.2f}" font-family="{FONT}" font-size="{size:.2f}" font-weight="{weight}" '
            'text-anchor="middle"'
        )
        words = escape(text)
        if halo:
            self.parts.append(
                f'<text {common} fill="#FFFFFF" stroke="#FFFFFF" stroke-width="{size * 0.28:.2f}" '
                f'stroke-linejoin="round">{words}</text>'
            )
        self.parts.append(f'<text {common} fill="{ink}">{words}</text>')
