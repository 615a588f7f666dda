# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Property-based tests of all readers of files and messages.

Each module in `GROUPS` generates valid and damaged inputs of one kind with hypothesis. For any
input, a reader must return or raise its one exception class with a message of one line; see
`fuzz.target`. The test suite checks a few inputs of each kind; ``make fuzz`` checks new ones until
a time limit.
"""
