# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Comparison of the versions of this process with those of the workers of a Dask cluster."""

from __future__ import annotations

import platform
from typing import Any

from distributed import Client

import fairmot_ros
from fairmot_ros.jobs.job import JobError


def check_versions(client: Client) -> None:
    """Check that all workers have this package and Python in the version of this process.

    Raises:
        JobError: if a worker has not.
    """

    def versions() -> dict[str, str]:
        # Pickled by value, as the package may be missing on a worker.
        import platform

        try:
            import fairmot_ros

            own = fairmot_ros.__version__
        except ModuleNotFoundError:
            own = ''
        return {'fairmot_ros': own, 'python': '.'.join(platform.python_version_tuple()[:2])}

    expected = {
        'python': '.'.join(platform.python_version_tuple()[:2]),
        'fairmot_ros': fairmot_ros.__version__,
    }
    for worker, found in client.run(versions, on_error='return').items():
        check_worker(worker, found, expected)


def check_worker(worker: str, found: Any, expected: dict[str, str]) -> None:
    """Check the versions of one worker.

    Args:
        worker: its address.
        found: versions by name, or an exception.
        expected: versions by name.

    Raises:
        JobError: if they differ.
    """
    if not isinstance(found, dict):
        raise JobError(
            f'the Dask worker {worker} cannot be asked for its versions ({found!r}): expected the '
            f'same versions of Python and dask as here, Python {expected["python"]}'
        )
    for name, version in expected.items():
        if found.get(name) != version:
            has = f'has {name} {found[name]}' if found.get(name) else f'does not have {name}'
            raise JobError(
                f'the Dask worker {worker} {has}, expected {version} as here: install the same '
                'version on all workers and restart them'
            )
