# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The sentences that the package logs as a warning or an error, read from its sources.

Values that are filled in are shown as `…`. Most sentences stand in the call of the logger. Where a
call passes a variable on, `SOURCES` names the functions that make its text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from documentation.executables import REPOSITORY

PACKAGE = REPOSITORY / 'fairmot_ros'
LEVELS = ('warning', 'error', 'critical', 'fatal', 'exception')
LOGGER = re.compile(r'(^|[._])(logger|get_logger\(\))$')
PLACE = re.compile(r'%[sdrg]|%\.\d+f')  # of a value in a text for the module logging
FILLED = '…'
#: By function with a call that passes a variable on, the functions that make the sentences.
SOURCES: dict[str, tuple[str, ...]] = {
    'CameraStream.admit': ('FrameTracker.admit',),
    'CameraStream.warn': ('CameraStream.track', 'upper_eight_bits'),
    'CameraStream._report_output': ('CameraStream._report_output',),
    'CameraStream._log_traceback': (),
    'FairMOT.__call__': ('FrameTracker.admit',),
    'OfflineTracker.track': ('FrameTracker.admit',),
    'NameWatch._check': ('NameWatch._check',),
    'PlayerNode.__init__': ('frame_numbers', '_note_numbering_by_order', '_note_missing_frames'),
    'ImageStream._warn': ('upper_eight_bits',),
    'IdentitiesNode.__init__': ('explain_unknown',),
    'IdentitiesNode._on_frame': ('SourceClocks.take_warnings', 'SourceClock.warning'),
    'IdentitiesNode._report': (
        'IdentitiesNode._on_frame',
        'IdentitiesNode._comparable',
        'IdentitiesNode._note_arrival',
    ),
    'NodeLogHandler.emit': (),  # what the other layers log
    'ProblemLog.update': (
        'StallDetector.warning',
        'explain_shared_topic',
        'ClockWatch.warning',
        'ZoneOutput._observe',
        'HumansOutput.refresh',
    ),
    'RecorderNode._warn': ('RecorderNode._on_annotated', 'explain_shared_topic'),
    'FollowOutput._report': ('FollowOutput._report', 'Target.problem', 'Follower._choose'),
    'SpatialOutput.publish': (
        'SpatialInputs.camera',
        'DepthImages.at',
        'pinhole_camera',
        'PersonLocator.camera_motion',
        'PersonLocator._locate',
        'PersonLocator._pose',
        'OdometryTransforms._find',
        'TransformBuffer.lookup',
        'TransformBuffer._path',
        'TransformBuffer._ancestors',
        'TransformBuffer._to_parent',
    ),
    'TrackingNode.__init__': ('explain_unknown',),
    'TrackingNode.on_activate': ('unused_overrides',),
    '_evaluate': ('_note_uncounted', 'visdrone_note'),
    'reporting': ('reporting',),
}
#: Functions whose sentences appear in the diagnostics, and as a part of a logged sentence.
DIAGNOSTICS = (
    'failures.describe',
    'encoding.encode_image',
    'explain_missing_input',
    'LimitChecker._exceeded',
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def log_sentences() -> set[str]:
    """Return all sentences.

    Raises:
        ValueError: if a call passes a variable on and `SOURCES` does not know the function, or
            names a function that does not exist.
    """
    functions = list(_functions())
    sentences: set[str] = set()
    unknown: list[str] = []
    for name, function in functions:
        for call in _log_calls(function):
            direct = set(filter(_is_sentence, _texts(call.args[0])))
            sentences |= direct
            if not direct and not any(_matches(name, known) for known in SOURCES):
                unknown.append(f'{name}: {ast.unparse(call)}')
    missing = []
    for source in {source for names in SOURCES.values() for source in names} | set(DIAGNOSTICS):
        found = [function for name, function in functions if _matches(name, source)]
        sentences |= {text for function in found for text in _all_texts(function)}
        missing += [] if found else [source]
    if unknown or missing:
        raise ValueError(f'SOURCES lacks {unknown}, and names {missing}, which do not exist')
    return set(filter(_is_sentence, sentences))


def _matches(name: str, wanted: str) -> bool:
    """Return whether a full name ends with the wanted one."""
    return f'.{name}'.endswith(f'.{wanted}')


def _functions() -> Iterator[tuple[str, Function]]:
    """Yield every function with its name after those of its module and class."""
    for path in sorted(PACKAGE.rglob('*.py')):
        module = '.'.join(path.relative_to(REPOSITORY).with_suffix('').parts)
        yield from _functions_in(ast.parse(path.read_text()), f'{module}.')


def _functions_in(parent: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Function):
            yield prefix + node.name, node
            yield from _functions_in(node, prefix)
        else:
            inner = f'{prefix}{node.name}.' if isinstance(node, ast.ClassDef) else prefix
            yield from _functions_in(node, inner)


def _log_calls(function: Function) -> Iterator[ast.Call]:
    """Yield the calls of a logger in a function, without those in functions inside it."""
    for node in _own_nodes(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if node.func.attr in LEVELS and LOGGER.search(ast.unparse(node.func.value)):
            yield node


def _own_nodes(parent: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(parent):
        yield node
        if not isinstance(node, Function):
            yield from _own_nodes(node)


def _all_texts(function: Function) -> Iterator[str]:
    """Yield the texts in a function, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    for statement in body:
        yield from _outermost_texts(statement)


def _outermost_texts(node: ast.AST) -> Iterator[str]:
    texts = list(_texts(node)) if isinstance(node, ast.expr) else []
    yield from texts
    if not texts:
        for child in ast.iter_child_nodes(node):
            yield from _outermost_texts(child)


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression may have, with `…` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield PLACE.sub(FILLED, node.value).strip(' ;')
    elif isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else FILLED for p in node.values)
        yield ''.join(map(str, parts)).strip(' ;')
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left in _texts(node.left):
            for right in list(_texts(node.right)) or [FILLED]:
                yield left + right


def _is_sentence(text: str) -> bool:
    """Return whether a text has words of its own, and is no part of another sentence."""
    words = len(re.findall(r'[A-Za-z_]{2,}', text))
    return not (text.startswith(('(', 'and ')) or text.endswith(')')) and (
        words > 1 or (words > 0 and ': …' in text)
    )
