# SPDX-License-Identifier: GPL-2.0
#
# What is installed where, by make install and by the Debian packages. DESTDIR
# stages: nothing of the running system is touched then. The version has one
# place, MODULE_VERSION in drivers/main.c.

DESTDIR ?=
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
# Where systemd looks, below /usr and below /usr/local.
UNITDIR ?= $(PREFIX)/lib/systemd/system
MODULESLOADDIR ?= $(PREFIX)/lib/modules-load.d
# Read by every python3 of the system, whatever its version (Debian).
PYTHONDIR ?= /usr/lib/python3/dist-packages

VERSION = $(shell sed -n 's/^MODULE_VERSION("\(.*\)");$$/\1/p' drivers/main.c)
# Where modules_install puts it. include/config/kernel.release of Debian 12 holds
# another name.
KRELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)

# The boot service's name on Debian, then upstream's.
TARGET_UNITS = rtslib-fb-targetctl.service target.service

# iserstat is a program and the Python package beside it; the command is a link.
STATDIR ?= $(PREFIX)/share/iserstat
STAT = tools/iserstat/iserstat
STAT_FILES = $(wildcard tools/iserstat/iserstatlib/*.py)
# For node_exporter; enabled by whoever wants it.
STAT_UNITS = iserstat-openmetrics.service iserstat-openmetrics.timer
PYTHON_FILES = tools/rtslib/tcm_iser_rtslib.py tools/rtslib/tcm-iser.pth
DIST_INFO = $(wildcard tools/rtslib/*.dist-info)
MAN4 = Documentation/man/tcm_iser.4
MAN8 = Documentation/man/iserstat.8

# The distributor's signing key is not here: signing is the administrator's.
.PHONY: install-module
install-module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=updates CONFIG_MODULE_SIG_ALL= modules_install
	$(if $(DESTDIR),,depmod $(KRELEASE))

.PHONY: install-utils
install-utils:
	install -D -m 755 -t $(DESTDIR)$(STATDIR) $(STAT)
	install -D -m 644 -t $(DESTDIR)$(STATDIR)/iserstatlib $(STAT_FILES)
	install -d $(DESTDIR)$(SBINDIR)
	ln -sfnr $(DESTDIR)$(STATDIR)/iserstat $(DESTDIR)$(SBINDIR)/iserstat
	install -d $(DESTDIR)$(UNITDIR)
	for unit in $(STAT_UNITS); do \
		sed 's,/usr/sbin/,$(SBINDIR)/,' tools/iserstat/$$unit \
			>$(DESTDIR)$(UNITDIR)/$$unit || exit 1; \
	done
	install -D -m 644 -t $(DESTDIR)$(PYTHONDIR) $(PYTHON_FILES)
	for dir in $(DIST_INFO); do \
		install -D -m 644 -t $(DESTDIR)$(PYTHONDIR)/$${dir##*/} $$dir/* || exit 1; \
	done
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man4 $(MAN4)
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 $(MAN8)
	install -D -m 644 tools/system/modules-load.conf \
		$(DESTDIR)$(MODULESLOADDIR)/tcm-iser.conf
	for unit in $(TARGET_UNITS); do \
		install -D -m 644 tools/system/target-service.conf \
			$(DESTDIR)$(UNITDIR)/$$unit.d/tcm-iser.conf || exit 1; \
	done
	$(if $(DESTDIR),,! test -d /run/systemd/system || systemctl daemon-reload)

# The kernel's own modules_install may have compressed it.
.PHONY: uninstall-module
uninstall-module:
	rm -f $(DESTDIR)/lib/modules/$(KRELEASE)/updates/tcm_iser.ko \
		$(DESTDIR)/lib/modules/$(KRELEASE)/updates/tcm_iser.ko.xz \
		$(DESTDIR)/lib/modules/$(KRELEASE)/updates/tcm_iser.ko.zst \
		$(DESTDIR)/lib/modules/$(KRELEASE)/updates/tcm_iser.ko.gz
	$(if $(DESTDIR),,depmod $(KRELEASE))

.PHONY: uninstall-utils
uninstall-utils:
	rm -rf $(DESTDIR)$(STATDIR) \
		$(addprefix $(DESTDIR)$(PYTHONDIR)/,$(notdir $(DIST_INFO)))
	rm -f $(DESTDIR)$(SBINDIR)/iserstat \
		$(addprefix $(DESTDIR)$(UNITDIR)/,$(STAT_UNITS)) \
		$(addprefix $(DESTDIR)$(PYTHONDIR)/,$(notdir $(PYTHON_FILES))) \
		$(DESTDIR)$(PYTHONDIR)/__pycache__/tcm_iser_rtslib.*.pyc \
		$(addprefix $(DESTDIR)$(MANDIR)/man4/,$(notdir $(MAN4))) \
		$(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(MAN8))) \
		$(DESTDIR)$(MODULESLOADDIR)/tcm-iser.conf
	for unit in $(TARGET_UNITS); do \
		rm -f $(DESTDIR)$(UNITDIR)/$$unit.d/tcm-iser.conf; \
		rmdir $(DESTDIR)$(UNITDIR)/$$unit.d 2>/dev/null || true; \
	done
	$(if $(DESTDIR),,! test -d /run/systemd/system || systemctl daemon-reload)

# DKMS takes its sources from here.
SRCDIR = /usr/src/tcm_iser-$(VERSION)

.PHONY: install-source
install-source:
	install -D -m 644 -t $(DESTDIR)$(SRCDIR) Kbuild dkms.conf
	cd $(CURDIR) && find configfs drivers include -name '*.[ch]' \
		-exec install -D -m 644 '{}' '$(DESTDIR)$(SRCDIR)/{}' ';'
