# The front door. CMake presets (CMakePresets.json) do the building; this file only names the usual ways.
JOBS ?= $(shell nproc)
PRESET ?= release
PREFIX ?= /usr/local
BUILD := build/$(PRESET)

.DEFAULT_GOAL := help
.PHONY: help run cluster cluster-stop faults build test check lint screenshots install format clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build, then serve at http://localhost:8080 with the data in ./data
	exec $(BUILD)/bin/parleyd serve --data-dir data

cluster: build ## build, then start a fleet: 3 Cassandra, 3 NATS, Redis, 3 parleyd and HAProxy, with the data in build/cluster
	@tools/install_packages engines
	@PARLEYD=$(BUILD)/bin/parleyd tools/cluster up

faults: build ## break a fleet of its own in every way that tests/faults knows (about 15 minutes)
	@tools/install_packages engines
	/usr/bin/python3 tests/faults/run.py

cluster-stop: ## stop that fleet; its data stay
	@tools/cluster stop

build: ## install what is missing and build (PRESET=release, debug, asan or tsan)
	@tools/install_packages
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) -j $(JOBS)

test: build ## build and run every test
	@tools/install_packages test
	@tools/install_packages engines
	@tools/engines fetch >/dev/null
	ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --no-label-summary

check: ## everything that CI runs: tests, linters, sanitizers
	.ci/run

lint: build ## linters alone
	@tools/install_packages lint
	ctest --test-dir $(BUILD) -C lint -L lint -j $(JOBS) --output-on-failure --no-label-summary

screenshots: build ## picture every screen of the web app, into build/screenshots
	@tools/install_packages test
	tools/web run screenshots $(CURDIR)/build/screenshots

install: build ## install programs, systemd unit and documents under PREFIX (default /usr/local)
	cmake --install $(BUILD) --prefix $(PREFIX)

format: ## put the C++ sources into the project's format
	@tools/install_packages lint
	tools/format

clean: ## remove what was built, and the fleet of make cluster with its data (the data in ./data stay)
	@[ ! -d build/cluster ] || tools/cluster stop --now
	rm -rf build
