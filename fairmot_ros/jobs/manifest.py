# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Manifest of a run: every input with hashes, settings, versions and outcome."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fairmot_ros
from fairmot_ros.files.writing import write_text
from fairmot_ros.jobs.environment import differences
from fairmot_ros.jobs.records import Record

MANIFEST = 'manifest.json'
FORMAT = 1  # version of the JSON; increases when the meaning of a field changes


@dataclass(frozen=True)
class Manifest:
    """Outcome of all inputs, in their order.

    Attributes:
        records: record of every input; None for those that were not reached.
        sources: absolute paths of the inputs.
        repeated: why results were computed again, by input.
        taken_up: inputs whose results a former run had computed.
    """

    records: Sequence[Record | None]
    sources: Sequence[str]
    repeated: Mapping[str, str]
    taken_up: frozenset[str]

    @property
    def finished(self) -> list[Record]:
        """Records of the inputs with results."""
        return [record for record in self.records if record is not None and record.is_finished]

    @property
    def failed(self) -> list[Record]:
        """Records of the inputs that were passed over."""
        return [record for record in self.records if record is not None and not record.is_finished]

    def differences(self) -> list[str]:
        """Return what the last digits of results may depend on, one sentence each.

        Results of deterministic jobs with equal environments have none: they do not depend on the
        order or the number of workers.
        """
        found = differences(record.outcome.environment for record in self.finished)
        count = sum(not record.deterministic for record in self.finished)
        if count:
            found.append(f'inputs computed without the setting deterministic: {count}')
        return found

    def as_data(self) -> dict[str, Any]:
        """Return the manifest for JSON."""
        different = self.differences()
        statuses = Counter(r.outcome.status.value if r else 'not reached' for r in self.records)
        return {
            'format': FORMAT,
            'fairmot_ros': fairmot_ros.__version__,
            'counts': dict(sorted(statuses.items())),
            'reproducible': not different,
            'differences': different,
            'inputs': [
                {
                    **({'input': source, 'status': 'not reached'} if r is None else r.as_data()),
                    'taken_up': source in self.taken_up,
                    'repeated': self.repeated.get(source, ''),
                }
                for r, source in zip(self.records, self.sources)
            ],
        }


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Write `manifest.json` and return its path.

    Raises:
        WriteError: if it cannot be written.
    """
    path = folder / MANIFEST
    write_text(path, json.dumps(manifest.as_data(), indent=1) + '\n')
    return path
