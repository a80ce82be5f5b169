"""Blood in the picture: each place of a tube has its own pixels, and only those whose saturation changed are coloured anew.

The circuit is drawn once, twice over: a base with black blood, and a mask that says how much of each pixel is blood.
A pixel is base + mask x colour, so edges stay smooth whatever the colour, and a steady circuit costs nothing.
"""

from collections.abc import Mapping, Sequence

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
        red, green, blue, _ = self.surface.get_shifts()
        whole = pygame.surfarray.array3d(base).astype(np.uint32)
        part = pygame.surfarray.array3d(mask)[:, :, 0].astype(np.uint32)
        ids = pygame.surfarray.array3d(owners).astype(np.uint32)
        owner = ids[:, :, 0] + (ids[:, :, 1] << 8)
        xs, ys = np.nonzero((owner > 0) & (part > 0))
        order = np.argsort(owner[xs, ys], kind="stable")
        xs, ys = xs[order], ys[order]
        owned = owner[xs, ys]
        self._xs, self._ys = xs, ys
        self._base = whole[xs, ys]
        self._mask = part[xs, ys]
        ends = np.searchsorted(owned, np.arange(1, len(pieces) + 2))
        self._spans = [(int(ends[k]), int(ends[k + 1])) for k in range(len(pieces))]
        self._shift = (red, green, blue)
        self._lut = [theme.blood_colour(LOWEST + (1 - LOWEST) * k / (SHADES - 1)) for k in range(SHADES)]
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
            self._paint(changed)
        return len(changed)

    def _paint(self, pieces: Sequence[int]) -> None:
        red, green, blue = self._shift
        pixels = pygame.surfarray.pixels2d(self.surface)
        for k in pieces:
            start, stop = self._spans[k]
            colour = self._lut[int(self._shown[k])]
            mask, base = self._mask[start:stop], self._base[start:stop]
            r = base[:, 0] + (mask * colour[0] // 255)
            g = base[:, 1] + (mask * colour[1] // 255)
            b = base[:, 2] + (mask * colour[2] // 255)
            pixels[self._xs[start:stop], self._ys[start:stop]] = (r << red) | (g << green) | (b << blue)
