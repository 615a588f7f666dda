"""Why no input comes, in one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUFFIX = '/compressed'
RAW, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Wanted:
    """What is subscribed to.

    Attributes:
        topic: the resolved name.
        type: like 'sensor_msgs/msg/Image'.
        reliable: whether publishers must be reliable.
        latched: whether publishers must keep their last messages (transient local).
    """

    topic: str
    type: str
    reliable: bool = False
    latched: bool = False


@dataclass(frozen=True)
class Publisher:
    """One publisher of the topic: its node, its type, and what it offers."""

    node: str
    type: str
    reliable: bool = True
    latched: bool = False


def explain_silence(
    wanted: Wanted, publishers: Sequence[Publisher], graph: Mapping[str, Sequence[str]]
) -> str:
    """Return what is probably wrong when nothing comes on a topic.

    Args:
        wanted: what is subscribed to.
        publishers: of this topic.
        graph: all topics that have publishers, with their types.
    """
    topic = wanted.topic
    fitting = [p for p in publishers if p.type == wanted.type]
    if not publishers:
        return f'nobody publishes {topic}' + _instead(topic, wanted.type, graph)
    if not fitting:
        other = publishers[0]
        return (
            f'{topic} is published by {other.node} as {other.type}, but {wanted.type} is '
            f'expected; {_for_type(other.type, topic)}'
        )
    if wanted.reliable and not any(p.reliable for p in fitting):
        return (
            f'{topic} is published as best effort by {fitting[0].node}, but reliable was asked '
            'for: set the parameter `reliability`, or its qos_override, to auto'
        )
    if wanted.latched and not any(p.latched for p in fitting):
        return (
            f'{topic} is published as volatile by {fitting[0].node}, but transient_local was '
            'asked for: take the qos_override of its durability away'
        )
    names = ', '.join(sorted({p.node for p in fitting}))
    return (
        f'{names} publishes {topic}, but nothing arrives: is it sending? Large images also get '
        'lost where shared memory is too small, see config/fastdds.xml'
    )


def _instead(topic: str, wanted: str, graph: Mapping[str, Sequence[str]]) -> str:
    """Name a topic that may have been meant."""
    twin = topic.removesuffix(SUFFIX) if wanted == COMPRESSED else topic + SUFFIX
    transport = {RAW: COMPRESSED, COMPRESSED: RAW}.get(wanted)
    if transport in graph.get(twin, ()):
        kind = 'compressed' if transport == COMPRESSED else 'raw'
        return f', but {twin} is there: set the parameter `image_transport` to {kind}'
    others = sorted(name for name, types in graph.items() if wanted in types)
    if not others:
        return f', nor any other topic of type {wanted}: is the camera running?'
    base = topic.rsplit('/', 1)[-1] if wanted != COMPRESSED else 'image'
    more = ', ...' if len(others) > NAMED_AT_MOST else ''
    first = others[0].removesuffix(SUFFIX) if wanted == COMPRESSED else others[0]
    return (
        f'; topics of its type are {", ".join(others[:NAMED_AT_MOST])}{more}: '
        f'remap, as with `-r {base}:={first}`'
    )


def _for_type(found: str, topic: str) -> str:
    if found == COMPRESSED:
        if topic.endswith(SUFFIX):
            return 'set the parameter `image_transport` to compressed'
        return (
            'image_transport names such topics .../compressed: remap the camera to '
            f'{topic}{SUFFIX} and set `image_transport` to compressed'
        )
    if found == RAW:
        return 'set the parameter `image_transport` to raw and subscribe to this topic'
    return 'remap to a topic of the right type'
