# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors of label files: MOTChallenge text and seqinfo.ini."""

from fairmot_ros.files.errors import FileError


class LabelError(FileError):
    """A label file that is missing, unreadable or invalid; the message names it."""


class MissingLabelsError(LabelError, FileNotFoundError):
    """A label file that does not exist."""
