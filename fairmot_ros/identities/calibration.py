# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the cosine similarity of two embeddings of a model says, measured once for each model.

``model.pth`` has the statement ``model.identity.json`` beside it; `fairmot-similarity` measures
and writes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.files.errors import FileError, reading
from fairmot_ros.files.writing import replacing

SUFFIX = '.identity.json'
DIGITS = 12  # of the hash, in the name of a model
DEFAULT_STATEMENT = Path(__file__).parents[1] / 'weights' / f'default{SUFFIX}'


class CalibrationError(FileError):
    """A calibration file that cannot be read; the message says why."""


@dataclass(frozen=True)
class Calibration:
    """Conversion of the similarity of two embeddings of a model to evidence.

    Attributes:
        threshold: similarity above which two embeddings count as one person.
        slope, shift: evidence is `slope * similarity + shift`.
        max_evidence: largest evidence for a match; evidence against one is limited likewise.
    """

    threshold: float
    slope: float
    shift: float
    max_evidence: float

    def __post_init__(self) -> None:
        """Raise ValueError if a value is not finite or out of range."""
        values = (self.threshold, self.slope, self.shift, self.max_evidence)
        if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in values):
            raise ValueError('the values of a calibration must be finite numbers')
        if not -1 <= self.threshold <= 1:
            raise ValueError(f'threshold must be a cosine similarity, -1..1, got {self.threshold}')
        if self.slope <= 0 or self.max_evidence <= 0:
            raise ValueError(
                f'slope and max_evidence must be above 0, got {self.slope}, {self.max_evidence}'
            )

    def evidence(self, similarity: NDArray[np.float32] | float) -> NDArray[np.float64]:
        """Return the logarithm of the likelihood ratio of similarities [...]."""
        line = self.slope * np.asarray(similarity, np.float64) + self.shift
        limited: NDArray[np.float64] = line.clip(-self.max_evidence, self.max_evidence)
        return limited


#: For models without a measured calibration: as strict as the gallery of the tracker.
UNCALIBRATED = Calibration(threshold=0.93, slope=50.0, shift=-43.5, max_evidence=5.0)


@dataclass(frozen=True)
class IdentityStatement:
    """The calibration of one model, and what it was measured on.

    Attributes:
        sha256: of the weights.
        calibration: the result.
        false_merges: share of the pairs of different people whose similarity is above the
            threshold.
        identified: share of the pairs of one person whose similarity is above it.
        views: number of embeddings that were compared.
        identities: number of people.
    """

    sha256: str
    calibration: Calibration
    false_merges: float
    identified: float
    views: int
    identities: int

    def write(self, path: Path) -> None:
        """Write the file; raises WriteError."""
        with replacing(path) as partial:
            partial.write_text(json.dumps(asdict(self), indent=1) + '\n')

    @staticmethod
    def read(path: Path) -> IdentityStatement:
        """Read a file.

        Raises:
            CalibrationError: if it is missing, unreadable or of another form.
        """
        with reading(f'{path} is not a statement of fairmot-similarity', CalibrationError):
            content = json.loads(path.read_text())
            return IdentityStatement(
                **{**content, 'calibration': Calibration(**content['calibration'])}
            )


def statement_path(weights: Path) -> Path:
    """Return the path of the calibration file beside a file of weights."""
    return weights.with_suffix(SUFFIX)


def read_calibrations(paths: Iterable[Path] = ()) -> dict[str, Calibration]:
    """Return the calibrations in files, and that of the default model, by hash of the weights.

    Raises:
        CalibrationError: if a file cannot be read.
    """
    statements = [IdentityStatement.read(path) for path in (DEFAULT_STATEMENT, *paths)]
    return {s.sha256[:DIGITS]: s.calibration for s in statements}


def find_calibration(calibrations: Mapping[str, Calibration], model: str) -> Calibration | None:
    """Return the calibration of a model, given by its full name or its hash; None without one.

    Args:
        calibrations: by name or hash.
        model: such as 'name:0123456789ab'; what follows the colon is the hash.
    """
    return calibrations.get(model) or calibrations.get(model.rpartition(':')[2])
