# Groundwork's verbs for this machine. Every one prints what it does; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
.SILENT:

ENV ?= qa
SERVICE ?= api
LAB := .venv/bin/python -m lab
# Commands in the lab: the lab's addresses and keys in the environment, our Ansible first.
IN_LAB := eval "$$($(LAB) env)" && export PATH="$(CURDIR)/.venv/bin:$$PATH" &&

.PHONY: help
help: ## Show these lines
	printf 'Groundwork: from nothing to production on AWS, with plain Ansible.\n\n'
	awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	printf '\n  ENV=qa|prod chooses the inventory (now: %s).\n' '$(ENV)'

.PHONY: setup
setup: ## Make .venv with every pinned dependency (every other verb does it too)
	scripts/setup

.PHONY: demo
demo: lab-up ## The whole way in the lab: provision, build, configure, deploy; then a page of what to try
	$(IN_LAB) scripts/demo $(ENV)

.PHONY: demo-down
demo-down: lab-down ## Remove everything of the lab from this machine

.PHONY: plan
plan: setup ## Show what a run would change: in the lab when it runs, else on the account of your credentials
	if $(LAB) status >/dev/null 2>&1; then eval "$$($(LAB) env)"; fi
	.venv/bin/ansible-playbook site.yml -i inventories/$(ENV) --check --diff

.PHONY: profile
profile: setup ## Where the time of a plan goes, task by task: in the lab when it runs, else on your account
	if $(LAB) status >/dev/null 2>&1; then eval "$$($(LAB) env)"; fi
	.venv/bin/ansible-playbook site.yml -i inventories/$(ENV) --check -e timeline=tasks

.PHONY: status
status: setup ## What runs where, in the lab
	$(IN_LAB) ansible-playbook playbooks/status.yml -i inventories/$(ENV)

.PHONY: lab-up
lab-up: setup ## Start the lab (engine, emulator, controllers); again: bring back what is missing
	$(LAB) up

.PHONY: lab-env
lab-env: setup ## Print the lab's variables: source <(make lab-env)
	$(LAB) env
	echo 'export PATH="$(CURDIR)/.venv/bin:$$PATH"'

.PHONY: lab-ssh
lab-ssh: setup ## A shell on the lab's first app host
	$(IN_LAB) scripts/lab-ssh $(ENV)

.PHONY: console
console: setup ## A shell in a container of the release, in the lab; SERVICE=web chooses it
	$(IN_LAB) command=$$(ansible-playbook playbooks/console.yml -i inventories/$(ENV) -e service=$(SERVICE) | grep -o 'ssh -t .*')
	eval "$$command"

.PHONY: lab-status
lab-status: setup ## Show the lab's parts and addresses
	$(LAB) status

.PHONY: lab-down
lab-down: setup ## Stop the lab and remove its containers, network, addresses, processes and files
	$(LAB) down

.PHONY: lab-reset
lab-reset: setup ## Start the lab anew with an empty account
	$(LAB) reset

.PHONY: lab-purge
lab-purge: setup ## Remove the lab's cache too (engine, images): the next start is a cold one
	$(LAB) purge

.PHONY: bench
bench: setup ## Seconds of runs, plans and destroys beside Terraform's, emulated; ARGS=--help
	.venv/bin/python -m benchmarks.provision $(ARGS)

.PHONY: bench-provision
bench-provision: setup ## A first run beside its longest chain, with AWS's creation times, scaled; ARGS=--help
	.venv/bin/python -m benchmarks.provision.first_run $(ARGS)

.PHONY: bench-scale
bench-scale: setup ## Runs as the number of components, instances, environments grows, emulated; ARGS=--help
	.venv/bin/python -m benchmarks.provision.scale $(ARGS)

.PHONY: bench-deploy
bench-deploy: setup ## Failed requests and seconds of deploys under load, in the lab; ARGS=--help
	.venv/bin/python -m benchmarks.deploy $(ARGS)

.PHONY: docs
docs: setup ## Build the site of docs/ into site/, without a warning
	scripts/docs-site build

.PHONY: docs-serve
docs-serve: setup ## Show the site of docs/ on 127.0.0.1:8000 and follow changes; PORT= chooses another
	scripts/docs-site serve

.PHONY: ci-ssh
ci-ssh: ## In a pipeline: put the key of SSH_PRIVATE_KEY where a run looks for it
	scripts/ci-ssh

.PHONY: lint
lint: setup ## All linters: ansible-lint, yamllint, ruff, shellcheck, hadolint, actionlint, zizmor
	scripts/lint

.PHONY: test
test: setup ## All tests, fast ones first: lint, unit, emulator, provisioning, roles, end to end
	scripts/test
