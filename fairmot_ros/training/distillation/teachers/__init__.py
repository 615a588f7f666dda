# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Teachers: pre-trained networks, run with OpenVINO, that write pseudo-labels of datasets."""
