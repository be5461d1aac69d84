# What a user does. Each target installs what it needs first: Node 20.19 or later with npm; Java 17 with Maven for the broker.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# npm itself must not run on the Node that it is about to replace.
outer_path := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

installed := node_modules/.package-lock.json

.PHONY: help demo test check docs up down bench faults

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: $(installed) ## See it work, end to end, in under 3 minutes; KEEP=1 leaves it running to be looked at
	@KEEP="$(KEEP)" node demo/main.ts

test: $(installed) ## Run every test; a Kafka broker and a registry are started for it and ended after it
	@npm run --silent test

bench: $(installed) ## Measure against Kafka Streams, in under 45 minutes; ARGS="--quick" in under 8, ARGS=--help for more
	@node bench/main.ts $(ARGS)

faults: $(installed) ## Kill, hold, cut and starve real processes and their broker; LONG=1 all of it, SEED=N again, ARGS=--help for more
	@node test/faults/main.ts $(if $(LONG),--long) $(if $(SEED),--seed $(SEED)) $(if $(REPORT),--report) $(ARGS)

check: $(installed) ## Check format, lint, types and generated docs
	@npm run --silent check

docs: $(installed) ## Write docs/generated from the declarations
	@npm run --silent docs

up: $(installed) ## Start broker, registry and database with data in .onhand; again: does nothing
	@node infra/up.ts

down: $(installed) ## End what `make up` started; its data stays
	@node infra/down.ts

# The packages, and Node 24 among them. Where npm does not run install scripts, the last line does what the script of `node` would.
$(installed): package-lock.json
	@echo "installing packages (half a minute)"
	@PATH="$(outer_path)" npm ci --loglevel=error
	@node_modules/.bin/node --version >/dev/null 2>&1 || \
	  { (cd node_modules/node && PATH="$(outer_path)" node installArchSpecificPackage.js) && ln -sf ../node/bin/node node_modules/.bin/node; }
	@touch $@
