# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Responses of services that say in one sentence what was done, or why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MAX_NAME_LENGTH = 200

Response = TypeVar('Response')


def with_message(
    handle: Callable[..., str],
) -> Callable[[object, Response], Response]:
    """Fill `message` and `success` of the response from a handler's result or ValueError."""

    def respond(request: object, response: Response) -> Response:
        try:
            message, success = handle(request, response), True
        except ValueError as error:
            message, success = str(error), False
        response.message, response.success = message, success  # type: ignore[attr-defined]
        return response

    return respond


def check_name(name: str) -> None:
    """Raise ValueError if the name of a person is too long to be kept."""
    if len(name) > MAX_NAME_LENGTH:
        raise ValueError(
            f'the name has {len(name)} characters; expected at most {MAX_NAME_LENGTH}'
        )
