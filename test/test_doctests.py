"""The examples in docstrings are right."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import fairmot_ros.tracker

MODULES = ['fairmot_ros.types'] + [
    module.name
    for module in pkgutil.walk_packages(fairmot_ros.tracker.__path__, 'fairmot_ros.tracker.')
]
#: Modules whose main function is best explained by an example.
WITH_EXAMPLE = (
    'fairmot_ros.tracker.matching.assignment',
    'fairmot_ros.tracker.matching.candidate_pairs',
)


@pytest.mark.parametrize('name', MODULES)
def test_examples(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
    assert results.attempted or name not in WITH_EXAMPLE
