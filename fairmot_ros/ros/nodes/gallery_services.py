# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Services of the gallery: enrol, query and forget identities.

They run on the executor thread, in parallel to the worker. The gallery is thread-safe; of the
tracker, they read only `CameraStream.recent_tracks`, which the worker replaces after each frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node

from fairmot_ros.msg import IdentityMatch
from fairmot_ros.ros.nodes.camera import Camera
from fairmot_ros.ros.nodes.service_message import check_name, with_message
from fairmot_ros.ros.processing.camera_stream import CameraStream
from fairmot_ros.srv import EnrolIdentity, ForgetIdentity, QueryIdentity
from fairmot_ros.tracker.gallery import Gallery, Match
from fairmot_ros.types import Track


class GalleryServices:
    """Provides `~/enrol_identity`, `~/query_identity` and `~/forget_identity`.

    Names are shared by all cameras; an id belongs to one camera.
    """

    def __init__(self, node: Node, cameras: Sequence[Camera]) -> None:
        """Create the services.

        Args:
            node: provides the services.
            cameras: list of the node's cameras.
        """
        self._cameras = cameras
        self._node = node
        self._services = [
            node.create_service(EnrolIdentity, '~/enrol_identity', with_message(self._enrol)),
            node.create_service(QueryIdentity, '~/query_identity', with_message(self._query)),
            node.create_service(ForgetIdentity, '~/forget_identity', with_message(self._forget)),
        ]

    def close(self) -> None:
        """Destroy the services."""
        for service in self._services:
            self._node.destroy_service(service)
        self._services.clear()

    def _enrol(self, request: EnrolIdentity.Request, response: EnrolIdentity.Response) -> str:
        galleries = self._galleries()
        check_name(request.name)
        embeddings, own_stream, track = self._embeddings(request.id, request.embedding)
        track_id = _track_id(request.id)
        for stream, gallery in galleries.items():
            gallery.enrol(
                request.name,
                embeddings,
                track_id=track_id if stream is own_stream else 0,
                class_id=track.class_id if track else 0,
                model=request.model,
            )
        return f'{request.name} is enrolled'

    def _query(self, request: QueryIdentity.Request, response: QueryIdentity.Response) -> str:
        galleries = self._galleries()
        embeddings, _, _ = self._embeddings(request.id, request.embedding)
        limit = max(int(request.max_matches), 1)
        found: list[tuple[CameraStream, Match]] = []
        for stream, gallery in galleries.items():
            for match in gallery.query(embeddings[-1], limit, model=request.model):
                found.append((stream, match))
        found.sort(key=lambda pair: (pair[1].distance, not pair[1].track_id))
        names: set[str] = set()
        for stream, match in found:
            if match.name not in names and len(response.matches) < limit:
                names.update(filter(None, [match.name]))
                response.matches.append(
                    IdentityMatch(
                        id=_id(stream, match.track_id), name=match.name, distance=match.distance
                    )
                )
        return f'{len(response.matches)} matching identities' if response.matches else 'no match'

    def _forget(self, request: ForgetIdentity.Request, response: ForgetIdentity.Response) -> str:
        galleries = self._galleries()
        if sum(map(bool, (request.id, request.name, request.everybody))) != 1:
            raise ValueError('expected exactly one of id, name and everybody')
        if request.everybody:
            for stream, gallery in galleries.items():
                response.forgotten += gallery.forget()
                for track_id in stream.recent_tracks:
                    gallery.forget(track_id)
            return 'all identities are forgotten'
        if request.id:
            stream = self._stream(request.id)
            track_id = _track_id(request.id)
            response.forgotten = galleries[stream].forget(track_id)
            if not response.forgotten and track_id not in stream.recent_tracks:
                raise ValueError(f'no track or identity has the id {request.id}')
            return f'{request.id} is forgotten'
        response.forgotten = max(gallery.forget(request.name) for gallery in galleries.values())
        if not response.forgotten:
            raise ValueError(f'no identity has the name {request.name!r}')
        return f'{request.name} is forgotten'

    def _galleries(self) -> dict[CameraStream, Gallery]:
        streams = [camera.stream for camera in self._cameras]
        galleries = {s: s.gallery for s in streams if s.gallery is not None}
        if not galleries:
            raise ValueError('the node is not configured')
        return galleries

    def _embeddings(
        self, id_: str, embedding: Sequence[float]
    ) -> tuple[NDArray, CameraStream | None, Track | None]:
        """Return embeddings [V, D] of a person, with stream and track if an id was given."""
        if bool(id_) == bool(len(embedding)):
            raise ValueError('expected either an id or an embedding')
        if not id_:
            return np.array([embedding], np.float32), None, None
        stream, track_id = self._stream(id_), _track_id(id_)
        track = stream.recent_tracks.get(track_id)
        if track is not None and track.embedding is not None:
            return track.embedding[None], stream, track
        embeddings = self._galleries()[stream].embeddings_of(track_id)
        if not len(embeddings):
            raise ValueError(f'no track or identity has the id {id_}')
        return embeddings, stream, None

    def _stream(self, id_: str) -> CameraStream:
        """Return the stream of the camera that an id names."""
        name = id_.rpartition('/')[0]
        for camera in self._cameras:
            if camera.name == name:
                return camera.stream
        names = [camera.name for camera in self._cameras]
        raise ValueError(f'the id {id_!r} belongs to none of the cameras {names}')


def _track_id(id_: str) -> int:
    """Return the track id in `<n>` or `<camera>/<n>`, 0 for an empty string."""
    number = id_.rpartition('/')[2]
    if number and not number.isdecimal():
        raise ValueError(f"an id must have the form '7' or 'camera/7', got {id_!r}")
    return int(number or 0)


def _id(stream: CameraStream, track_id: int) -> str:
    if not track_id:
        return ''
    return f'{stream.name}/{track_id}' if stream.name else str(track_id)
