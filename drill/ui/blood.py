"""Blood in the picture: each place of a tube has its own pixels, and only those whose saturation changed are coloured anew.

The circuit is drawn once, twice over: a base with black blood, and a mask that says how much of each pixel is blood.
A pixel is base + mask x colour, so edges stay smooth whatever the colour, and a steady circuit costs nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pygame

from drill.circuit.scene import LineView
from drill.ui.theme import Theme

SHADES = 160
LOWEST = 0.25  # saturation of the darkest shade


class BloodLayer:
    """The circuit's picture with live blood. `pieces` names, for each owner in `owners` (from 1), its part and place 0-1."""

    def __init__(
        self, theme: Theme, onto: pygame.Surface, base: pygame.Surface, mask: pygame.Surface, owners: pygame.Surface,
        pieces: Sequence[tuple[str, float]],
    ) -> None:  # fmt: skip
        """Take the base, the mask and the owner of each pixel, all of one size, and draw the base `onto` its place."""
        self.surface = onto
        onto.blit(base, (0, 0))
        whole = pygame.surfarray.pixels2d(onto).astype(np.uint32)
        part = pygame.surfarray.array3d(mask)[:, :, 0].astype(np.uint32)
        ids = pygame.surfarray.array3d(owners).astype(np.uint32)
        owner = ids[:, :, 0] + (ids[:, :, 1] << 8)
        xs, ys = np.nonzero((owner > 0) & (part > 0))
        order = np.argsort(owner[xs, ys], kind="stable")
        xs, ys = xs[order], ys[order]
        owned = owner[xs, ys]
        self._xs, self._ys = xs, ys
        self._base = whole[xs, ys]
        self._mask = part[xs, ys] + (part[xs, ys] > 127)  # 0-256, so that a shift divides
        ends = np.searchsorted(owned, np.arange(1, len(pieces) + 2))
        self._spans = [(int(ends[k]), int(ends[k + 1])) for k in range(len(pieces))]
        self._shifts = onto.get_shifts()[:3]
        shades = [theme.blood_colour(LOWEST + (1 - LOWEST) * k / (SHADES - 1)) for k in range(SHADES)]
        self._lut = tuple(np.array([shade[c] for shade in shades], dtype=np.uint32) for c in range(3))
        self._piece = owned.astype(np.int64) - 1
        self._shown = np.full(len(pieces), -1, dtype=np.int64)
        self._parts: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = {}
        for name in dict.fromkeys(p for p, _ in pieces):
            index = [k for k, (p, _) in enumerate(pieces) if p == name]
            self._parts[name] = (np.array(index), np.array([pieces[k][1] for k in index]))
        self._seen: dict[str, tuple[int, ...]] = {}

    def update(self, lines: Mapping[str, LineView]) -> int:
        """Colour the pieces whose blood has changed; return how many."""
        changed: list[int] = []
        for name, (index, places) in self._parts.items():
            view = lines.get(name)
            if view is None or not view.saturations:
                continue
            shades = tuple(round((s - LOWEST) / (1 - LOWEST) * (SHADES - 1) * 2) for s in view.saturations)
            if self._seen.get(name) == shades:
                continue
            self._seen[name] = shades
            centres = (np.arange(len(shades)) + 0.5) / len(shades)
            wanted = np.interp(places, centres, np.array(shades, dtype=np.float64) / 2)
            shade = np.clip(np.rint(wanted), 0, SHADES - 1).astype(np.int64)
            new = shade != self._shown[index]
            self._shown[index[new]] = shade[new]
            changed.extend(int(k) for k in index[new])
        if changed:
            self._paint(sorted(changed))
        return len(changed)

    def _paint(self, pieces: Sequence[int]) -> None:
        pixels = pygame.surfarray.pixels2d(self.surface)
        for first, last in _runs(pieces):
            span = slice(self._spans[first][0], self._spans[last][1])
            shade, mask, colour = self._shown[self._piece[span]], self._mask[span], self._base[span]
            for lut, shift in zip(self._lut, self._shifts, strict=True):
                colour = colour + (((mask * lut[shade]) >> np.uint32(8)) << np.uint32(shift))
            pixels[self._xs[span], self._ys[span]] = colour


def _runs(pieces: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of consecutive numbers in a rising sequence: neighbours are painted in one go."""
    first = last = pieces[0]
    for k in pieces[1:]:
        if k != last + 1:
            yield first, last
            first = k
        last = k
    yield first, last
