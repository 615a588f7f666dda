# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A Dask cluster of worker processes on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NEEDS_DASK = 'needs the Python package distributed'


@contextmanager
def local_cluster(folder: Path, workers: int = 2, allowed_failures: int = 3) -> Iterator[Any]:
    """Start a cluster; skips the test if `distributed` is not installed."""
    distributed = pytest.importorskip('distributed', reason=NEEDS_DASK)
    import dask

    settings = {
        'distributed.scheduler.allowed-failures': allowed_failures,
        'distributed.nanny.environ.DASK_WORKER': '1',  # by which jobs know where they are
        'distributed.comm.timeouts.connect': '60s',
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host='127.0.0.1',
            dashboard_address='127.0.0.1:0',
            local_directory=str(folder),
            silence_logs=50,
        ) as cluster,
    ):
        if workers:
            cluster.wait_for_workers(workers, 120)
        yield cluster
