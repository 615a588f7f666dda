# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Who was where when, from the store, as a page without references to other files."""

from fairmot_ros.identities.report.page import write_page

__all__ = ['write_page']
