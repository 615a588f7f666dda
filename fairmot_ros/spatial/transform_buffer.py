# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The transforms of a robot over the last seconds, as tf2 keeps them.

Frames form trees: each has at most one parent. Between two stamps a transform is interpolated;
outside of the known stamps it is not extrapolated.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fairmot_ros.spatial.transforms import (
    Transform,
    TransformError,
    interpolate_rotation,
    normalized,
)

#: Nanoseconds for which transforms are kept.
CACHE = 10_000_000_000
#: Nanoseconds by which a stamp may go back; a larger step back clears the buffer, as when a bag
#: loops.
REORDERED = 2_000_000_000
#: Nanoseconds after which a frame is dropped that is not published any more, such as a person's,
#: and the number of transforms after which such frames are removed.
FORGOTTEN = 600_000_000_000
SWEEP = 1000


class Sample(NamedTuple):
    """The transform from a frame to its parent at one time."""

    stamp: int
    parent: str
    translation: tuple[float, ...]
    quaternion: tuple[float, ...]


class TransformBuffer:
    """Stores transforms and returns the transform between two frames at a time.

    Times are in nanoseconds. Not thread-safe.
    """

    def __init__(self) -> None:
        """Start without frames."""
        self._moving: dict[str, list[Sample]] = {}  # by child, sorted by stamp
        self._static: dict[str, Sample] = {}
        self._inserted = 0

    def insert(
        self,
        parent: str,
        child: str,
        stamp: int,
        translation: Sequence[float],
        quaternion: Sequence[float],
        *,
        static: bool = False,
    ) -> None:
        """Store a transform from a child to its parent.

        Args:
            parent: name of the frame that the translation is in.
            child: name of the other frame.
            stamp: of the transform; meaningless if it is static.
            translation: of the child's origin, metres.
            quaternion: (x, y, z, w) of the child's rotation.
            static: whether it holds at all times.

        Raises:
            TransformError: if a name is empty, the frames are the same, or a number is wrong.
        """
        if not parent or not child:
            raise TransformError(
                f'a transform from {child!r} to {parent!r} has an empty frame name'
            )
        if parent == child:
            raise TransformError(f'a transform has the same parent and child frame, {child}')
        try:
            unit = normalized(quaternion)
        except ValueError as error:
            raise TransformError(f'the transform from {child} to {parent}: {error}') from error
        if not all(map(math.isfinite, translation)):
            raise TransformError(
                f'the transform from {child} to {parent} has values that are not finite'
            )
        sample = Sample(stamp, parent, tuple(translation), unit)
        if static:
            self._static[child] = sample
            self._moving.pop(child, None)
            return
        self._static.pop(child, None)
        samples = self._moving.setdefault(child, [])
        if samples and stamp < samples[-1].stamp - REORDERED:
            samples.clear()
        index = _position(samples, stamp)
        if index and samples[index - 1].stamp == stamp:
            samples[index - 1] = sample
        else:
            samples.insert(index, sample)
        if samples[0].stamp < stamp - 2 * CACHE:  # in portions, as the front of a list is slow
            del samples[: bisect_right(samples, (stamp - CACHE,))]
        self._inserted += 1
        if self._inserted % SWEEP == 0:
            self._sweep(stamp)

    def lookup(self, target: str, source: str, stamp: int | None) -> Transform:
        """Return the transform from a source frame to a target frame.

        Args:
            target: name of the frame that points are mapped to.
            source: name of the frame that they are given in.
            stamp: time of the transform; the newest one if None.

        Raises:
            TransformError: if it is not known at that time.
        """
        if target == source:
            return Transform.identity()
        try:
            up, down = self._path(target, source, stamp)
            if stamp is None:
                stamp = min(
                    (s[-1].stamp for frame in (*up, *down) if (s := self._moving.get(frame))),
                    default=0,
                )
            result = Transform.identity()
            for frame in up:
                result = self._to_parent(frame, stamp) @ result
            for frame in reversed(down):
                result = self._to_parent(frame, stamp).inverse() @ result
        except TransformError as error:
            text = f'there is no transform from {source} to {target}: {error}'
            raise TransformError(text, error.newest) from None
        return result

    def _sweep(self, now: int) -> None:
        """Drop what is kept of frames that are not published any more."""
        for child, samples in list(self._moving.items()):
            age = now - samples[-1].stamp
            if age > FORGOTTEN:
                del self._moving[child]
            elif age > CACHE:
                del samples[:-1]

    def _path(self, target: str, source: str, stamp: int | None) -> tuple[list[str], list[str]]:
        """Return the frames below the common ancestor, from the source and from the target up."""
        above_target = list(self._ancestors(target, stamp))
        up: list[str] = []
        for frame in self._ancestors(source, stamp):
            if frame in above_target:
                return up, above_target[: above_target.index(frame)]
            up.append(frame)
        for name in (source, target):
            if name not in self._moving and name not in self._static and not self._is_parent(name):
                raise TransformError(f'the frame {name} is not published')
        raise TransformError(
            f'{source} and {target} are in different tf trees, with the roots {up[-1]} and '
            f'{above_target[-1]}'
        )

    def _ancestors(self, frame: str, stamp: int | None) -> Iterator[str]:
        """Yield a frame, its parent and so on; raise TransformError if they form a loop."""
        seen = [frame]
        yield frame
        while (sample := self._near(frame, stamp)) is not None:
            frame = sample.parent
            if frame in seen:
                loop = ' -> '.join((*seen[seen.index(frame) :], frame))
                raise TransformError(f'the frames form a loop, {loop}')
            seen.append(frame)
            yield frame

    def _near(self, frame: str, stamp: int | None) -> Sample | None:
        """Return the last sample of a frame before a time, or the first one after it."""
        if frame in self._static:
            return self._static[frame]
        samples = self._moving.get(frame)
        if not samples:
            return None
        after = len(samples) if stamp is None else _position(samples, stamp)
        return samples[max(after - 1, 0)]

    def _to_parent(self, frame: str, stamp: int) -> Transform:
        if (fixed := self._static.get(frame)) is not None:
            return Transform.from_quaternion(fixed.translation, fixed.quaternion)
        samples = self._moving[frame]
        after = _position(samples, stamp)
        first, last = samples[0], samples[-1]
        if after == 0:
            raise TransformError(
                f'the oldest transform from {frame} to {first.parent} is '
                f'{(first.stamp - stamp) * 1e-9:.3f} s newer than the requested stamp'
            )
        before = samples[after - 1]
        if before.stamp == stamp:
            return Transform.from_quaternion(before.translation, before.quaternion)
        if after == len(samples):
            raise TransformError(
                f'the newest transform from {frame} to {last.parent} is '
                f'{(stamp - last.stamp) * 1e-9:.3f} s older than the requested stamp',
                last.stamp,
            )
        return _interpolate(before, samples[after], stamp)

    def _is_parent(self, name: str) -> bool:
        samples = (*self._static.values(), *(s[-1] for s in self._moving.values()))
        return any(sample.parent == name for sample in samples)


def _position(samples: list[Sample], stamp: int) -> int:
    """Return the index of the first sample after a time."""
    return bisect_right(samples, (stamp + 1,))


def _interpolate(before: Sample, after: Sample, stamp: int) -> Transform:
    if before.parent != after.parent:  # the frame got another parent between the two
        return Transform.from_quaternion(before.translation, before.quaternion)
    share = (stamp - before.stamp) / (after.stamp - before.stamp)
    translation = [a + share * (b - a) for a, b in zip(before.translation, after.translation)]
    return Transform.from_quaternion(
        translation, interpolate_rotation(before.quaternion, after.quaternion, share)
    )
