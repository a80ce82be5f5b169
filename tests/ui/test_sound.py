"""Alarm tones: what they are made of, and when they are heard."""

import numpy as np
import pygame
import pytest

from drill.engine.snapshot import AlarmView
from drill.ui.sound import HARMONICS, MELODIES, RATE_HZ, Sounds, burst, loudest, pulse


def alarm(priority: str, *, active: bool = True, acknowledged: bool = False) -> AlarmView:
    """Return an alarm of a priority."""
    return AlarmView(id=priority, priority=priority, text="X", active=active, acknowledged=acknowledged, since_tick=0)


@pytest.mark.parametrize(("priority", "pulses"), [("high", (10,)), ("medium", (3,)), ("low", (1, 2))])
def test_the_number_of_pulses_tells_the_priority(priority: str, pulses: tuple[int, ...]) -> None:
    """Counted in the sound itself: stretches of tone between stretches of silence."""
    loud = np.abs(burst(priority).astype(float)) > 200
    window = RATE_HZ // 50  # a silence of 20 ms separates pulses, a zero crossing does not
    heard = np.convolve(loud, np.ones(window), mode="same") > 0

    assert int((np.diff(heard.astype(int)) == 1).sum() + heard[0]) in pulses


@pytest.mark.parametrize("pitch_hz", sorted({p for m in MELODIES.values() for p in m.pitches_hz}))
def test_each_pulse_has_its_harmonics(pitch_hz: float) -> None:
    """Fundamental 150 to 1000 Hz and at least four harmonics from 300 to 4000 Hz within 15 dB of the strongest."""
    wave = pulse(pitch_hz, 1.0)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    level_db = [20 * np.log10(spectrum[round(n * pitch_hz) - 3 : round(n * pitch_hz) + 4].max()) for n in range(1, len(HARMONICS) + 1)]

    strong = [n for n, db in enumerate(level_db, 1) if db > max(level_db) - 15 and 300 <= n * pitch_hz <= 4000]

    assert 150 <= pitch_hz <= 1000
    assert len(strong) >= 4


def test_the_highest_alarm_is_heard_alone() -> None:
    """Of several alarms that sound, only the highest priority is heard."""
    assert loudest([alarm("low"), alarm("high"), alarm("medium")], 0) == "high"
    assert loudest([alarm("low"), alarm("high", acknowledged=True)], 0) == "low"
    assert loudest([alarm("high", active=False)], 0) == ""


def test_audio_pause_means_silence() -> None:
    """During the audio pause nothing is heard, whatever sounds."""
    assert loudest([alarm("high")], 60.0) == ""


class _Snapshot:
    """The two fields of a snapshot that sounds are made from."""

    def __init__(self, *priorities: str, pause_s: float = 0.0) -> None:
        self.alarms = tuple(alarm(p) for p in priorities)
        self.audio_pause_s = pause_s


def starts(sounds: Sounds, snapshot: _Snapshot, seconds: float) -> list[str]:
    """Return the bursts that start within some seconds of 50 updates each."""
    started = (sounds.update(snapshot, 0.02) for _ in range(round(seconds * 50)))  # type: ignore[arg-type]
    return [s for s in started if s]


def test_a_burst_repeats_after_its_pause_and_a_higher_one_interrupts() -> None:
    """The same alarm comes again after its melody's time; a higher one does not wait for that."""
    sounds = Sounds(muted=True)

    assert starts(sounds, _Snapshot("medium"), MELODIES["medium"].repeat_s + 1) == ["medium", "medium"]
    assert starts(sounds, _Snapshot("medium", "high"), 0.1) == ["high"]
    assert starts(sounds, _Snapshot("medium", "high", pause_s=10), 1) == []
    assert starts(sounds, _Snapshot("medium", "high"), 0.1) == ["high"]


@pytest.mark.parametrize("priority", ["high", "medium", "low"])
def test_bursts_do_not_run_into_each_other(priority: str) -> None:
    """A melody is over, with at least a second to spare, before it comes again."""
    assert len(burst(priority)) / RATE_HZ + 1.0 <= MELODIES[priority].repeat_s


def test_a_burst_lasts_as_long_as_it_was_made() -> None:
    """The mixer runs at the tones' own rate and in mono, whatever it was opened with before."""
    pygame.init()
    sounds = Sounds()

    assert not sounds.muted
    for priority, sound in sounds._bursts.items():
        assert sound.get_length() == pytest.approx(len(burst(priority)) / RATE_HZ, abs=0.01)
    pygame.quit()


def test_no_audio_device_means_silence_without_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that cannot open its mixer plays nothing and goes on."""
    pygame.mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "there_is_no_such_driver")

    sounds = Sounds()

    assert sounds.muted
    assert starts(sounds, _Snapshot("high"), 0.1) == ["high"]
