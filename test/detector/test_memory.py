# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A process that asks for it reuses a detector's memory, on whichever thread it runs."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

# Memory that is held on the thread moves the network's maps to other places in its heaps; some of
# these places are heaps that hold nothing else.
MEASURE = """
import json, resource, threading
import numpy as np, torch
from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.memory import keep_freed_memory

keep_freed_memory()
steady = []

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def run():
    torch.set_num_threads(1)
    detector = Detector(device='cpu', engine='torch')
    image = np.zeros((480, 640, 3), np.uint8)
    held = []
    for _ in range(12):
        counts = [faults()]
        for _ in range(4):
            detector(image)
            counts.append(faults())
        steady.append(min(np.diff(counts).tolist()))
        held.append(torch.ones(2_000_000))

thread = threading.Thread(target=run)
thread.start()
thread.join()
print(json.dumps(steady))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='malloc is configured for glibc')
def test_no_memory_is_mapped_anew_for_each_image() -> None:
    done = subprocess.run(
        [sys.executable, '-c', MEASURE], capture_output=True, text=True, check=True
    )
    faults = json.loads(done.stdout)
    assert max(faults) < 200, f'page faults per image, with more and more memory held: {faults}'


LOAD = """
import ctypes
import fairmot_ros.detector.engines.memory as memory

def refuse(*_):
    raise AssertionError('the library changed the allocator of the process')

memory.ctypes.CDLL = refuse
from fairmot_ros.pipeline import FairMOT
FairMOT(device='cpu', engine='torch')
"""


def test_the_library_leaves_the_allocator_alone() -> None:
    done = subprocess.run([sys.executable, '-c', LOAD], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
