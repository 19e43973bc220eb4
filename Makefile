# SPDX-License-Identifier: GPL-2.0
#
# Thin front end: the module is described by Kbuild, everything else is a script.

KDIR ?= /lib/modules/$(shell uname -r)/build
KVER ?= 6.1
TESTS ?=
VM = scripts/vm-run $(KVER)

include scripts/install.mk

.PHONY: modules
modules: ## build tcm_iser.ko for the running kernel (KDIR=)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

.PHONY: install
install: modules install-module install-utils ## module, targetcli, tools, boot (DESTDIR= PREFIX= KDIR=)

.PHONY: uninstall
uninstall: uninstall-module uninstall-utils ## take away what install put there

.PHONY: deps
deps: ## install what building and testing need on Debian 12
	scripts/host-deps vm build static

.PHONY: check
check: deps ## static checks, unit tests, three builds, VM tests (KVER= full, others smoke)
	scripts/check --full-on $(KVER)

.PHONY: check-static
check-static: ## shellcheck, layers, licences, sizes
	@scripts/host-deps static
	@scripts/check static

.PHONY: check-unit
check-unit: ## unit tests and fuzz corpora in user space under ASan and UBSan
	@scripts/host-deps build
	@scripts/check unit

.PHONY: fuzz
fuzz: ## libFuzzer on the protocol code (FUZZ_RUNS= FUZZ_SECONDS= TARGETS=)
	@scripts/host-deps build fuzz
	@scripts/fuzz $(TARGETS)

.PHONY: coverage
coverage: ## lines and branches of drivers/proto that tests and corpora take
	@scripts/host-deps build
	@scripts/unit-tests --coverage

.PHONY: check-build
check-build: ## build for all three kernels, W=1 and sparse, no warning allowed
	@scripts/host-deps vm build
	@scripts/check build-6.1 build-6.12 build-7.3

.PHONY: check-vm
check-vm: ## selftests in a VM (KVER=6.1|6.12|7.3 TESTS=glob)
	@scripts/host-deps vm build
	@scripts/check $(if $(TESTS),'tests-$(KVER):$(TESTS)',quick-$(KVER))

.PHONY: check-smoke
check-smoke: ## the shortest VM run on all three kernels
	@scripts/host-deps vm build
	@scripts/check smoke-6.1 smoke-6.12 smoke-7.3

.PHONY: check-debug
check-debug: ## selftests on a kernel with KASAN, lockdep and kmemleak
	@scripts/host-deps vm build debug
	@scripts/check --out build/check-debug debug-$(KVER)

.PHONY: check-tracing
check-tracing: ## bpftrace scripts and recipes for trace-cmd and perf, in a VM (KVER=)
	@scripts/host-deps vm build
	@scripts/check --out build/check-tracing tracing-$(KVER)

.PHONY: deb
deb: ## Debian packages for a release, in build/deb (SUITE=bookworm|trixie)
	@scripts/host-deps vm build
	@scripts/deb $(or $(SUITE),bookworm)

.PHONY: check-packages
check-packages: ## install, boot, reconnect, upgrade, purge the packages in VMs
	@scripts/host-deps vm build
	@scripts/check --out build/check-packages packages-6.1 packages-6.12

.PHONY: demo
demo: ## see the target serve a disk, in a VM
	@scripts/host-deps vm build
	@scripts/demo $(KVER)

.PHONY: vm
vm: ## a shell in the test VM (KVER=)
	@scripts/host-deps vm build
	@$(VM) --profile shell

.PHONY: soak
soak: ## hours of load and faults in a VM
	@scripts/host-deps vm build
	@$(VM) --profile soak

.PHONY: fuzz-wire
fuzz-wire: ## requests damaged at random, against the module in a VM (ROUNDS= SEED=)
	@scripts/host-deps vm build
	@$(VM) --tests fuzz_wire.sh --timeout 7200 \
		--env TISER_FUZZ_ROUNDS=$(or $(ROUNDS),10000) --env TISER_FUZZ_SEED=$(or $(SEED),1)

.PHONY: perf
perf: ## measurements that repeat exactly, counted in instructions
	@scripts/host-deps vm build
	@scripts/perf $(KVER)

.PHONY: interop
interop: ## libiscsi's suites against ib_isert, LIO over TCP and this module
	@scripts/host-deps vm build
	@scripts/interop

.PHONY: clean
clean: ## remove build products (images stay in the cache)
	rm -rf build
	find . -name .git -prune -o -type f \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name Module.symvers \
		-o -name modules.order \) -exec rm -f {} +

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
