# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Services of the identities node: enrol, query, list, merge, split and forget."""

from __future__ import annotations

import numpy as np
from rclpy.node import Node

from fairmot_ros.identities import IdentityResolver
from fairmot_ros.msg import IdentityMatch
from fairmot_ros.ros.conversions.identities import to_known
from fairmot_ros.ros.nodes.service_message import check_name, with_message
from fairmot_ros.srv import (
    EnrolIdentity,
    ForgetIdentity,
    ListIdentities,
    MergeIdentities,
    QueryIdentity,
    SplitIdentity,
)


class IdentityServices:
    """Provides the services of an `IdentityResolver`; ids in them are global ids."""

    def __init__(self, node: Node, resolver: IdentityResolver) -> None:
        """Create the services."""
        self._resolver = resolver
        for kind, name, handle in (
            (EnrolIdentity, 'enrol_identity', self._enrol),
            (QueryIdentity, 'query_identity', self._query),
            (ListIdentities, 'list_identities', self._list),
            (MergeIdentities, 'merge_identities', self._merge),
            (SplitIdentity, 'split_identity', self._split),
            (ForgetIdentity, 'forget_identity', self._forget),
        ):
            node.create_service(kind, f'~/{name}', with_message(handle))

    def _enrol(self, request: EnrolIdentity.Request, response: EnrolIdentity.Response) -> str:
        check_name(request.name)
        given = np.array(request.embedding, np.float32) if len(request.embedding) else None
        if bool(request.id) == (given is not None):
            raise ValueError('expected either an id or an embedding')
        number = self._resolver.enrol(
            request.name,
            global_id=_global_id(request.id) if request.id else 0,
            embeddings=given,
            model=request.model,
        )
        return f'{request.name} is enrolled as {number}'

    def _query(self, request: QueryIdentity.Request, response: QueryIdentity.Response) -> str:
        if request.id or not len(request.embedding):
            raise ValueError('expected an embedding and no id: list identities by their ids')
        matches = self._resolver.query(
            np.array(request.embedding, np.float32),
            request.model,
            max(int(request.max_matches), 1),
        )
        response.matches = [
            IdentityMatch(id=str(m.global_id), name=m.name, distance=1.0 - float(m.similarity))
            for m in matches
        ]
        return f'{len(matches)} matching identities' if matches else 'no match'

    def _list(self, request: ListIdentities.Request, response: ListIdentities.Response) -> str:
        response.identities = [
            to_known(identity)
            for identity in self._resolver.identities()
            if request.name in ('', identity.name) and (identity.tracks or not request.visible)
        ]
        return f'{len(response.identities)} identities'

    def _merge(self, request: MergeIdentities.Request, response: MergeIdentities.Response) -> str:
        response.global_id = self._resolver.merge(request.global_id, request.other)
        return f'{request.global_id} and {request.other} are {response.global_id} from now on'

    def _split(self, request: SplitIdentity.Request, response: SplitIdentity.Response) -> str:
        response.global_id = self._resolver.split(request.source, request.track_id)
        return f'track {request.track_id} of {request.source} is {response.global_id} from now on'

    def _forget(self, request: ForgetIdentity.Request, response: ForgetIdentity.Response) -> str:
        if sum(map(bool, (request.id, request.name, request.everybody))) != 1:
            raise ValueError('expected exactly one of id, name and everybody')
        if request.everybody:
            response.forgotten = self._resolver.forget()
            return 'all identities are forgotten'
        key = _global_id(request.id) if request.id else request.name
        response.forgotten = self._resolver.forget(key)
        if not response.forgotten:
            what = 'id' if request.id else 'name'
            raise ValueError(f'no identity has the {what} {key!r}')
        return f'{key} is forgotten'


def _global_id(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"a global id is a number such as '7', got {text!r}")
    return int(text)
