"""Benchmarks: how long the parts take and how good they are, beside a fixed workload."""

import os
from pathlib import Path

REFERENCE_DATA = Path(
    os.environ.get('FAIRMOT_TEST_DATA', Path(__file__).resolve().parents[2] / 'shared')
)


def input_size(values: list[int] | None) -> tuple[int, int] | None:
    """Return (width, height) from the option --input-size."""
    return None if values is None else (values[0], values[1])
