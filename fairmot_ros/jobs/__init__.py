# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Many inputs at once: jobs in processes of this machine or on a Dask cluster.

Each job works on one input, such as a bag, and writes its results to a folder of its own. Results
are kept as they come; a second run takes up what is missing.
"""

from fairmot_ros.jobs.job import Job, Outcome, Pool, Status, Task
from fairmot_ros.jobs.local import LocalPool
from fairmot_ros.jobs.runner import run_jobs

__all__ = ['Job', 'LocalPool', 'Outcome', 'Pool', 'Status', 'Task', 'run_jobs']
