# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Generators of reference pages and the hook that builds the documentation's site."""
