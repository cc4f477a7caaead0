# Everything from a clean clone; `make help` lists the targets. Needs Rust, Python 3.11 or newer with pip, gcc and make.
#
# PORT       where the emulator listens (4566; 0 picks a free port)
# STATE_DIR  where the stack keeps its state (.local), so that several can run side by side
# PARTNERS   stub partners to start: production notification unless told otherwise, also inventory, sales; empty for none
# PARAMETERS parameters of template.yaml, as in PARAMETERS="MaxCustomersPerTenant=5 LogLevel=debug"

SHELL := /bin/sh
export PORT STATE_DIR
ifdef PARTNERS
export PARTNERS
endif
TOOLS := python3 -m dev.bootstrap
PYTHON := .local/venv/bin/python
PARAMETER_FLAGS := $(foreach parameter,$(PARAMETERS),--parameter "$(parameter)")
DAYS ?= 28
ROLE ?= admin

EXAMPLES ?= 150

.PHONY: help run up down token audit redrive partner watch demo replay test schemathesis coverage bench bench-compare openapi examples fmt clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: tools ## stack with demo data, logs in the foreground; Ctrl-C stops everything
	@$(PYTHON) -m dev.stack run $(PARAMETER_FLAGS)

up: tools ## stack in the background; writes .local/stack.env
	@$(PYTHON) -m dev.stack up $(PARAMETER_FLAGS)

down: tools ## stop the stack and remove its state
	@$(PYTHON) -m dev.stack down

token: tools ## print a token: make token TENANT=<uuid> ROLE=viewer|member|admin|owner|service [SUB=…]
	@test -n "$(TENANT)" || { echo "usage: make token TENANT=<uuid> [ROLE=admin] [SUB=…]" >&2; exit 2; }
	@$(PYTHON) -m dev.stack token --tenant "$(TENANT)" --role "$(ROLE)" $(if $(SUB),--subject "$(SUB)")

audit: tools ## hold orders against their audit copy: make audit TENANT=<uuid> [ORDER=<uuid>]
	@test -n "$(TENANT)" || { echo "usage: make audit TENANT=<uuid> [ORDER=<uuid>]" >&2; exit 2; }
	@$(PYTHON) -m dev.audit --tenant "$(TENANT)" $(if $(ORDER),--order "$(ORDER)")

redrive: tools ## send dead letters back to where they came from: make redrive QUEUE=alerts|projections|partners|planning|…
	@test -n "$(QUEUE)" || { echo "usage: make redrive QUEUE=<name>; dev/redrive.py lists the names" >&2; exit 2; }
	@$(PYTHON) -m dev.redrive "$(QUEUE)"

partner: tools ## how the stub partners behave: make partner MODE=ok|slow|5xx|garbage|huge|endless|redirect [NAME=production]
	@test -n "$(MODE)" || { echo "usage: make partner MODE=slow [NAME=production]" >&2; exit 2; }
	@$(PYTHON) -m dev.partner mode "$(MODE)" $(if $(NAME),--partner "$(NAME)")

watch: tools ## reload on save, on port 9000, against the running stack (make up first)
	@$(PYTHON) -m dev.stack watch

demo: tools ## a sample bakery through the HTTP API of the running stack
	@$(PYTHON) -m dev.demo

replay: tools ## real sales as orders, then a plan: make replay CSV=path [DAYS=28]
	@test -n "$(CSV)" || { echo "usage: make replay CSV=path [DAYS=28]" >&2; exit 2; }
	@$(PYTHON) -m dev.replay --csv "$(CSV)" --days "$(DAYS)"

test: tools ## every check that CI runs; TESTS=… narrows down the Rust tests
	@$(PYTHON) -m dev.check $(TESTS)

schemathesis: tools ## generated requests against the running stack (make up first): [EXAMPLES=150] [SEED=…]
	@$(PYTHON) -m dev.schemathesis_run --max-examples "$(EXAMPLES)" $(if $(SEED),--seed "$(SEED)")

coverage: tools ## which lines the tests reach: target/coverage/html/index.html
	@$(TOOLS) dev/requirements-coverage.txt
	@$(PYTHON) -m dev.coverage

bench: ## how long planning takes, and how much memory: docs/benchmarks.md
	@cargo bench --quiet -p orders_domain --bench planning
	@for arguments in 100000 1000000 10000000 "100000 pegging" "1000000 pegging"; do \
		cargo run --release --quiet -p orders_domain --example planning_memory -- $$arguments; done

bench-compare: ## the same work by numpy and SQLite, beside the planner
	@$(TOOLS) dev/requirements-benchmarks.txt
	@$(PYTHON) -m dev.benchmarks.compare_planning

openapi: ## write openapi.json and docs/asyncapi.json from the code
	@mkdir -p target
	@cargo run --quiet --profile local -p orders_service --example openapi > target/openapi.json && mv target/openapi.json openapi.json
	@cargo run --quiet --profile local -p orders_service --example asyncapi > target/asyncapi.json && mv target/asyncapi.json docs/asyncapi.json

examples: tools ## record the answers that openapi.json shows, from the running stack (make up, then make examples openapi)
	@RECORD_EXAMPLES=1 .local/venv/bin/cargo-nextest nextest run --cargo-profile local -p acceptance \
		-E 'test(the_service_answers_as_the_examples_show)'

fmt: ## format the Rust code
	@cargo fmt --all

clean: down ## stop the stack, remove tools and build output
	@rm -rf .local
	@cargo clean

.PHONY: tools
tools:
	@$(TOOLS)
