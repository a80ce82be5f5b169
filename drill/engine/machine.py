"""The stages of a story as a flat state machine: the only importer of `transitions`.

Whether an edge is taken is decided outside, by plain guards (a trigger costs 13 us, a guard 0.1): the machine only
answers which stage it is now. No text of a pack reaches `transitions` as a callback, which would be looked up and called.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from transitions import Machine

from drill.errors import NameUnknownError
from drill.scenarios.schema import Stage


class StageChange(NamedTuple):
    """The story went from one stage to another; `before` is "" where it began."""

    before: str
    after: str


class _Model:
    """What `transitions` writes its state to."""

    stage: str


class StageMachine:
    """Where the story is. Each run has a machine of its own."""

    def __init__(self, stages: Sequence[Stage], jumps: Iterable[str] = ()) -> None:
        """Build the machine, standing in the first stage; NameUnknownError for an edge that leads nowhere.

        `jumps` are the stages that a broken property leads to, from wherever the story is.
        """
        names: Final = [stage.id for stage in stages]
        edges: list[dict[str, str]] = []
        for stage in stages:
            for index, edge in enumerate(stage.next):
                if edge.go not in names:
                    raise NameUnknownError("stage", edge.go, names)
                edges.append({"trigger": _trigger(stage.id, index), "source": stage.id, "dest": edge.go})
        for name in dict.fromkeys(jumps):
            if name not in names:
                raise NameUnknownError("stage", name, names)
            edges.append({"trigger": _jump(name), "source": "*", "dest": name})
        self._model = _Model()
        self._machine = Machine(
            self._model,
            states=names,
            transitions=edges,
            initial=names[0],
            auto_transitions=False,
            queued=True,
            send_event=True,
            model_attribute="stage",
        )

    @property
    def stage(self) -> str:
        """The id of the stage that the story is in."""
        return self._model.stage

    def take(self, edge: int) -> tuple[StageChange, ...]:
        """Take the present stage's edge number `edge`; return what changed, nothing for an edge back to the same stage."""
        return self._fire(_trigger(self._model.stage, edge))

    def jump(self, stage: str) -> tuple[StageChange, ...]:
        """Go to a stage from wherever the story is: a property that broke says where."""
        return self._fire(_jump(stage))

    def _fire(self, trigger: str) -> tuple[StageChange, ...]:
        before = self._model.stage
        self._machine.events[trigger].trigger(self._model)
        # The trigger's own answer is True even when nothing moved, so the stages are compared.
        after = self._model.stage
        return () if after == before else (StageChange(before, after),)


def _trigger(stage: str, edge: int) -> str:
    return f"{stage}__edge_{edge}"


def _jump(stage: str) -> str:
    return f"jump_to_{stage}"
