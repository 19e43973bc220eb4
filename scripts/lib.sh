# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Helpers shared by the scripts beside this file: progress lines, the image
# cache and its locks, the host's own Debian mirrors, bootstrapping with
# mmdebstrap, and the way into a sysroot. Sourced, never run. It knows nothing
# about what any image is for.

set -euo pipefail
export LC_ALL=C
# Scripts run from the Makefile; its flags are not for the builds they start.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS

TISER_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TISER_CACHE=${TISER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tcm_iser}
TISER_BUILD=${TISER_BUILD:-$TISER_TOP/build}
TISER_KEYRING=${TISER_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
# shellcheck disable=SC2034 # for the scripts that source this file
TISER_KVERS=(6.1 6.12 7.3)

# Progress goes to stderr: stdout belongs to results and paths.
say() {
	printf '[%(%H:%M:%S)T] %s\n' -1 "$*" >&2
}

# Status 4 is "the harness itself failed" wherever a status is interpreted.
die() {
	say "${0##*/}: $*"
	exit 4
}

need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing; run scripts/host-deps"
	done
}

# suite_of KVER: the Debian release whose user space goes with a kernel.
suite_of() {
	case $1 in
	6.1) echo bookworm ;;
	6.12 | 7.3) echo trixie ;;
	*) die "unknown kernel '$1' (6.1, 6.12 or 7.3)" ;;
	esac
}

# kernel_tree DIR: where external modules for a self-built kernel are built.
kernel_tree() {
	local dir=$1
	[ ! -d "$1/build" ] || dir=$1/build
	[ -r "$dir/.config" ] || die "$1 holds no built kernel"
	realpath "$dir"
}

# cache_key WORD...: 12 hex digits standing for a recipe.
cache_key() {
	printf '%s\n' "$@" | sha256sum | cut -c1-12
}

# file_key FILE...: the same for the contents of files.
file_key() {
	cat "$@" | sha256sum | cut -c1-12
}

# with_lock NAME COMMAND...: one builder of each image at a time. The lock is
# held on a descriptor that COMMAND's own children do not keep. COMMAND is not
# part of a condition, so errexit holds inside it; a failure ends the script and
# with it the lock.
with_lock() {
	local name=$1 fd
	shift
	mkdir -p "$TISER_CACHE/lock"
	exec {fd}>"$TISER_CACHE/lock/$name"
	flock "$fd"
	"$@" {fd}>&-
	exec {fd}>&-
}

# The mirrors are those of the host's own apt configuration. apt names each
# index's repository and suite; the host's own suite tells the two apart.
_host_mirror() {
	local pattern=$1
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v want="$pattern" '$2 ~ want { sub(/\/$/, "", $1); print $1; exit }'
}

main_mirror() {
	_host_mirror '^(bookworm|trixie|forky|sid|stable|oldstable|testing|unstable)$'
}

security_mirror() {
	_host_mirror '^(bookworm|trixie|forky|stable|oldstable|testing)-security$'
}

# apt_sources SUITE: sources.list lines for a Debian release.
apt_sources() {
	local suite=$1 main security opt="[signed-by=$TISER_KEYRING]"
	[ -r "$TISER_KEYRING" ] || die "no $TISER_KEYRING; run scripts/host-deps"
	main=$(main_mirror)
	security=$(security_mirror)
	[ -n "$main" ] || die "apt's configuration names no Debian mirror"
	echo "deb $opt $main $suite main"
	echo "deb $opt $main $suite-updates main"
	[ "$suite" != trixie ] || echo "deb $opt $main $suite-backports main"
	if [ -n "$security" ]; then
		echo "deb $opt $security $suite-security main"
	else
		say "apt's configuration names no security mirror; going without"
	fi
}

# apt_options: the host's own transport settings (proxy, checks), one a line,
# for an apt that does not read the host's configuration.
apt_options() {
	apt-config dump | grep -E '^Acquire::((https?|ftp)::|Check-|Retries)' |
		grep -v '""' || true
	echo 'Acquire::Retries "3";'
	echo 'Acquire::Languages "none";'
}

# bootstrap SUITE PACKAGES [MMDEBSTRAP-OPTION...]: a root file system as a tar
# stream on stdout, without documentation and translations.
bootstrap() {
	local suite=$1 packages=$2 line dir opts=()
	shift 2
	need mmdebstrap
	while IFS= read -r line; do
		opts+=(--aptopt="$line")
	done < <(apt_options)
	for dir in doc man info locale i18n zoneinfo lintian bug; do
		opts+=(--dpkgopt="path-exclude=/usr/share/$dir/*")
	done
	opts+=(--dpkgopt=force-unsafe-io)
	apt_sources "$suite" | mmdebstrap --quiet --variant=minbase --format=tar \
		--include="$packages" "${opts[@]}" "$@" "$suite" - -
}

# work_files PATTERN...: files of the work tree, tracked or new, never ignored.
work_files() {
	if git -C "$TISER_TOP" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$TISER_TOP" ls-files -co --exclude-standard -- "$@" 2>/dev/null |
			while IFS= read -r file; do
				[ ! -f "$TISER_TOP/$file" ] || echo "$file"
			done | sort -u
	else
		(cd "$TISER_TOP" && find . -path ./build -prune -o -type f -print) |
			sed 's,^\./,,' | _match_any "$@" | sort -u
	fi
}

_match_any() {
	local file pattern
	while IFS= read -r file; do
		for pattern; do
			# shellcheck disable=SC2053 # a glob on purpose
			if [[ $file == $pattern || $file == ${pattern%/}/* ]]; then
				echo "$file"
				break
			fi
		done
	done
}

# in_sysroot ROOT SRC=DST... -- COMMAND...: run COMMAND inside ROOT with the
# host's /dev and /proc and the named directories bound in. As root it is a chroot in a
# private mount namespace, otherwise a user namespace that maps to root.
in_sysroot() {
	local root=$1 binds=() flags=(--mount --propagation private)
	shift
	while [ "$1" != -- ]; do
		binds+=("$1")
		shift
	done
	shift
	[ "$(id -u)" = 0 ] || flags+=(--map-root-user)
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare "${flags[@]}" bash -euc '
		root=$1 count=$2
		shift 2
		mount --rbind /dev "$root/dev"
		mount --rbind /proc "$root/proc"
		for ((i = 0; i < count; i++)); do
			mkdir -p "$root${1#*=}"
			mount --bind "${1%%=*}" "$root${1#*=}"
			shift
		done
		exec chroot "$root" /usr/bin/env -i HOME=/ LC_ALL=C \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
		in_sysroot "$root" "${#binds[@]}" ${binds[@]+"${binds[@]}"} "$@"
}

# ktap_command NAME COMMAND...: one KTAP result for a command's exit status;
# what it printed becomes diagnostics when it failed.
ktap_command() {
	local name=$1 log rc=0
	shift
	log=$(mktemp)
	"$@" >"$log" 2>&1 || rc=$?
	if [ "$rc" = 0 ]; then
		echo "ok 1 $name"
	else
		sed 's/^/# /' "$log"
		echo "not ok 1 $name # exit $rc"
	fi
	rm -f "$log"
	[ "$rc" = 0 ]
}
