"""Scoring: a rubric and a run's log give a score sheet. Nothing here looks at a live session."""

from drill.engine.scoring.score import score
from drill.engine.scoring.sheet import Evidence, Item, ScoreSheet

__all__ = ["Evidence", "Item", "ScoreSheet", "score"]
