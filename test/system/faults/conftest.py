# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Faults around running nodes: a short selection in the suite, all of them by `make faults`."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests marked `long` without --all-faults."""
    if config.getoption('all_faults'):
        return
    here = Path(__file__).parent
    long = [i for i in items if here in i.path.parents and i.get_closest_marker('long')]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope='session')
def all_faults(request: pytest.FixtureRequest) -> bool:
    """Return whether counts are those of `make faults`, not those of the suite."""
    return bool(request.config.getoption('all_faults'))


@pytest.fixture(scope='session')
def workload_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the inputs of the commands in workloads.py."""
    from workloads import write_inputs

    return write_inputs(tmp_path_factory.mktemp('inputs'))


@pytest.fixture(scope='session')
def durations() -> dict[str, float]:
    """Seconds that commands take undisturbed, by name; filled by the tests."""
    return {}
