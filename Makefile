# Everything a developer does here. `make help` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
TOOLS := $(CURDIR)/.tools
# The database that tests run against; it ends with them.
WITH_DATABASE := go run ./infra/dynamodb-local/with --

SAM := $(TOOLS)/sam-venv/bin/sam
export SAM_CLI_TELEMETRY := 0
# The functions' architecture, in Lambda's words; SAM's containers have ours.
ARCH ?= arm64
HOST_ARCH := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x86_64)
GOARCH_arm64 := arm64
GOARCH_x86_64 := amd64
SAM_BUILD = --parameter-overrides Architecture=$(ARCH)

## help: list the targets
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "  %-13s %s\n", $$1, $$2 }'

## run: run the whole cloud on this machine (PORT=3000, DATA=.local, FRESH=1 for a database in memory, with the demo data only)
.PHONY: run
run:
	@go build -o .local/livechat-local ./infra/local
	@exec .local/livechat-local

## admin: the operator's command line on the running local cloud (ARGS='user create --username mary --role livechat-manager')
.PHONY: admin
admin:
	@go run ./infra/admin --local $${PORT:-3000} $(ARGS)

# How tests run: each package is reported as it ends, and a failed test with the command that
# repeats it alone. Binaries that run once need no debugger's symbols, and make check has run
# go vet. What is under test is more than Go's cache of results knows of.
RUN_TESTS := $(WITH_DATABASE) go run ./infra/tools/test '-ldflags=-s -w' -vet=off -count=1 -timeout 15m
# Packages whose tests call functions that run as processes of their own, which the race
# detector does not see.
CLOUD_TESTS := ./infra/test/...

## test: run every test against a real DynamoDB Local, with the races and random cases of a quick run (six minutes on two cores)
.PHONY: test
test:
	$(RUN_TESTS) -short ./...
	@# The pages, in Chromium; LIVECHAT_BROWSER=none leaves them out.
	cd infra/test/browser && go test -count=1 -timeout 10m ./...

# The tests whose number of random cases, or time, -short cuts.
LONG_TESTS := 'NothingIsLost|SustainedLoad|Model|Promises|BruteForce|BusyDay|SentWrongOrLost|AtOnce|WhileMessages|NeverOurFault'

## test-all: run what make test leaves out: all checks, the race detector, the long runs, and the API's description tried out
.PHONY: test-all
test-all: check check-openapi check-sam
	$(RUN_TESTS) -short -race $$(go list ./... | grep -vxF "$$(go list $(CLOUD_TESTS))")
	$(RUN_TESTS) -run $(LONG_TESTS) ./shared/... ./infra/test/...
	$(MAKE) test-openapi

## pictures: make the pictures that README.md shows, infra/docs/*.png, from the demo's pages (needs Chromium)
.PHONY: pictures
pictures:
	@mkdir -p infra/docs
	cd infra/test/browser && go test -v -count=1 -run '^TestPictures$$' . -args -pictures "$(CURDIR)/infra/docs"

## check: gofmt, go mod tidy, go vet, golangci-lint, cfn-lint on the template, and the licences of all that ships
.PHONY: check
check: $(TOOLS)/golangci-lint $(TOOLS)/venv/bin/cfn-lint check-licences
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'd: $$unformatted"; exit 1; fi
	go mod tidy -diff
	go vet -tags sam ./...
	$(TOOLS)/golangci-lint run --build-tags sam ./...
	$(TOOLS)/venv/bin/cfn-lint template.yaml

# It warns of much that does not matter; what it says is shown when it fails.
LICENCES = mkdir -p .local && { $(TOOLS)/go-licenses report ./functions/... --ignore livechat --template infra/tools/supply/licences.tpl 2>.local/go-licenses.log || { cat .local/go-licenses.log >&2; exit 1; }; }

## licences: list the libraries in the functions' binaries, with their licences (functions/licences.md)
.PHONY: licences
licences: $(TOOLS)/go-licenses
	@$(LICENCES) > .local/licences.md && cp .local/licences.md functions/licences.md

.PHONY: check-licences
check-licences: $(TOOLS)/go-licenses
	@$(TOOLS)/go-licenses check ./functions/... --ignore livechat --allowed_licenses=Apache-2.0,BSD-2-Clause,BSD-3-Clause,ISC,MIT
	@$(LICENCES) | diff -u functions/licences.md - || { echo "functions/licences.md is not up to date: make licences"; exit 1; }

## sbom: the software bill of materials of each function, as built for Lambda, into .local/sbom (CycloneDX JSON)
.PHONY: sbom
sbom: build $(TOOLS)/cyclonedx-gomod
	@rm -rf .local/sbom && mkdir -p .local/sbom
	@for binary in .aws-sam/build/*/bootstrap; do \
		name=$$(basename "$$(dirname "$$binary")"); \
		$(TOOLS)/cyclonedx-gomod bin -json -std -licenses -version "$$(git describe --always --dirty)" \
			-output ".local/sbom/$$name.cdx.json" "$$binary" 2>.local/cyclonedx.log || { cat .local/cyclonedx.log; exit 1; }; \
	done; ls .local/sbom | wc -l | xargs -I{} echo "{} bills of materials in .local/sbom"

## check-openapi: lint the API's description, infra/openapi.yaml, and what is made of it (needs npm)
.PHONY: check-openapi
check-openapi:
	@go run ./infra/tools/npm/install infra/tools/redocly
	go test -count=1 ./infra/openapi/...
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true infra/tools/redocly/node_modules/.bin/redocly lint --config infra/tools/redocly/redocly.yaml infra/openapi.yaml

## test-openapi: try the API's description out on a laptop cloud of its own, what it allows and what it forbids (two minutes)
.PHONY: test-openapi
test-openapi: $(TOOLS)/schemathesis-venv/bin/schemathesis
	@go build -o .local/livechat-local ./infra/local
	infra/tools/schemathesis/run .local/livechat-local $<

## test-faults: have clients work while the database fails in every way, and look for what is lost or done twice (DURATION=10m, ONLY="throttles", SEED=)
.PHONY: test-faults
test-faults: DURATION ?= 10m
test-faults:
	go test -v -count=1 -timeout 24h -run NothingIsLost ./infra/test/faults -args -duration $(DURATION) -only "$(ONLY)" $(if $(SEED),-seed $(SEED))

## test-load: have clients work for a time, and look for failures and for memory that grows (DURATION=5m)
.PHONY: test-load
test-load: DURATION ?= 5m
test-load:
	go test -v -count=1 -timeout 24h -run 'Many|SustainedLoad' ./infra/test/faults -args -load $(DURATION)

## bench-surveys: measure how fast surveys that are due at once are sent (SURVEYS=10000)
.PHONY: bench-surveys
bench-surveys:
	$(WITH_DATABASE) go test -run '^$$' -bench Drain -benchtime 1x -timeout 20m ./shared/survey

## bench: measure start, first answer, size and memory of each function, compared with a hello world
.PHONY: bench
bench:
	$(WITH_DATABASE) go run ./infra/tools/bench

## bench-cost: measure what every route consumes of the database, in a typical and in the worst case, and write it into infra/cost.md (DOCUMENT= to print it)
.PHONY: bench-cost
bench-cost: DOCUMENT ?= infra/cost.md
bench-cost:
	$(WITH_DATABASE) go run ./infra/tools/cost/bench $(if $(DOCUMENT),--document $(DOCUMENT))

## fuzz: try the decoders with random input, each for FUZZTIME (30s); what fails is kept as a seed
.PHONY: fuzz
fuzz: FUZZTIME ?= 30s
fuzz:
	@failed=; \
	for package in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n 1 dirname | sort -u); do \
		for target in $$(go test -list '^Fuzz' ./$$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$package || failed="$$failed $$target"; \
		done; \
	done; \
	[ -z "$$failed" ] || { echo "fuzz: failed:$$failed"; exit 1; }

## audit: ask the vulnerability databases about every dependency (needs the internet; not part of check)
.PHONY: audit
audit: $(TOOLS)/govulncheck
	@failed=; \
	for module in . infra/test/browser; do \
		echo "govulncheck in $$module"; \
		(cd $$module && $(TOOLS)/govulncheck ./...) || failed="$$failed $$module"; \
	done; \
	for lock in $$(git ls-files '*package-lock.json'); do \
		echo "npm audit of $$lock"; \
		(cd $$(dirname $$lock) && npm audit --package-lock-only --audit-level=high) || failed="$$failed $$lock"; \
	done; \
	[ -z "$$failed" ] || { echo "audit: something was found, or a database (https://vuln.go.dev, npm's) could not be reached, for:$$failed"; exit 1; }

## build: build every function for Lambda, by SAM, into .aws-sam (ARCH=arm64 or x86_64)
.PHONY: build
# What the release is built with. The same source gives the same bytes, wherever
# and at whatever commit. For this target alone: the race detector needs cgo.
build: export CGO_ENABLED := 0
build: export GOFLAGS := -trimpath -buildvcs=false -tags=lambda.norpc '-ldflags=-s -w'
build: $(SAM)
	$(if $(GOARCH_$(ARCH)),,$(error ARCH must be arm64 or x86_64, not "$(ARCH)"))
	@# All at once, and first: SAM's parallel builds would each compile everything.
	GOOS=linux GOARCH=$(GOARCH_$(ARCH)) go build ./functions/...
	@# Not --cached: it does not see changes in shared/.
	$(SAM) build --parallel $(SAM_BUILD)

## test-build: build for both architectures, and show that the same source gives the same bytes
.PHONY: test-build
test-build: $(SAM)
	go test -tags sam -count=1 -timeout 20m ./infra/test/sam/build

## sam-local: run the functions in SAM's containers, with the demo data (PORT=3000; needs Docker)
.PHONY: sam-local
sam-local: ARCH := $(HOST_ARCH)
sam-local: container-engine build sam-programs
	@PORT=$${PORT:-3000} exec .local/with-database -- .local/livechat-sam

## test-sam: run the black-box tests on the laptop cloud and on SAM's containers, and every sample event (needs Docker)
.PHONY: test-sam
test-sam: ARCH := $(HOST_ARCH)
test-sam: container-engine build sam-programs
	$(WITH_DATABASE) go test -count=1 ./infra/test/blackbox/...
	@# One package after the other: they share a table.
	PORT=0 .local/with-database -- .local/livechat-sam \
		go test -tags sam -count=1 -p 1 -timeout 20m ./infra/test/blackbox ./infra/test/sam/invoke

.PHONY: container-engine
container-engine:
	@docker version >/dev/null 2>&1 || { echo "sam local needs a container engine, and no Docker engine answers: start one (\`make run\` needs none)"; exit 1; }

# Programs and not `go run`, which does not pass SIGTERM on.
.PHONY: sam-programs
sam-programs:
	@go build -o .local/with-database ./infra/dynamodb-local/with
	@go build -o .local/livechat-sam ./infra/test/sam/local

## check-sam: SAM's own lint of the template, checkov's security rules, and the template as AWS expands it
.PHONY: check-sam
check-sam: $(SAM) $(TOOLS)/checkov-venv/bin/checkov
	@for env in dev staging prod; do $(SAM) validate --lint --config-env $$env; done
	go test -tags sam -count=1 ./infra/test/sam/expand
	$(TOOLS)/checkov-venv/bin/checkov --quiet --compact --framework cloudformation --file template.yaml --skip-download

# SAM knows the region by this name alone.
ifdef AWS_REGION
export AWS_DEFAULT_REGION ?= $(AWS_REGION)
endif
# The stack that ENV names in samconfig.toml, and its outputs.
STACK = livechat-$(ENV)
OUTPUT = $(SAM) list stack-outputs --stack-name $(STACK) --output json | go run ./infra/test/sam/output

## deploy: build, validate and deploy a stack (ENV=dev, staging or prod; region and credentials as AWS is configured)
.PHONY: deploy
# What is built has the architecture that is deployed.
deploy: SAM_BUILD = --config-env $(ENV)
deploy: stack-named build
	$(SAM) validate --lint --config-env $(ENV)
	$(SAM) deploy --config-env $(ENV)
	@url=$$($(OUTPUT) ApiUrl); \
	echo "$(STACK) answers at $$url. Register its first visitor:"; \
	echo "  curl -s $$url/api/v1/livechat/visitor -d '{\"visitor\":{\"token\":\"first-visitor\",\"name\":\"Ada\"}}'"

## first-admin: the first user of a deployed stack, with every right; shows the token once (ENV=dev, staging or prod)
.PHONY: first-admin
first-admin: stack-named $(SAM)
	@table=$$($(OUTPUT) TableName); \
	go run ./infra/admin --table "$$table" user create --username admin --role admin

## delete: delete a deployed stack; its table stays (ENV=dev, staging or prod)
.PHONY: delete
delete: stack-named $(SAM)
	@# A stack whose first deployment failed has no outputs, and no table to keep.
	@table=$$($(OUTPUT) TableName 2>/dev/null || true); \
	$(SAM) delete --config-env $(ENV); \
	[ -n "$$table" ] || exit 0; \
	echo "The table $$table is retained, with all rooms and visitors. To delete it, too:"; \
	echo "  aws dynamodb update-table --table-name $$table --no-deletion-protection-enabled"; \
	echo "  aws dynamodb delete-table --table-name $$table"

.PHONY: stack-named
stack-named:
	@case "$(ENV)" in dev | staging | prod) ;; *) echo "which stack? Give ENV=dev, ENV=staging or ENV=prod"; exit 1 ;; esac

## clean: remove what was built and fetched, and the local database
.PHONY: clean
clean:
	rm -rf .aws-sam .local .tools infra/dynamodb-local/node_modules infra/test/browser/node_modules infra/test/clients/*/node_modules infra/tools/*/node_modules

$(TOOLS)/golangci-lint: infra/tools/lint/go.mod
	@echo "building golangci-lint (two minutes, once)"
	cd infra/tools/lint && GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

$(TOOLS)/govulncheck: infra/tools/lint/go.mod
	cd infra/tools/lint && GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck
	@touch $@

$(TOOLS)/go-licenses: infra/tools/supply/go.mod
	cd infra/tools/supply && GOBIN=$(TOOLS) go install github.com/google/go-licenses
	@touch $@

$(TOOLS)/cyclonedx-gomod: infra/tools/supply/go.mod
	cd infra/tools/supply && GOBIN=$(TOOLS) go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
	@touch $@

# Python tools are installed into a venv each: SAM and checkov want different
# releases of the same packages.
$(TOOLS)/venv/bin/cfn-lint: infra/tools/requirements.txt
	$(call install-python,venv,$<)

$(SAM): infra/tools/requirements-sam.txt
	@echo "installing the SAM CLI (a minute or two, once)"
	$(call install-python,sam-venv,$<)

$(TOOLS)/checkov-venv/bin/checkov: infra/tools/requirements-checkov.txt
	$(call install-python,checkov-venv,$<)

$(TOOLS)/schemathesis-venv/bin/schemathesis: infra/tools/requirements-schemathesis.txt
	$(call install-python,schemathesis-venv,$<)

define install-python
	@command -v python3 >/dev/null || { echo "$(@F) needs python3 with its venv module; install it (Debian: apt install python3-venv; macOS: brew install python)"; exit 1; }
	python3 -m venv $(TOOLS)/$(1)
	$(TOOLS)/$(1)/bin/pip install --quiet --require-hashes --requirement $(2)
	@touch $@
endef
