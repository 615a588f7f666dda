# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Engines run networks: a registry, and the choice among those that are installed."""

from fairmot_ros.detector.engines.base import Engine, EngineOptions
from fairmot_ros.detector.engines.registry import ENGINES, engine_names, load_engine

__all__ = ['ENGINES', 'Engine', 'EngineOptions', 'engine_names', 'load_engine']
