"""Who is at the bedside and how many hands each has free."""

from collections.abc import Iterable, Iterator
from math import inf

from drill.engine.actions import YOU
from drill.engine.entries import Emit
from drill.errors import NameUnknownError
from drill.scenarios.schema import Person
from drill.units import seconds

HANDS = 2
NOT_CALLED = -1


class Member:
    """One person. `here_tick` is when a called person arrives (0 = here from the start, NOT_CALLED = not called)."""

    __slots__ = ("hands_free", "here", "here_tick", "id", "title")

    def __init__(self, person: Person) -> None:
        """Stand ready with both hands free."""
        self.id = person.id
        self.title = person.title
        self.here = person.here
        self.here_tick = 0 if person.here else NOT_CALLED
        self.hands_free = HANDS

    @property
    def name(self) -> str:
        """The name as it stands inside a sentence."""
        return "you" if self.id == YOU else f"the {self.title[:1].lower()}{self.title[1:]}"

    def here_in_s(self, tick: int) -> float:
        """Seconds until this person is here; 0 = here, infinite = not called."""
        if self.here:
            return 0.0
        return inf if self.here_tick == NOT_CALLED else seconds(self.here_tick - tick)


class Team:
    """The people of one drill."""

    def __init__(self, persons: Iterable[Person], emit: Emit) -> None:
        """Take up the scenario's team; the trainee is always in it."""
        self._emit = emit
        self._coming: list[Member] = []
        self._members = {person.id: Member(person) for person in persons}
        if YOU not in self._members:
            self._members = {YOU: Member(Person(id=YOU, title="You")), **self._members}
        for member in self:
            if member.here:
                emit({"t": 0, "k": "person", "who": member.id, "state": "here", "in_s": 0})

    def __iter__(self) -> Iterator[Member]:
        """Go through everyone, in the scenario's order."""
        return iter(self._members.values())

    def __contains__(self, who: str) -> bool:
        """Whether the scenario has such a person."""
        return who in self._members

    def __getitem__(self, who: str) -> Member:
        """Return one person; NameUnknownError with the nearest name where there is no such person."""
        if who not in self._members:
            raise NameUnknownError("person", who, self._members)
        return self._members[who]

    def call(self, tick: int, who: str, in_ticks: int, in_s: float) -> None:
        """Let a person set out who is neither here nor on the way."""
        member = self._members.get(who)
        if member is None or member.here or member.here_tick != NOT_CALLED:
            return
        member.here_tick = tick + in_ticks
        self._coming.append(member)
        self._emit({"t": tick, "k": "person", "who": who, "state": "called", "in_s": in_s})

    def arrivals(self, tick: int) -> None:
        """Let those come in who are due."""
        if not self._coming:
            return
        for member in [member for member in self._coming if tick >= member.here_tick]:
            self._coming.remove(member)
            member.here = True
            self._emit({"t": tick, "k": "person", "who": member.id, "state": "here", "in_s": 0})

    def missing(self, who: str, hands: int) -> str:
        """Return why this person cannot lend that many hands now, "" if they can."""
        member = self[who]
        if not member.here:
            return f"{member.name} {'is on the way' if member.here_tick != NOT_CALLED else 'is not here'}"
        if member.hands_free < hands:
            verb = "have" if who == YOU else "has"
            return f"{member.name} {verb} no {'hands' if hands > 1 else 'hand'} free"
        return ""
