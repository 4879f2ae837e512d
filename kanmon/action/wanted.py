"""What a decision hands on: an action policy wants something done about these PCs of a run."""

from dataclasses import dataclass

from pyroaring import BitMap

from kanmon.journal.models import Run
from kanmon.journal.worker import Work
from kanmon.judgment.levels import Level
from kanmon.policy.rules_action import ActionPolicy, LevelActions, Step


@dataclass(frozen=True, slots=True)
class Wanted:
    """An action policy wants something done about these PCs of a run. ``work``: the operation that decides.

    ``step``: the number of the step of the level; 0 is the first.
    """

    work: Work
    run: Run
    version: int
    policy: ActionPolicy
    level: Level
    pcs: BitMap
    step: int = 0

    @property
    def actions(self) -> Step:
        """What the policy says of this step."""
        of_level: LevelActions = getattr(self.policy, self.level.word)
        return of_level.steps[self.step]

    @property
    def when(self) -> str:
        """``level_changed`` or ``every_judgment``."""
        of_level: LevelActions = getattr(self.policy, self.level.word)
        return of_level.when
