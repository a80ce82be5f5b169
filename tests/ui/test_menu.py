"""The menu by keyboard and mouse, and what it does with packs that do not load."""

from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from drill import TRAINING_ONLY
from drill.errors import SessionError
from drill.ui.app import open_window
from drill.ui.caselist import BrokenCard, Card, CaseCard
from drill.ui.forms import Choice, Field
from drill.ui.menu import Menu
from drill.ui.screens import Desk, Leave, Screen
from drill.ui.sound import Sounds

CASES = (
    CaseCard("a/one", "First case", "line one", "VA ECMO", free_play=False),
    BrokenCard("A broken case", ("packs/b/scenarios/x.yaml:3:1: unknown key 'abov' (did you mean 'above'?)",)),
    CaseCard("a/two", "Second case", "line two", "VA ECMO", free_play=True),
)


@pytest.fixture(autouse=True)
def _pygame() -> Iterator[None]:
    pygame.init()
    yield
    pygame.quit()


def menu(cards: tuple[Card, ...] = CASES, size: tuple[int, int] = (1280, 720)) -> tuple[Menu, list[str]]:
    """Return a menu, and the list that fills with the cases it opens."""
    opened: list[str] = []

    def opens(desk: Desk, card: CaseCard, _menu: Menu) -> Screen:
        opened.append(card.ref)
        return Leave(desk)

    return Menu(Desk((), size=size, sounds=Sounds(muted=True)), cards, opens), opened


def key(code: int, mod: int = 0) -> pygame.Event:
    """Return the event of a key."""
    return pygame.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="", scancode=0)


def click(screen: Screen, x: float, y: float) -> Screen | None:
    """Click at a logical point, as the window would report it at the desk's size."""
    return screen.handle(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=screen.desk.canvas.at((x, y))))


def texts(screen: Screen) -> list[tuple[str, pygame.FRect]]:
    """Draw the screen and return each text with its logical box."""
    canvas = screen.desk.canvas
    canvas.surface = pygame.Surface(screen.desk.size)
    canvas.clear_record()
    screen.draw(canvas)
    return list(canvas.placed)


def test_arrows_skip_what_does_not_load_and_enter_opens() -> None:
    """The second press of the arrow stays on the last case that can be played."""
    screen, opened = menu()

    screen.handle(key(pygame.K_DOWN))
    screen.handle(key(pygame.K_DOWN))
    screen.handle(key(pygame.K_RETURN))

    assert opened == ["a/two"]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (800, 600), (1000, 1400)])
def test_a_case_is_chosen_by_mouse_at_any_window_size(size: tuple[int, int]) -> None:
    """A click on a card chooses it, a click on the button opens it, whatever the window's shape."""
    screen, opened = menu(size=size)
    place = dict(texts(screen))["Second case"]

    click(screen, *place.center)
    went = click(screen, *dict(texts(screen))["Open the case"].center)

    assert opened == ["a/two"]
    assert isinstance(went, Leave)


def test_a_broken_pack_shows_its_error_and_cannot_be_opened() -> None:
    """The error stands in the list with file and line; clicking it changes nothing."""
    screen, opened = menu()
    shown = dict(texts(screen))
    (error,) = (t for t in shown if "x.yaml:3:1" in t)

    click(screen, *shown[error].center)
    screen.handle(key(pygame.K_RETURN))

    assert opened == ["a/one"]


def test_with_nothing_to_play_the_menu_says_so() -> None:
    """No case, no crash: Enter does nothing and the screen says what to do."""
    screen, opened = menu(cards=())

    assert screen.handle(key(pygame.K_RETURN)) is None
    assert opened == []
    assert any("No case was found" in t for t, _ in texts(screen))


def test_mode_and_code_are_kept_on_the_desk() -> None:
    """What was chosen and typed goes to the run: Tab to the mode, right to exam, Tab to the code, type."""
    screen, _ = menu()

    screen.handle(key(pygame.K_TAB))
    screen.handle(key(pygame.K_RIGHT))
    screen.handle(key(pygame.K_TAB))
    for letter in " T-1\t\x1b7\n":
        screen.handle(pygame.Event(pygame.TEXTINPUT, text=letter))

    assert screen.desk.mode == "exam"
    assert screen.desk.trainee == "T-17"


def test_escape_leaves() -> None:
    """Esc goes to the end of the program."""
    screen, _ = menu()

    assert isinstance(screen.handle(key(pygame.K_ESCAPE)), Leave)


def test_many_cases_scroll_and_the_chosen_one_is_always_seen() -> None:
    """With more cases than fit, the arrows bring the chosen one into view."""
    many = tuple(CaseCard(f"a/c{i}", f"Case {i}", "line", "VA ECMO", free_play=False) for i in range(20))
    screen, _ = menu(cards=many)

    for _ in range(19):
        screen.handle(key(pygame.K_DOWN))
    place = dict(texts(screen))["Case 19"]

    assert place.top >= 156
    assert place.bottom <= 656


def test_left_and_right_list_the_cases_of_one_machine() -> None:
    """Only its cases are listed and reached; what was chosen stays chosen while it is listed."""
    kinds = ("VA ECMO", "VV ECMO", "VA ECMO")
    screen, opened = menu(cards=tuple(CaseCard(f"a/c{i}", f"Case {i}", "line", kind, free_play=False) for i, kind in enumerate(kinds)))

    screen.handle(key(pygame.K_DOWN))
    screen.handle(key(pygame.K_RIGHT))
    listed = {text for text, _ in texts(screen) if text.startswith("Case ")}
    screen.handle(key(pygame.K_DOWN))
    screen.handle(key(pygame.K_RETURN))
    screen.handle(key(pygame.K_RIGHT))
    screen.handle(key(pygame.K_RETURN))

    assert listed == {"Case 0", "Case 2"}
    assert opened == ["a/c2", "a/c1"]


def test_an_exam_is_drawn_among_the_listed_cases() -> None:
    """Of one machine if one is chosen, never free play, and as an exam; without chance there is no such key."""
    cards = tuple(CaseCard(f"a/{i}", f"Case {i}", "line", "VA" if i < 3 else "VV", free_play=i == 2) for i in range(5))
    opened: list[tuple[str, str]] = []
    asked: list[int] = []

    def opens(desk: Desk, card: CaseCard, _menu: Menu) -> Screen:
        opened.append((card.ref, desk.mode))
        return Leave(desk)

    def chance(below: int) -> int:
        asked.append(below)
        return below - 1

    screen = Menu(Desk((), sounds=Sounds(muted=True)), cards, opens, chance=chance)
    screen.handle(key(pygame.K_F6))
    screen.handle(key(pygame.K_RIGHT))
    screen.handle(key(pygame.K_F6))
    plain, reached = menu(cards=cards)
    plain.handle(key(pygame.K_F6))

    assert (asked, opened, reached) == ([4, 2], [("a/4", "exam"), ("a/1", "exam")], [])


def test_no_text_touches_another_and_the_label_is_there() -> None:
    """Nothing overlaps, nothing leaves the canvas, and the screen says that it is a simulation."""
    screen, _ = menu()
    placed = texts(screen)

    assert TRAINING_ONLY in dict(placed)
    for i, (text, box) in enumerate(placed):
        assert pygame.FRect(0, 0, 1280, 720).contains(box), text
        assert not [other for other, near in placed[i + 1 :] if box.colliderect(near)], text


def test_a_field_takes_only_what_it_allows_and_no_more_than_it_holds() -> None:
    """Letters beyond the allowed set or length are not taken; backspace takes the last one away."""
    desk = Desk((), sounds=Sounds(muted=True))
    field = Field((0, 0, 100, 40), "hint", "abc".__contains__, 4, focused=True)

    field.handle(pygame.Event(pygame.TEXTINPUT, text="aXbYc cab"), desk.canvas)
    assert field.value == "abcc"
    field.handle(key(pygame.K_BACKSPACE), desk.canvas)
    assert field.value == "abc"


def test_a_long_text_stays_in_its_field() -> None:
    """What is wider than the field is seen at its end, where it is being written."""
    desk = Desk((), sounds=Sounds(muted=True))
    field = Field((0, 0, 416, 44), "hint", str.isprintable, 40, "W" * 38 + "ab", focused=True)
    drawn: list[tuple[str, float]] = []
    text = desk.canvas.text
    desk.canvas.text = lambda words, at, *more, **how: drawn.append((words, at[0])) or text(words, at, *more, **how)  # type: ignore[method-assign,func-returns-value]

    field.draw(desk.canvas)

    ((words, left),) = drawn
    assert words.endswith("Wab")
    assert left + desk.canvas.width(words, "text") <= 416
    assert field.value == "W" * 38 + "ab"


def test_a_choice_goes_round() -> None:
    """Right from the last option is the first again."""
    desk = Desk((), sounds=Sounds(muted=True))
    choice = Choice((("a", "A"), ("b", "B")), (0, 0, 100, 40), "b", focused=True)

    choice.handle(key(pygame.K_RIGHT), desk.canvas)

    assert choice.value == "a"


def test_the_desk_keeps_its_canvas_when_the_window_is_minimised() -> None:
    """A window of no size is not drawn on; another size makes a new canvas."""
    desk = Desk((), sounds=Sounds(muted=True))
    before = desk.canvas

    desk.resize((0, 0))
    assert desk.canvas is before
    desk.resize((1600, 900))
    assert desk.canvas.scale == pytest.approx(1.25)


@pytest.fixture
def broken_pack(tmp_path: Path, root: Path) -> Path:
    """A folder of packs whose one scenario has one key too many."""
    shipped = (root / "scenario_packs" / "base" / "scenarios" / "free_play_va.yaml").read_text(encoding="utf-8")
    pack = tmp_path / "packs" / "mine" / "scenarios"
    pack.mkdir(parents=True)
    (pack / "one.yaml").write_text(shipped.replace("id: free_play_va", "id: one") + "foo: 1\n", encoding="utf-8")
    (pack.parent / "pack.yaml").write_text("schema: drill/1\nid: mine\nversion: '1'\ntitle: t\nlicence: l\n", encoding="utf-8")
    return tmp_path / "packs"


def test_the_real_menu_lists_the_shipped_cases_and_a_broken_one(broken_pack: Path) -> None:
    """Cases first, then free play, then what does not load with its place; no id or cause stands on the screen."""
    from drill.records.home import pack_roots
    from drill.ui.app import make_menu

    screen = make_menu(Desk((*pack_roots(), broken_pack), sounds=Sounds(muted=True)))
    top = " ".join(t for t, _ in texts(screen))
    screen.handle(pygame.Event(pygame.MOUSEWHEEL, y=-100))
    shown = top + " ".join(t for t, _ in texts(screen))
    kinds = [("broken" if isinstance(c, BrokenCard) else "free" if c.free_play else "case") for c in screen.list.cards]

    assert kinds == sorted(kinds, key=["case", "free", "broken"].index)
    assert "foo" in shown
    assert not [word for word in ("pump_head", "va_flow_lost", "motor", "no_power") if word in shown.lower()]


def test_a_display_that_cannot_be_opened_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the window system does not answer, the program says why and what to do instead, not `pygame.error`."""
    pygame.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "no_such_driver")

    with pytest.raises(SessionError, match=r"no window can be shown here.*drill doctor"):
        open_window(Desk((), sounds=Sounds(muted=True)), Leave)
