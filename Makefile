# Everything a developer does here. `make help` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
TOOLS := $(CURDIR)/.tools
# The database that tests run against; it ends with them.
WITH_DATABASE := go run ./infra/dynamodb-local/with --

## help: list the targets
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "  %-8s %s\n", $$1, $$2 }'

## run: run the whole cloud on this machine (PORT=3000, DATA=.local, FRESH=1 for an empty database in memory)
.PHONY: run
run:
	@go build -o .local/bin/livechat-local ./infra/local
	@exec .local/bin/livechat-local

## admin: the operator's command line on the running local cloud (ARGS='user create --username mary --role livechat-manager')
.PHONY: admin
admin:
	@go run ./infra/admin --local $${PORT:-3000} $(ARGS)

## test: run every test, under the race detector, against a real DynamoDB Local
.PHONY: test
test:
	@# What is under test is more than Go's cache of results knows of.
	$(WITH_DATABASE) go test -race -count=1 -timeout 15m ./...

## check: gofmt, go mod tidy, go vet, golangci-lint, and cfn-lint on the template
.PHONY: check
check: $(TOOLS)/golangci-lint $(TOOLS)/venv/bin/cfn-lint
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'd: $$unformatted"; exit 1; fi
	go mod tidy -diff
	go vet ./...
	$(TOOLS)/golangci-lint run ./...
	$(TOOLS)/venv/bin/cfn-lint template.yaml

## bench: measure start, first answer, size and memory of each function beside a hello world
.PHONY: bench
bench:
	$(WITH_DATABASE) go run ./infra/bench

## audit: ask the vulnerability databases about every dependency (needs the internet; not part of check)
.PHONY: audit
audit: $(TOOLS)/govulncheck
	@$(TOOLS)/govulncheck ./... || { echo "audit: govulncheck found something, or could not reach https://vuln.go.dev (see above)"; exit 1; }
	@cd infra/dynamodb-local && npm audit || { echo "audit: npm found something, or could not reach its advisory database (see above)"; exit 1; }

## clean: remove what was built and fetched, and the local database
.PHONY: clean
clean:
	rm -rf .local .tools infra/dynamodb-local/node_modules

$(TOOLS)/golangci-lint: infra/tools/go.mod
	@echo "building golangci-lint (two minutes, once)"
	cd infra/tools && GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

$(TOOLS)/govulncheck: infra/tools/go.mod
	cd infra/tools && GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck
	@touch $@

$(TOOLS)/venv/bin/cfn-lint: infra/tools/requirements.txt
	@command -v python3 >/dev/null || { echo "check: cfn-lint needs python3 with its venv module; install it (Debian: apt install python3-venv; macOS: brew install python)"; exit 1; }
	python3 -m venv $(TOOLS)/venv
	$(TOOLS)/venv/bin/pip install --quiet --requirement infra/tools/requirements.txt
	@touch $@
