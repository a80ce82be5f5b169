"""Plays a pack's play: rules on what is shown, each with its wait, as a careful hand would carry them out."""

from collections import deque
from collections.abc import Iterable

from drill.engine.actions import Action, clamp, unclamp
from drill.engine.evaluate import compile_condition
from drill.engine.frame import Frame
from drill.engine.snapshot import OptionView
from drill.errors import PackError
from drill.robots.view import Running
from drill.scenarios.schema import Act, Play, Rule
from drill.units import ticks

PATIENCE_TICKS = ticks(120)  # tunable: an act that stays impossible this long is given up
OPTION_VERBS = ("do", "order", "say", "look")


def resolve(play: Play, plays: Iterable[Play]) -> tuple[Rule, ...]:
    """Return a play's rules with `extends`, `drop` and `change` carried out.

    Raises PackError for a base play or a rule that does not exist.
    """
    if play.extends is None:
        return play.rules
    base = {p.id: p for p in plays}
    if play.extends not in base:
        raise PackError(f"play '{play.id}' extends '{play.extends}', which the pack does not have (it has {', '.join(sorted(base))})")
    rules = {rule.id: rule for rule in resolve(base[play.extends], plays)}
    for name in (*play.drop, *play.change):
        if name not in rules:
            raise PackError(f"play '{play.id}' drops or changes rule '{name}', which '{play.extends}' does not have: {', '.join(rules)}")
    kept = (play.change.get(name, rule) for name, rule in rules.items() if name not in play.drop)
    return (*kept, *play.rules)


class PlayRobot:
    """A trainee who follows written rules. `pace` multiplies every wait: 1 is the expert, 3 is slow.

    A rule that becomes true starts its wait, then its acts are done in order. An act that cannot be done yet
    (hands are full, someone is not here) is tried again until it can, and the later acts of its rule wait for it.
    """

    def __init__(self, rules: tuple[Rule, ...], pace: float = 1.0) -> None:
        """Compile the rules; their time starts at tick 0."""
        self._rules = [(rule, compile_condition(rule.when)) for rule in rules]
        for _, check in self._rules:
            check.begin(0)
        self._pace = pace
        self._was = dict.fromkeys((rule.id for rule in rules), False)
        self._spent: set[str] = set()
        self._due: list[tuple[int, deque[Act]]] = []

    def decide(self, frame: Frame, session: Running) -> tuple[Action, ...]:
        """Start the rules that became true, and return the acts whose time has come and that can be done."""
        for rule, check in self._rules:
            holds = check(frame)
            if holds and not self._was[rule.id] and rule.id not in self._spent:
                self._due.append((frame.tick + ticks(rule.wait_s * self._pace), deque(rule.do)))
                if rule.once:
                    self._spent.add(rule.id)
            self._was[rule.id] = holds
        if not any(tick <= frame.tick for tick, _ in self._due):
            return ()
        return self._act(frame, {(option.verb, option.target): option for option in session.snapshot().options})

    def _act(self, frame: Frame, options: dict[tuple[str, str], OptionView]) -> tuple[Action, ...]:
        out: list[Action] = []
        for tick, acts in self._due:
            busy = frame.tick < tick
            while acts and not busy:
                action = action_of(acts[0])
                busy = not possible(action, options) and frame.tick < tick + PATIENCE_TICKS
                if not busy:
                    out.append(action)
                    acts.popleft()
                    busy = action.verb in OPTION_VERBS  # what it does to hands shows in the next frame
            if busy and frame.tick >= tick and out and out[-1].verb in ("do", "order", "look"):
                break  # hands have one thing at a time
        self._due = [(tick, acts) for tick, acts in self._due if acts]
        return tuple(out)


def possible(action: Action, options: dict[tuple[str, str], OptionView]) -> bool:
    """Say whether the panel offers the action now; what is not a job, call-out or look always is."""
    if action.verb not in OPTION_VERBS:
        return True
    verb = "do" if action.verb == "order" else action.verb
    option = options.get((action.verb, action.target)) or options.get((verb, action.target))
    return option is None or not option.reason


def action_of(act: Act) -> Action:
    """Return the action that an act of a play stands for. Raises PackError for an act without a verb."""
    match act:
        case Act(clamp=str(site)):
            return clamp(site)
        case Act(unclamp=str(site)):
            return unclamp(site)
        case Act(set=str(name)):
            return Action(verb="set", target=name, value=act.to)
        case Act(order=str(task)):
            return Action(verb="order", target=task, who=act.who or "you")
        case Act(do=str(task)):
            return Action(verb="do", target=task)
        case Act(stop=str(task)):
            return Action(verb="stop", target=task)
        case Act(say=str(saying)):
            return Action(verb="say", target=saying)
        case Act(look=str(part)):
            return Action(verb="look", target=part)
        case Act(ack=str(what)):
            return Action(verb="ack", target=what)
        case _:
            raise PackError("an act of a play has exactly one of clamp, unclamp, set, do, stop, order, say, look, ack; found none")
