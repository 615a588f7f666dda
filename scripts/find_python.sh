#!/bin/sh
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Print the Python interpreter for the virtual environment: the one given as argument, or the
# first on the PATH that is CPython 3.11 to 3.13 and can build extensions. The tests run on 3.11.
# If a requirement is missing, print it with the command that installs it, and fail.

suitable='
import os, sys, sysconfig
import ensurepip, venv
header = os.path.join(sysconfig.get_path("include"), "Python.h")
sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13) and os.path.exists(header)))'

candidates() {
  if [ -n "$1" ]; then
    command -v "$1"
    return
  fi
  for name in python3.11 python3.12 python3.13 python3; do
    # All on the PATH: the first may be a version manager's shim for another version.
    (IFS=:; for folder in $PATH; do [ -x "$folder/$name" ] && echo "$folder/$name"; done)
  done
}

fail() {
  echo "fairmot_ros: $1" >&2
  exit 1
}

for compiler in ${CXX:-c++ g++ clang++} none; do
  command -v "$compiler" >/dev/null && break
done
[ "$compiler" = none ] &&
  fail 'no C++ compiler found, which is needed to build the messages: apt-get install g++'

for python in $(candidates "$1"); do
  "$python" -c "$suitable" 2>/dev/null && echo "$python" && exit 0
done
[ -n "$1" ] &&
  fail "PYTHON=$1 is not CPython 3.11 to 3.13 with venv and header files (python3-dev)"
fail 'CPython 3.11 to 3.13 with venv and header files was not found on the PATH:
apt-get install python3 python3-venv python3-dev'
