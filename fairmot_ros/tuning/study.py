# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Studies of optuna, stored in a file so that an interrupted search is resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import add
from pathlib import Path

import optuna
from optuna.exceptions import StorageInternalError
from optuna.trial import TrialState
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.files.writing import WriteError
from fairmot_ros.tracker.config import TrackerConfig
from fairmot_ros.tuning.measuring import Measurer, Values
from fairmot_ros.tuning.search_space import Range, consistent, suggest

#: Attribute of a study: what it searches. Attribute of a trial: its values.
SEARCH, VALUES = 'search', 'values'
#: Seconds to wait while another program reads the file.
LOCK_TIMEOUT = 60.0


class StudyError(ValueError):
    """A stored study that cannot be used; the message says why."""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Convert errors of the database to WriteError."""
    try:
        yield
    except (StorageInternalError, SQLAlchemyError) as error:
        cause = error.__cause__ if isinstance(error, StorageInternalError) else error
        reason = str(getattr(cause, 'orig', cause)).splitlines()[0]
        raise WriteError(f'{path} cannot be read or written: {reason}') from error


class Studies:
    """Searches that advance together, one trial each at a time.

    Each search sees some of the inputs only. The trials depend on the seed and the earlier trials
    of the same search, not on the number of processes or on interruptions.
    """

    def __init__(
        self,
        path: Path,
        inputs: Mapping[str, Sequence[int]],
        space: Mapping[str, Range],
        default: TrackerConfig,
        fingerprint: str,
        seed: int = 0,
    ) -> None:
        """Open or create the studies.

        Args:
            path: SQLite file of the studies; its folder must exist.
            inputs: indices of the inputs of each study, by its name.
            space: settings to search.
            default: settings that are not searched.
            fingerprint: what results depend on.
            seed: seed of the search.

        Raises:
            StudyError: if the file has studies with another fingerprint.
            WriteError: if the file cannot be read or written.
        """
        self.inputs = inputs
        self._path, self._space, self._default, self._seed = path, space, default, seed
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with storage_errors(path):
            url = URL.create('sqlite', database=str(path)).render_as_string()
            storage = optuna.storages.RDBStorage(
                url, engine_kwargs={'connect_args': {'timeout': LOCK_TIMEOUT}}
            )
            self._studies = {name: self._open(storage, name, fingerprint) for name in inputs}

    def _open(
        self, storage: optuna.storages.RDBStorage, name: str, fingerprint: str
    ) -> optuna.Study:
        study = optuna.create_study(
            storage=storage, study_name=name, direction='maximize', load_if_exists=True
        )
        if study.user_attrs.setdefault(SEARCH, fingerprint) != fingerprint:
            raise StudyError(
                f'{self._path} belongs to a search with other inputs or options: give these '
                'again, or another output folder'
            )
        study.set_user_attr(SEARCH, fingerprint)
        for trial in study.get_trials(states=(TrialState.RUNNING,)):  # of a process that ended
            study.tell(trial.number, state=TrialState.FAIL)
        if not study.get_trials(states=(TrialState.COMPLETE, TrialState.WAITING)):
            study.enqueue_trial({name: span.default for name, span in self._space.items()})
        return study

    def finished(self, name: str) -> int:
        """Return the number of finished trials of a study."""
        return len(self._studies[name].get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))

    def run(
        self,
        trials: int,
        measurer: Measurer,
        objective: Callable[[Metrics], float],
        advanced: Callable[[int], object] = lambda count: None,
    ) -> None:
        """Run trials until each study has at least so many.

        If this is interrupted, finished trials are kept.

        Args:
            trials: number of trials of each study.
            measurer: measures the settings of a trial.
            objective: value to maximise, of the combined metrics of the inputs of a study.
            advanced: called with the number of trials that have finished since the last call.

        Raises:
            WriteError: if the file of the studies cannot be written.
        """
        with storage_errors(self._path):
            while active := [name for name in self._studies if self.finished(name) < trials]:
                self._round(active, measurer, objective)
                advanced(len(active))

    def _round(
        self, names: Sequence[str], measurer: Measurer, objective: Callable[[Metrics], float]
    ) -> None:
        """Run one trial of each named study.

        A trial that is interrupted stays unfinished until the studies are opened again.
        """
        asked: dict[str, optuna.Trial] = {}
        for name in names:
            study = self._studies[name]
            # A generator per trial, so that resumed searches draw the same values.
            study.sampler = optuna.samplers.TPESampler(seed=self._seed + self.finished(name))
            asked[name] = study.ask()
        chosen = {
            name: consistent(suggest(trial, self._space), self._default)
            for name, trial in asked.items()
        }
        pairs = [(chosen[name], index) for name in names for index in self.inputs[name]]
        metrics = iter(measurer.measure(pairs))
        for name, trial in asked.items():
            combined = reduce(add, [next(metrics) for _ in self.inputs[name]])
            trial.set_user_attr(VALUES, chosen[name])
            self._studies[name].tell(trial, objective(combined))

    def best(self, name: str) -> Values:
        """Return the values of the best trial of a study; of equal ones, the first."""
        trials = self._studies[name].get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        best = max(trials, key=lambda trial: (trial.value, -trial.number))
        values: Values = best.user_attrs[VALUES]
        return values
