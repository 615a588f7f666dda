#!/bin/sh
# Print the Python to make the environment with: the one given, or the first on the PATH that is
# CPython 3.11 to 3.13 and can build extensions. 3.11 is what the tests run on. If anything is
# missing, name it with the line that installs it, and fail.

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
    # Every one on the PATH: the first may be a version manager's placeholder for another.
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
  fail 'a C++ compiler is needed to build the messages and there is none: apt-get install g++'

for python in $(candidates "$1"); do
  "$python" -c "$suitable" 2>/dev/null && echo "$python" && exit 0
done
[ -n "$1" ] &&
  fail "PYTHON=$1 is not CPython 3.11 to 3.13 with venv and header files (python3-dev)"
fail 'CPython 3.11 to 3.13 with venv and header files is needed and not on the PATH:
apt-get install python3 python3-venv python3-dev'
