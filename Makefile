# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Build, test and try fairmot_ros without a ROS 2 installation: `make help`.
# With a ROS 2 installation, use colcon and ros2 launch instead.

DISTRO ?= jazzy
other_distro := $(filter-out jazzy,$(DISTRO))
VENV := .venv$(addprefix -,$(other_distro))
python := $(VENV)/bin/python
requirements := requirements.txt requirements-lock.txt
torch_requirements := requirements-cpu.txt requirements-cuda.txt
# Versions of the wheels of other distributions are not pinned.
ros_requirements := $(if $(other_distro),build/requirements-$(DISTRO).txt,requirements-ros.txt)
pip_install := $(python) -m pip install --quiet --disable-pip-version-check
# Commands run without the current folder on the module path (Python 3.11 and newer), so that files
# in it cannot replace modules.
command := PYTHONSAFEPATH=1 $(python) -m fairmot_ros.cli

# The environment has its own ROS 2, so variables of a sourced one are removed.
unexport AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH PYTHONPATH
unexport ROS_DISTRO _ROS_WHEELS_BOOTSTRAP_COMPLETE

interface_sources := setup.py pyproject.toml package.xml CMakeLists.txt \
  $(wildcard cmake/* msg/*.msg srv/*.srv third_party/*/* third_party/*/msg/*.msg)

# Value of a variable, quoted as a single word for the shell.
quoted = '$(subst ','\'',$(value $1))'
option = $(if $(value $2),$1 $(call quoted,$2))

.DEFAULT_GOAL := help
.PHONY: help setup environment demo demo-eval test test-oldest test-no-ros coverage faults fuzz lint release-check \
  docs sbom cluster tune bench soak figures train pack-data clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## Create .venv with ROS 2 from wheels, and build the messages (PYTHON=)
	@mkdir -p build
	@flock build/setup.lock $(MAKE) --no-print-directory environment  # one at a time

demo: setup ## Track both shipped clips through real nodes, or VIDEO= (GT= WEIGHTS=); writes out/demo
	$(command).demo --output out/demo $(call option,--video,VIDEO) \
	  $(call option,--ground-truth,GT) $(call option,--weights,WEIGHTS)

demo-eval: setup ## Evaluate on a bag made from a video, offline and live (VIDEO= GT=)
	$(command).demo_evaluation --output out/evaluation \
	  $(call option,--video,VIDEO) $(call option,--ground-truth,GT) $(ARGS)

test_tools := $(foreach name,docs cluster tune,$(VENV)/$(name).stamp)

# In two processes of one thread each; those of training by themselves, as they fork workers, which
# must not inherit threads of engines.
in_two_processes := -n 2 --dist loadfile --no-loadscope-reorder

define all_tests
	export OMP_NUM_THREADS=1; failed=; \
	$1 $(in_two_processes) --durations=20 test --ignore=test/training || failed=1; \
	$1 $(in_two_processes) test/training || failed=1
endef

test: setup $(test_tools) ## Run all tests (ARGS= for pytest, DISTRO=kilted for another ROS 2)
ifdef ARGS
	$(python) -m pytest $(ARGS)
else
	$(call all_tests,$(python) -m pytest); \
	test -z "$$failed"
endif

# The bars are shares of lines and branches together. Data and pages are in build/coverage.
coverage: setup $(test_tools) $(VENV)/coverage.stamp ## Measure what all tests run, also in child processes (ARGS= for pytest)
	rm -rf build/coverage
	mkdir -p build/coverage/data
ifdef ARGS
	$(python) -m coverage run -m pytest $(ARGS)
	$(python) -m coverage combine --quiet
	$(python) -m coverage html --quiet
else
	$(call all_tests,$(python) -m coverage run -m pytest); \
	$(python) -m coverage combine --quiet && \
	$(python) -m coverage html --quiet && \
	echo 'Layers without ROS:' && \
	{ $(python) -m coverage report --omit='fairmot_ros/ros/*' --fail-under=92 || failed=1; } && \
	echo 'fairmot_ros/ros:' && \
	{ $(python) -m coverage report --include='fairmot_ros/ros/*' --fail-under=85 || failed=1; } && \
	test -z "$$failed"
endif

test-oldest: ## Run the tests without nodes with the oldest supported versions (packages of Debian 12)
	scripts/oldest_environment.sh build/oldest
	FAIRMOT_TEST_DATA=/nowhere build/oldest/bin/python -m pytest -p no:cacheprovider \
	  $(without_nodes) --ignore=test/training $(ARGS)

without_nodes := test --ignore=test/system --ignore=test/ros

test-no-ros: ## Run the tests without nodes where there is no ROS 2 (PYTHON= for CPython 3.11 to 3.14)
	scripts/plain_environment.sh build/plain $(call quoted,PYTHON)
	build/plain/bin/python -m pytest -p no:cacheprovider \
	  $(without_nodes) --ignore=test/training $(ARGS)
	build/plain/bin/python -m pytest -p no:cacheprovider test/training

fuzz: setup ## Test all readers with randomly damaged files and messages (MINUTES= ARGS=)
	$(python) -m fuzz --minutes $(MINUTES) $(ARGS)

fuzz: MINUTES ?= 60

faults: setup ## Test all faults around running nodes, in full numbers: hours (ARGS= for pytest)
	$(python) -m pytest -v --durations=0 --all-faults test/system/faults $(ARGS)

lint: $(VENV)/lint.stamp ## Check style, types and spelling: the hooks of .pre-commit-config.yaml
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(python) -m pre_commit run --all-files $(ARGS)

release-check: ## Check that the tree can be released: see RELEASING.md
	scripts/check_release.py

tune: setup $(VENV)/tune.stamp ## Tune the association on recordings with ground truth (INPUTS= ARGS=)
	$(command).tune $(INPUTS) $(ARGS)

docs: setup $(VENV)/docs.stamp ## Build the documentation's site in build/site
	NO_MKDOCS_2_WARNING=1 $(python) -m mkdocs build --strict
	$(python) -m documentation.links build/site

sbom: setup ## Write the software bill of materials, CycloneDX, to build/fairmot_ros.cdx.json
	$(python) scripts/sbom.py build/fairmot_ros.cdx.json

cluster: setup $(VENV)/cluster.stamp ## Install Dask, for commands with --dask

bench: setup ## Measure speed (ARGS= for the benchmark)
	$(python) -m benchmarks $(ARGS)

soak: setup ## Run a node at 30 images per second and write what grows (MINUTES=30)
	$(python) -m benchmarks soak --minutes $(MINUTES) $(ARGS)

soak: MINUTES ?= 30

figures: setup ## Regenerate all tables and images that depend on the default weights (ARGS=)
	$(python) -m benchmarks figures $(ARGS)

train: setup ## Train a model (DATA=, CONFIG= as in config/training)
	$(command).train $(CONFIG) --data $(call quoted,DATA) $(ARGS)

pack-data: setup ## Pack training sets for a machine that has only the checkout (DATA=)
	$(command).pack $(addprefix $(call quoted,DATA)/,$(PACKED_SETS)) \
	  --output data/packed/training.tar.gz --leave-out '*_standing_*' $(ARGS)

# Sets whose licences allow redistribution of networks trained on them, and the longest side to
# which their images are reduced; it is longer if people are small.
PACKED_SETS ?= indoor_corridor@320 factory_cctv@512 clinic_cctv@640 montreal_traffic@352 \
  street_backgrounds@320 ccp_street_fashion@320 coco128@480 capston2@320

train: CONFIG ?= config/training/default_model.yaml

clean: ## Remove everything that make creates: .venv, build and out
	rm -rf $(VENV) build out .mypy_cache .pytest_cache .ruff_cache
	find fairmot_ros test fuzz benchmarks documentation launch -name __pycache__ -prune -exec rm -rf {} +

environment: $(VENV)/interfaces.stamp

build/requirements-$(other_distro).txt: $(requirements) requirements-ros.txt
	mkdir -p build
	sed -n -e '/^ros-/d' -e 's/^\([A-Za-z0-9._-]*==[^ ;]*\).*/\1/p' $^ > build/lock-$(DISTRO).txt
	echo '--constraint lock-$(DISTRO).txt' > $@
	sed -n -e 's/-python-cmake-module/-ament-cmake-ros-core/' \
	  -e 's/^ros-jazzy-\([a-z-]*\)==.*/ros-$(DISTRO)-\1/p' requirements-ros.txt >> $@

# A stamp file marks a finished step, so that an interrupted one is repeated.
$(VENV)/requirements.stamp: $(requirements) $(torch_requirements) $(ros_requirements)
	$(python) -m pip --version >/dev/null 2>&1 || { \
	  base=$$(scripts/find_python.sh $(call quoted,PYTHON)) && "$$base" -m venv --clear $(VENV); }
	touch $(VENV)/COLCON_IGNORE
	@echo 'Installing the packages of requirements.txt (1.6 GB, a few minutes) ...'
ifdef other_distro
	scripts/install_locked.sh $(python) torch $(requirements)
	$(pip_install) --requirement $(ros_requirements)
else
	scripts/install_locked.sh $(python) torch $(requirements) $(ros_requirements)
endif
	touch $@

# Tools that only some targets need: requirements-<name>.txt.
$(VENV)/%.stamp: requirements-%.txt | setup
	scripts/install_locked.sh $(python) $<
	touch $@

$(VENV)/interfaces.stamp: $(VENV)/requirements.stamp $(interface_sources)
	scripts/find_python.sh $(python) >/dev/null
	@echo 'Building the messages (about a minute) ...'
	$(pip_install) --no-deps --no-build-isolation --editable .
	touch $@
