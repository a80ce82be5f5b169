"""Alarm tones, synthesised: styled after IEC 60601-1-8 (never "compliant"), so that no sound file has to be shipped.

One sound is heard at a time: that of the highest alarm which is active and not acknowledged. A machine without an
audio device is silent, and nobody is told twice. Only `play` touches the mixer; the rest is arithmetic on samples.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pygame

from drill.engine.snapshot import AlarmView, Snapshot

RATE_HZ: Final = 44100
C4_HZ: Final = 261.63
F4_SHARP_HZ: Final = 369.99
# Relative strength of harmonics 1..8 (tunable): within 15 dB, and four of them between 300 and 4000 Hz.
HARMONICS: Final = (1.0, 0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.22)


class Melody(NamedTuple):
    """One burst: pitches in Hz, pulse and rest lengths in s (`rests_s` follow each pulse), and the pause to the next burst."""

    pitches_hz: tuple[float, ...]
    pulse_s: float
    rests_s: tuple[float, ...]
    repeat_s: float
    loudness: float


_C, _F = C4_HZ, F4_SHARP_HZ
# Perfusion melody C F# C - C F#, twice for high priority (dependencies of the design); lengths are tunable.
MELODIES: Final[dict[str, Melody]] = {
    "high": Melody((_C, _F, _C, _C, _F) * 2, 0.15, (0.10, 0.10, 0.35, 0.10, 0.60, 0.10, 0.10, 0.35, 0.10, 0.0), 6.5, 0.55),
    "medium": Melody((_C, _F, _C), 0.20, (0.20, 0.20, 0.0), 7.5, 0.40),
    "low": Melody((_F, _C), 0.20, (0.20, 0.0), 20.0, 0.30),
}
PRIORITIES: Final = ("high", "medium", "low")


def pulse(pitch_hz: float, length_s: float) -> npt.NDArray[np.float64]:
    """Return one pulse of `length_s` with soft edges (a fifth of it each), peak 1."""
    count = round(length_s * RATE_HZ)
    t = np.arange(count) / RATE_HZ
    wave = np.zeros(count)
    for n, strength in enumerate(HARMONICS, start=1):
        if n * pitch_hz <= 4000:  # above this a harmonic only makes the tone shrill
            wave += strength * np.sin(2 * np.pi * n * pitch_hz * t)
    edge = max(1, count // 5)
    shape = np.ones(count)
    shape[:edge] = np.linspace(0.0, 1.0, edge)
    shape[-edge:] = np.linspace(1.0, 0.0, edge)
    wave *= shape
    peak = float(np.abs(wave).max())
    return wave / peak if peak > 0 else wave


def burst(priority: str) -> npt.NDArray[np.int16]:
    """Return one burst for `priority` ("high", "medium", "low") as 16-bit mono samples at RATE_HZ."""
    melody = MELODIES[priority]
    parts: list[npt.NDArray[np.float64]] = []
    for pitch_hz, rest_s in zip(melody.pitches_hz, melody.rests_s, strict=True):
        parts.append(pulse(pitch_hz, melody.pulse_s))
        parts.append(np.zeros(round(rest_s * RATE_HZ)))
    samples = np.concatenate(parts) * melody.loudness * 32767
    return samples.astype(np.int16)


def loudest(alarms: Iterable[AlarmView], audio_pause_s: float) -> str:
    """Return the priority that should be heard now, or "" for silence (none, all acknowledged, or audio paused)."""
    if audio_pause_s > 0:
        return ""
    sounding = {a.priority for a in alarms if a.active and not a.acknowledged}
    return next((p for p in PRIORITIES if p in sounding), "")


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what ALSA and its like write to the terminal by themselves away from it: no sound card is no error."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal has nothing to keep clean
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class Sounds:
    """Plays the alarm of a snapshot. `muted` and a missing device both mean silence."""

    def __init__(self, *, muted: bool = False) -> None:
        """Open the mixer if there is one."""
        self._bursts: dict[str, pygame.mixer.Sound] = {}
        self._playing = ""
        self._wait_s = 0.0
        self.muted = muted or not self._open()

    def _open(self) -> bool:
        try:
            with quiet_libraries():
                pygame.mixer.quit()  # pygame.init() opens it in stereo, where a mono burst would be an octave too high
                pygame.mixer.init(RATE_HZ, -16, 1, 1024, allowedchanges=0)
            self._bursts = {p: pygame.mixer.Sound(buffer=burst(p).tobytes()) for p in PRIORITIES}
        except pygame.error:
            return False
        return True

    def update(self, snapshot: Snapshot, dt_s: float) -> str:
        """Advance by `dt_s` of real time and return the priority whose burst starts now, or "".

        A higher alarm interrupts a lower one; the same alarm comes again after its melody's `repeat_s`.
        """
        wanted = loudest(snapshot.alarms, snapshot.audio_pause_s)
        self._wait_s = max(0.0, self._wait_s - dt_s)
        if not wanted:
            self.stop()
            return ""
        if wanted == self._playing and self._wait_s > 0:
            return ""
        if self._playing and self._playing != wanted:
            self.stop()
        self._playing, self._wait_s = wanted, MELODIES[wanted].repeat_s
        if not self.muted:
            self._bursts[wanted].play()
        return wanted

    def stop(self) -> None:
        """Be silent at once, as at a pause or when the drill ends."""
        if self._playing and not self.muted:
            for sound in self._bursts.values():
                sound.stop()
        self._playing, self._wait_s = "", 0.0
