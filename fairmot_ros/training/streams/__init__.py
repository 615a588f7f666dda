# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Streams of training samples: composed samples, whole images, canvases of people."""
