# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Examples in docstrings: they are correct, and every public name has one."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import fairmot_ros.tracker

#: The public Python API, by module.
PUBLIC = {
    'fairmot_ros.types': ('Detections', 'Tracks'),
    'fairmot_ros.tracker': ('Tracker', 'TrackerConfig'),
    'fairmot_ros.pipeline': ('FairMOT',),
    'fairmot_ros.detector': ('Detector',),
    'fairmot_ros.network': ('create_network', 'load_checkpoint'),
    'fairmot_ros.evaluation': ('evaluate_mot',),
}
NAMES = [(module, name) for module, names in PUBLIC.items() for name in names]
MODULES = [
    module.name
    for module in pkgutil.walk_packages(fairmot_ros.tracker.__path__, 'fairmot_ros.tracker.')
]
#: Modules that must have examples.
WITH_EXAMPLE = (
    'fairmot_ros.tracker.matching.assignment',
    'fairmot_ros.tracker.matching.candidate_pairs',
)


@pytest.mark.parametrize('name', MODULES)
def test_examples_in_docstrings(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
    assert results.attempted or name not in WITH_EXAMPLE


@pytest.mark.parametrize(('module', 'name'), NAMES, ids=[name for _, name in NAMES])
def test_public_name_has_an_example(module: str, name: str) -> None:
    item = getattr(importlib.import_module(module), name)
    found = doctest.DocTestFinder().find(item, name, globs={})  # an example has its own imports
    runner = doctest.DocTestRunner()
    for example in found:
        runner.run(example)
    assert runner.summarize().failed == 0
    assert any(test.name == name and test.examples for test in found), f'{name} has no example'
