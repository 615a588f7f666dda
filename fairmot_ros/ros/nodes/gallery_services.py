"""Services on the people who are remembered: enrol, query, forget.

They run beside the worker: the gallery has a lock of its own, and of the tracker they read no more
than the people that the worker leaves after each image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rclpy.node import Node

from fairmot_ros.msg import IdentityMatch
from fairmot_ros.ros.nodes.camera import Camera
from fairmot_ros.ros.processing.camera_stream import CameraStream
from fairmot_ros.srv import EnrolIdentity, ForgetIdentity, QueryIdentity
from fairmot_ros.tracker.gallery import Gallery, Match
from fairmot_ros.types import Track

MAX_NAME_LENGTH = 200

Response = TypeVar('Response')


class GalleryServices:
    """Offers `~/enrol_identity`, `~/query_identity` and `~/forget_identity`.

    A name is known to all cameras, an id to its own.
    """

    def __init__(self, node: Node, cameras: Sequence[Camera]) -> None:
        """Create the services.

        Args:
            node: that has them.
            cameras: the node's list, empty while it is not configured.
        """
        self._cameras = cameras
        node.create_service(EnrolIdentity, '~/enrol_identity', _explained(self._enrol))
        node.create_service(QueryIdentity, '~/query_identity', _explained(self._query))
        node.create_service(ForgetIdentity, '~/forget_identity', _explained(self._forget))

    def _enrol(self, request: EnrolIdentity.Request, response: EnrolIdentity.Response) -> str:
        galleries = self._galleries()
        if len(request.name) > MAX_NAME_LENGTH:
            raise ValueError(
                f'the name has {len(request.name)} characters; expected at most {MAX_NAME_LENGTH}'
            )
        looks, of, track = self._looks(request.id, request.embedding)
        number = _number(request.id)
        for stream, gallery in galleries.items():
            gallery.enrol(
                request.name,
                looks,
                track_id=number if stream is of else 0,
                class_id=track.class_id if track else 0,
                model=request.model,
            )
        return f'{request.name} is enrolled'

    def _query(self, request: QueryIdentity.Request, response: QueryIdentity.Response) -> str:
        galleries = self._galleries()
        looks, _, _ = self._looks(request.id, request.embedding)
        most = max(int(request.max_matches), 1)
        found: list[tuple[CameraStream, Match]] = []
        for stream, gallery in galleries.items():
            for match in gallery.query(looks[-1], most, model=request.model):
                found.append((stream, match))
        found.sort(key=lambda pair: (pair[1].distance, not pair[1].track_id))
        named: set[str] = set()
        for stream, match in found:
            if match.name not in named and len(response.matches) < most:
                named.update(filter(None, [match.name]))
                response.matches.append(
                    IdentityMatch(
                        id=_id(stream, match.track_id), name=match.name, distance=match.distance
                    )
                )
        return 'known' if response.matches else 'nobody in the gallery looks like that'

    def _forget(self, request: ForgetIdentity.Request, response: ForgetIdentity.Response) -> str:
        galleries = self._galleries()
        if sum(map(bool, (request.id, request.name, request.everybody))) != 1:
            raise ValueError('give one of id, name and everybody')
        if request.everybody:
            for stream, gallery in galleries.items():
                response.forgotten += gallery.forget()
                for track_id in stream.known:
                    gallery.forget(track_id)
            return 'everybody is forgotten'
        if request.id:
            stream = self._stream(request.id)
            number = _number(request.id)
            response.forgotten = galleries[stream].forget(number)
            if not response.forgotten and number not in stream.known:
                raise ValueError(f'nobody with the id {request.id} is tracked or remembered')
            return f'{request.id} is forgotten'
        response.forgotten = max(gallery.forget(request.name) for gallery in galleries.values())
        if not response.forgotten:
            raise ValueError(f'nobody is enrolled as {request.name!r}')
        return f'{request.name} is forgotten'

    def _galleries(self) -> dict[CameraStream, Gallery]:
        streams = [camera.stream for camera in self._cameras]
        galleries = {s: s.gallery for s in streams if s.gallery is not None}
        if not galleries:
            raise ValueError('the node is not configured')
        return galleries

    def _looks(
        self, name: str, embedding: Sequence[float]
    ) -> tuple[NDArray, CameraStream | None, Track | None]:
        """Return embeddings [V, D] of a person, with the camera and track if an id was given."""
        if bool(name) == bool(len(embedding)):
            raise ValueError('give either an id or an embedding')
        if not name:
            return np.array([embedding], np.float32), None, None
        stream, number = self._stream(name), _number(name)
        track = stream.known.get(number)
        if track is not None and track.embedding is not None:
            return track.embedding[None], stream, track
        looks = self._galleries()[stream].embeddings_of(number)
        if not len(looks):
            raise ValueError(f'nobody with the id {name} is tracked or remembered')
        return looks, stream, None

    def _stream(self, name: str) -> CameraStream:
        """Return the stream of the camera in an id."""
        camera = name.rpartition('/')[0]
        for known in self._cameras:
            if known.name == camera:
                return known.stream
        names = [known.name for known in self._cameras]
        raise ValueError(f'the id {name!r} is of none of the cameras {names}')


def _explained(
    handle: Callable[[object, Response], str],
) -> Callable[[object, Response], Response]:
    """Put what a handler returns, or the sentence of its ValueError, into the response."""

    def answer(request: object, response: Response) -> Response:
        try:
            message, success = handle(request, response), True
        except ValueError as error:
            message, success = str(error), False
        response.message, response.success = message, success  # type: ignore[attr-defined]
        return response

    return answer


def _number(name: str) -> int:
    """Return the number in an id, 0 for none."""
    number = name.rpartition('/')[2]
    if number and not number.isdecimal():
        raise ValueError(f'an id looks like 7 or camera/7, got {name!r}')
    return int(number or 0)


def _id(stream: CameraStream, track_id: int) -> str:
    if not track_id:
        return ''
    return f'{stream.name}/{track_id}' if stream.name else str(track_id)
