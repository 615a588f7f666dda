# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lifecycle transitions of a node that another process controls, and its results."""

from __future__ import annotations

import numpy as np
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from peers import Peer
from rcl_interfaces.srv import GetParameters
from vision_msgs.msg import Detection2DArray


class Lifecycle:
    """Calls the lifecycle services of a node, through clients that stay open."""

    def __init__(self, peer: Peer, node: str) -> None:
        self._peer = peer
        self._change = peer.connect(ChangeState, f'{node}/change_state')
        self._state = peer.connect(GetState, f'{node}/get_state')

    def configure(self) -> bool:
        return self._transition(Transition.TRANSITION_CONFIGURE)

    def activate(self) -> bool:
        return self._transition(Transition.TRANSITION_ACTIVATE)

    def deactivate(self) -> bool:
        return self._transition(Transition.TRANSITION_DEACTIVATE)

    def cleanup(self) -> bool:
        return self._transition(Transition.TRANSITION_CLEANUP)

    @property
    def is_unconfigured(self) -> bool:
        future = self._state.call_async(GetState.Request())
        self._peer.wait(future.done, 'the state')
        return bool(future.result().current_state.id == State.PRIMARY_STATE_UNCONFIGURED)

    def _transition(self, number: int) -> bool:
        future = self._change.call_async(ChangeState.Request(transition=Transition(id=number)))
        self._peer.wait(future.done, f'the end of transition {number}')
        return bool(future.result().success)


def wait_until_spinning(peer: Peer, node: str) -> None:
    """Wait until the construction of a node is complete: only then does it answer."""
    peer.call(GetParameters, f'{node}/get_parameters', names=['use_sim_time'])


class Results:
    """Sends images to the node `fairmot` and collects its results, also after its cleanup."""

    def __init__(self, peer: Peer, images: list[np.ndarray]) -> None:
        self._peer = peer
        self._images = images
        self._stamp = 1000.0
        self.received: list[Detection2DArray] = []
        peer.create_subscription(Detection2DArray, 'fairmot/detections', self.received.append, 10)

    def send(self) -> None:
        """Send the next image."""
        self._stamp += 0.1
        self._peer.send_image(self._images[round(10 * self._stamp) % 10], self._stamp)

    def wait(self, what: str) -> None:
        """Send images until another result arrives; the first ones may precede discovery."""
        before = len(self.received)

        def arrived() -> bool:
            self.send()
            return len(self.received) > before

        self._peer.wait(arrived, f'a result {what}')
