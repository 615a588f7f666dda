"""Evidence of a cosine similarity: how much more often it is that of one person than of two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Calibration:
    """What the similarity of two embeddings of a model means.

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
