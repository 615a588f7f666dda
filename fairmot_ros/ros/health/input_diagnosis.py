"""Diagnose why no input arrives, in one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUFFIX = '/compressed'
RAW, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
TRACKS = 'fairmot_ros/msg/TrackArray'
NAMED_AT_MOST = 5
FAST_DDS = 'rmw_fastrtps'  # how the names of its implementations begin

Graph = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SubscriptionInfo:
    """A subscription.

    Attributes:
        topic: the resolved name; of compressed images, it ends in '/compressed'.
        type: like 'sensor_msgs/msg/Image'.
        name: the node's own name of the topic, which a remapping has on its left side.
        reliable: whether publishers must be reliable.
        latched: whether publishers must keep their last messages (transient local).
    """

    topic: str
    type: str
    name: str
    reliable: bool = False
    latched: bool = False


@dataclass(frozen=True)
class Publisher:
    """One publisher of the topic: its node, its type, and its quality of service."""

    node: str
    type: str
    reliable: bool = True
    latched: bool = False


def explain_missing_input(
    subscription: SubscriptionInfo,
    publishers: Sequence[Publisher],
    graph: Graph,
    middleware: str = '',
) -> str:
    """Return the probable reason why nothing arrives on a topic.

    Args:
        subscription: what is subscribed to.
        publishers: of this topic.
        graph: all topics that other nodes publish, with their types.
        middleware: name of the implementation, like 'rmw_fastrtps_cpp'.
    """
    topic = subscription.topic
    fitting = [p for p in publishers if p.type == subscription.type]
    if not publishers:
        return f'nobody publishes {topic}' + _instead(subscription, graph)
    if not fitting:
        other = publishers[0]
        return (
            f'{topic} is published by {other.node} as {other.type}, but {subscription.type} is '
            f'expected; {_for_type(other.type, topic)}'
        )
    if subscription.reliable and not any(p.reliable for p in fitting):
        return (
            f'{topic} is published as best effort by {fitting[0].node}, but reliable was asked '
            'for: set the parameter `reliability`, or its qos_override, to auto'
        )
    if subscription.latched and not any(p.latched for p in fitting):
        return (
            f'{topic} is published as volatile by {fitting[0].node}, but transient_local was '
            'asked for: remove the qos_override of its durability'
        )
    names = ', '.join(sorted({p.node for p in fitting}))
    text = f'{names} publishes {topic}, but nothing arrives: is it sending?'
    if middleware.startswith(FAST_DDS) and subscription.type in (RAW, COMPRESSED):
        text += (
            ' Fast DDS also loses large images where its shared memory is too small, see '
            'config/fastdds.xml'
        )
    return text


def _instead(subscription: SubscriptionInfo, graph: Graph) -> str:
    """Name a topic that may have been meant."""
    topic, wanted = subscription.topic, subscription.type
    compressed = wanted == COMPRESSED
    twin = topic.removesuffix(SUFFIX) if compressed else topic + SUFFIX
    transport = {RAW: COMPRESSED, COMPRESSED: RAW}.get(wanted)
    if transport in graph.get(twin, ()) and not _is_result(twin, graph):
        kind = 'compressed' if transport == COMPRESSED else 'raw'
        return f', but {twin} is there: set the parameter `image_transport` to {kind}'
    others = [name for name, types in graph.items() if wanted in types]
    if wanted != TRACKS:
        others = [name for name in others if not _is_result(name, graph)]
    if compressed:
        others = [name for name in others if name.endswith(SUFFIX)]
    if not others:
        return f', nor any other topic of type {wanted}: is the camera running?'
    # Depth images have the type of all images, and are not those that are looked for.
    others.sort(key=lambda name: ('depth' in name.lower(), name))
    more = ', ...' if len(others) > NAMED_AT_MOST else ''
    first = others[0].removesuffix(SUFFIX) if compressed else others[0]
    return (
        f'; topics of its type are {", ".join(others[:NAMED_AT_MOST])}{more}: '
        f'remap, as with `-r {subscription.name}:={first}`'
    )


def _is_result(topic: str, graph: Graph) -> bool:
    """Return whether a topic is an output of a tracker of this package, beside its tracks."""
    folder = topic.removesuffix(SUFFIX).rpartition('/')[0]
    return TRACKS in graph.get(f'{folder}/tracks', ())


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
