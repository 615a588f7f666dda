# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The drift of a model at reduced precisions, stated in a file beside its weights.

``model.pth`` has the statement ``model.precision.json``; `fairmot-drift` measures and writes it.
The setting `precision: auto` takes a reduced precision only if a statement holds its drift and
the drift is within the limits.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fairmot_ros.files.errors import FileError, reading
from fairmot_ros.files.writing import replacing
from fairmot_ros.network.base import Network

#: Largest change of the average precision (IoU 0.5), and largest mean of 1 - cosine between
#: embeddings in float32 and at the precision, with which 'auto' takes it.
MAX_AP_DRIFT = 0.005
MAX_COSINE_DRIFT = 0.001
SUFFIX = '.precision.json'


class StatementError(FileError):
    """A statement that cannot be read; the message says why."""


@dataclass(frozen=True)
class Drift:
    """Differences of one engine and precision from torch in float32, on labelled images.

    Attributes:
        engine: as in the registry.
        precision: as in the settings.
        average_precision: at IoU 0.5, less that in float32.
        cosine: mean of 1 - cosine of the embeddings at the same boxes.
        worst_cosine: largest 1 - cosine.
        images: how many images were compared.
    """

    engine: str
    precision: str
    average_precision: float
    cosine: float
    worst_cosine: float
    images: int

    def __post_init__(self) -> None:
        """Raise ValueError if a value is of the wrong type or not finite."""
        if not (isinstance(self.engine, str) and isinstance(self.precision, str)):
            raise ValueError('engine and precision must be text')
        values = self.average_precision, self.cosine, self.worst_cosine, self.images
        if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in values):
            raise ValueError(f'the drift of {self.precision} must be finite numbers')

    @property
    def is_within_limits(self) -> bool:
        """Whether 'auto' may take the precision."""
        return (
            self.images > 0
            and abs(self.average_precision) <= MAX_AP_DRIFT
            and self.cosine <= MAX_COSINE_DRIFT
        )

    def __str__(self) -> str:
        return (
            f'AP {self.average_precision:+.4f} and 1 - cosine {self.cosine:.1e} of embeddings on '
            f'{self.images} images'
        )


@dataclass(frozen=True)
class PrecisionStatement:
    """All drifts that were measured of one model.

    Attributes:
        sha256: of the weights.
        float32_modules: of the network when it was measured, see `Network`.
        drifts: one for each engine and precision.
    """

    sha256: str
    float32_modules: tuple[str, ...]
    drifts: tuple[Drift, ...]

    def holds_for(self, network: Network) -> bool:
        """Whether it was measured with these weights and float32 modules."""
        same = self.sha256 == network.info.sha256
        return same and self.float32_modules == network.float32_modules

    def drift(self, engine: str, precision: str) -> Drift | None:
        """Return the measured drift; None without one."""
        wanted = engine, precision
        return next((d for d in self.drifts if (d.engine, d.precision) == wanted), None)

    def write(self, path: Path) -> None:
        """Write the file; raises WriteError."""
        with replacing(path) as partial:
            partial.write_text(json.dumps(asdict(self), indent=1) + '\n')

    @staticmethod
    def read(path: Path) -> PrecisionStatement:
        """Read a file.

        Raises:
            StatementError: if it is missing, unreadable or of another form.
        """
        with reading(f'{path} is not a statement of fairmot-drift', StatementError):
            content: dict[str, Any] = json.loads(path.read_text())
            return PrecisionStatement(
                content['sha256'],
                tuple(content['float32_modules']),
                tuple(Drift(**entry) for entry in content['drifts']),
            )


def statement_path(weights: Path) -> Path:
    """Return where the statement of a file of weights lies."""
    return weights.with_suffix(SUFFIX)
