# What developers call. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Where rustup puts cargo, for shells that have not read its environment.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: dev
dev: ## Build, and run manager, worker, scheduler and cleaner in one process (ARGS="--port 8001")
	@scripts/setup build
	cargo run --bin jobbers -- dev $(ARGS)

.PHONY: test
test: ## Install what tests need, then check and test everything
	@scripts/setup
	@scripts/test

.PHONY: soak
soak: ## Do everything that can go wrong, for ten minutes, and count what came of it (ARGS="--minutes 60 --seed 7")
	@scripts/setup
	cargo build --locked -p jobbers-e2e -p jobbers-manager -p jobbers-scheduler
	target/debug/jobbers_soak $(ARGS)

.PHONY: bench
bench: ## Measure Jobbers beside the limit of the machine, on stores of its own (ARGS="--tasks 10000 --only w1,w3")
	@scripts/setup
	cargo build --locked --release -p jobbers-bench -p jobbers-worker -p jobbers-manager
	target/release/jobbers_bench $(ARGS)

.PHONY: bench-scale
bench-scale: ## Measure what a task costs as the store grows; takes long, and 2 GB of memory (ARGS="--scale-max 100000")
	@scripts/setup
	cargo build --locked --release -p jobbers-bench -p jobbers-worker -p jobbers-manager
	target/release/jobbers_bench --only w5 $(ARGS)

.PHONY: openapi
openapi: ## Write openapi.json anew, from the routes
	@scripts/setup build
	cargo run --bin jobbers_openapi

.PHONY: fmt
fmt: ## Format the code
	cargo fmt --all
	if [[ -x target/python-tools/bin/ruff ]]; then target/python-tools/bin/ruff format --no-cache python; fi

.PHONY: help
help: ## List this
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20
