# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A real node at 30 images per second for as long as one likes: does anything grow?"""
