# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The FairMOT networks and their checkpoints; needs torch."""

from fairmot_ros.network.checkpoint import load_checkpoint, save_checkpoint
from fairmot_ros.network.checkpoint_content import CheckpointError
from fairmot_ros.network.registry import architectures, create_network

__all__ = [
    'CheckpointError',
    'architectures',
    'create_network',
    'load_checkpoint',
    'save_checkpoint',
]
