"""The commands; each file is one."""

import signal

from fairmot_ros.starting import ExitCode, prepare

prepare(lambda name: name.startswith('fairmot-'), {signal.SIGINT: ExitCode.INTERRUPTED})
