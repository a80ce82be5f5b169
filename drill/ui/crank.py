"""Hands on the crank: gestures become a signed cadence in handle turns a minute, at most ten times a second."""

from drill.circuit.controls import CONTROLS
from drill.engine.actions import Action

SEND_EVERY_S = 0.1
IDLE_S = 0.7  # tunable: hands that have not moved for so long have stopped
STROKE_TURNS = 0.5  # one press of the key is half a turn of the handle
FIRST_STROKE_RPM = 40.0  # tunable: what a first press counts for, before there is a rhythm
SMOOTHING = 0.5


class Crank:
    """Follows a handle that is dragged round or stroked by key presses. Times are real seconds."""

    def __init__(self) -> None:
        self.taken_s = -1e9
        self._held = False
        self._turned = 0.0
        self._since_s = 0.0
        self._moved_s = -1e9
        self._sent_s = -1e9
        self._stroke_s = -1e9
        self._rpm = 0.0
        self._going = False

    def take(self, now_s: float) -> None:
        """Take the handle."""
        self.taken_s = now_s
        self._held, self._turned, self._since_s = True, 0.0, now_s

    def turn(self, now_s: float, turns: float) -> list[Action]:
        """Turn the held handle by a part of a turn, clockwise positive."""
        self._turned += turns
        if turns:
            self._moved_s = now_s
        span = now_s - self._since_s
        if span < SEND_EVERY_S:
            return []
        pace = self._turned / span * 60.0
        self._turned, self._since_s = 0.0, now_s
        return self._send(now_s, self._rpm + (pace - self._rpm) * SMOOTHING)

    def stroke(self, now_s: float, way: int) -> list[Action]:
        """Turn the handle by half a turn at once; the rhythm of strokes makes the cadence."""
        gap = now_s - self._stroke_s
        self._stroke_s = self._moved_s = now_s
        pace = way * (FIRST_STROKE_RPM if gap > IDLE_S * 2 else STROKE_TURNS / max(gap, 0.05) * 60.0)
        steady = self._rpm if self._rpm * way > 0 else pace
        return self._send(now_s, steady + (pace - steady) * SMOOTHING)

    def let_go(self, now_s: float) -> list[Action]:
        """Let the handle go: it stands."""
        self._held = False
        return self._stop(now_s)

    def idle(self, now_s: float) -> list[Action]:
        """Let the handle stand once the hands have not moved for a while."""
        patience = IDLE_S if self._held else IDLE_S * 2
        return self._stop(now_s) if self._going and now_s - self._moved_s > patience else []

    def _stop(self, now_s: float) -> list[Action]:
        if not self._going:
            return []
        self._rpm, self._going, self._sent_s = 0.0, False, now_s
        return [Action(verb="set", target="crank_rpm", value=0.0)]

    def _send(self, now_s: float, rpm: float) -> list[Action]:
        control = CONTROLS["crank_rpm"]
        self._rpm = max(control.low, min(control.high, rpm))
        self._going = True
        if now_s - self._sent_s < SEND_EVERY_S - 1e-9:
            return []
        self._sent_s = now_s
        return [Action(verb="set", target="crank_rpm", value=float(round(self._rpm)))]
