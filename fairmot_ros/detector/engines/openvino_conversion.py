# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""From a torch network to an OpenVINO model."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import numpy as np
import torch
from torch import Tensor
from torch.utils._pytree import tree_map_only

from fairmot_ros.detector.engines.named_maps import NamedMaps
from fairmot_ros.detector.engines.openvino_core import openvino_core, save_model
from fairmot_ros.detector.engines.operators import (
    boundary_operator,
    call_deform_conv_operator,
)
from fairmot_ros.network.base import Network

#: Prefix of the names of operators that compute in float32 whatever the precision.
FLOAT32_NAME = 'float32/'
#: Key of the note that boundaries leave at operators during a conversion: their numbers. Module i
#: of the float32 modules has the number 2 i where it begins and 2 i + 1 where it ends.
NOTE = 'boundaries'


def convert(
    network: Network,
    size: tuple[int, int],
    *,
    whole: bool = False,
    float32_modules: Sequence[str] | None = None,
) -> Any:
    """Convert the maps of a network for single images of a size (width, height).

    Deformable convolutions become OpenVINO's own operator. Operators of the float32 modules are
    marked: they compute in float32 whatever precision the model is compiled for, and their names
    begin with FLOAT32_NAME.

    Args:
        network: optimised for inference, in evaluation mode; its deformable convolutions call the
            operator afterwards.
        size: (width, height), multiples of 32.
        whole: convert `Network.whole_maps` instead of `Network.dense`.
        float32_modules: names of submodules; `Network.float32_modules` if None.

    Returns:
        An openvino.Model whose input is ``images``, float32 [1, 3, H, W], RGB in 0..1.
    """
    import openvino
    from openvino.frontend.pytorch import ConversionExtension

    width, height = size
    kept = network.float32_modules if float32_modules is None else float32_modules
    call_deform_conv_operator(network)
    module = NamedMaps.whole(network) if whole else NamedMaps.dense(network)
    extensions = [
        ConversionExtension('fairmot_ros.deform_conv.default', _deformable_convolution),
        ConversionExtension('fairmot_ros.boundary.default', _note_boundary),
    ]
    with warnings.catch_warnings(), torch.no_grad(), _boundaries(network, kept):
        warnings.simplefilter('ignore')  # torch's and OpenVINO's, about themselves
        program = torch.export.export(module, (torch.zeros(1, 3, height, width),))
        model = openvino.convert_model(program, extension=extensions)
    for output, name in zip(model.outputs, module.names, strict=True):
        output.set_names({name})
    model.reshape([1, 3, height, width])
    model.inputs[0].set_names({'images'})
    return _keep_float32(model)


def _deformable_convolution(context: Any) -> list[Any]:
    from openvino import opset8

    x, offset, mask, weight, bias = (context.get_input(index) for index in range(5))
    convolved = opset8.deformable_convolution(
        x, offset, weight, [1, 1], [1, 1], [1, 1], [1, 1], mask, 'EXPLICIT', 1, 1, True
    )
    return opset8.add(convolved, opset8.reshape(bias, np.array([1, -1, 1, 1]), False)).outputs()


def _note_boundary(context: Any) -> list[Any]:
    """Note the number of a boundary at the operator before it, and leave the boundary out."""
    place = context.get_input(0)
    operator = place.get_node()
    numbers = [*_noted(operator), context.get_values_from_const_input(1, None, int)]
    operator.get_rt_info()[NOTE] = ' '.join(map(str, numbers))
    return [place]


def _noted(operator: Any) -> list[int]:
    """Return the numbers of the boundaries behind an operator."""
    notes = operator.get_rt_info()
    return [int(number) for number in notes[NOTE].astype(str).split()] if NOTE in notes else []


@contextlib.contextmanager
def _boundaries(network: Network, names: Sequence[str]) -> Iterator[None]:
    """Put boundaries around submodules of a network while it is traced."""
    boundary = boundary_operator()

    def mark(values: Any, number: int) -> Any:
        return tree_map_only(Tensor, lambda x: boundary(x, number), values)

    hooks: list[Any] = []
    for index, name in enumerate(names):

        def before(_: Any, inputs: Any, number: int = 2 * index) -> Any:
            return mark(inputs, number)

        def after(_: Any, inputs: Any, outputs: Any, number: int = 2 * index + 1) -> Any:
            return mark(outputs, number)

        module = network.get_submodule(name)
        hooks.append(module.register_forward_pre_hook(before))
        hooks.append(module.register_forward_hook(after))
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _keep_float32(model: Any) -> Any:
    """Return the model with the operators between boundaries marked to compute in float32.

    Python cannot set OpenVINO's attribute for that; its files can hold it.
    """
    import openvino

    operators = _between_boundaries(model)
    if not operators:
        return model
    for number, operator in enumerate(operators):
        operator.set_friendly_name(f'{FLOAT32_NAME}{number}/{operator.get_friendly_name()}')
    with TemporaryDirectory() as folder:
        path = Path(folder) / 'model.xml'
        save_model(model, path)
        tree = ElementTree.parse(path)
        for layer in tree.iterfind('layers/layer'):
            if layer.get('name', '').startswith(FLOAT32_NAME):
                notes = layer.find('rt_info')
                if notes is None:
                    notes = ElementTree.Element('rt_info')
                    layer.insert(0 if layer.find('data') is None else 1, notes)
                ElementTree.SubElement(notes, 'attribute', name='precise', version='0')
        tree.write(path)
        # The weights are read at once: the file is gone when the model runs.
        weights = np.fromfile(path.with_suffix('.bin'), np.uint8)
        return openvino_core().read_model(path.read_bytes(), openvino.Tensor(weights))


def _between_boundaries(model: Any) -> list[Any]:
    """Return the operators between the inputs and outputs of the marked modules."""
    found = {}
    for last in model.get_ordered_ops():
        for begin in (number - 1 for number in _noted(last) if number % 2):
            waiting, seen = [last], set[str]()
            while waiting:
                operator = waiting.pop()
                name = operator.get_friendly_name()
                if operator.get_type_name() in ('Constant', 'Parameter') or name in seen:
                    continue
                seen.add(name)
                if not _joins_a_sum(operator):
                    found[name] = operator
                sources = (source.get_node() for source in operator.input_values())
                waiting += [source for source in sources if begin not in _noted(source)]
    return list(found.values())


def _joins_a_sum(operator: Any) -> bool:
    """Whether a convolution without activation is added to another map.

    The CPU plug-in fuses the two and fails (2026.4) if the convolution is marked.
    """
    if operator.get_type_name() != 'Convolution':
        return False
    following = {target.get_node() for target in operator.output(0).get_target_inputs()}
    return any(
        node.get_type_name() == 'Add'
        and not any(v.get_node().get_type_name() == 'Constant' for v in node.input_values())
        for node in following
    )
