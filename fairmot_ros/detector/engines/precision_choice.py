# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The precision that `auto` takes: a reduced one only where its drift is stated and small."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fairmot_ros.detector.engines.precision_statement import (
    MAX_AP_DRIFT,
    MAX_COSINE_DRIFT,
    PrecisionStatement,
    StatementError,
)
from fairmot_ros.network.base import Network

LIMITS = f'{MAX_AP_DRIFT:g} of AP and {MAX_COSINE_DRIFT:g} of cosine'

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PrecisionChoice:
    """A precision, and one sentence that says why it was taken."""

    precision: str
    reason: str


def choose_by_statement(
    network: Network, path: Path, engine: str, native: Sequence[str]
) -> PrecisionChoice:
    """Return the first native precision whose stated drift is within the limits, else float32.

    Args:
        network: to run.
        path: of the statement; it may be missing.
        engine: that runs the network.
        native: reduced precisions that the processor has instructions for, the fastest first.
    """
    if not native:
        return PrecisionChoice('fp32', 'this CPU has no instructions for reduced precisions')
    if not path.is_file():
        return PrecisionChoice(
            'fp32', f'no drift is stated for {network.info.name}: measure it with fairmot-drift'
        )
    try:
        statement = PrecisionStatement.read(path)
    except StatementError as error:
        logger.warning('%s: precision auto is fp32', error)
        return PrecisionChoice('fp32', f'{path.name} is unreadable')
    if not statement.holds_for(network):
        return PrecisionChoice(
            'fp32', f'{path.name} was measured with other weights: run fairmot-drift again'
        )
    rejected = []
    for precision in native:
        drift = statement.drift(engine, precision)
        if drift is None:
            rejected.append(f'no drift of {precision} is stated')
        elif not drift.is_within_limits:
            rejected.append(f'the drift of {precision} ({drift}) exceeds {LIMITS}')
        else:
            return PrecisionChoice(
                precision, f'its drift ({drift}) is within {LIMITS}, and this CPU computes it'
            )
    return PrecisionChoice('fp32', ' and '.join(rejected))
