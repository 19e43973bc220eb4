# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# I/O that checks itself, and I/O that runs beside a test.

FIO=(fio --direct=1 --ioengine=libaio --group_reporting --eta=never)

# fio_run NAME DEVICE OPTION...: one fio job, fails on any error.
fio_run() {
	local name=$1 device=$2
	shift 2
	"${FIO[@]}" --name="$name" --filename="$device" "$@"
}

# fio_verify DEVICE BLOCKSIZE DEPTH SIZE [OPTION...]: writes SIZE bytes in random
# order, then reads and checks every block's checksum and place.
fio_verify() {
	local device=$1 bs=$2 depth=$3 size=$4
	shift 4
	fio_run "verify-$bs" "$device" --rw=randwrite --bs="$bs" --iodepth="$depth" \
		--size="$size" --verify=crc32c --verify_fatal=1 --do_verify=1 \
		--verify_backlog=0 --randrepeat=0 "$@"
}

# pattern_file FILE BYTES: bytes that differ everywhere.
pattern_file() {
	head -c "$2" /dev/urandom >"$1"
}

# sgdd_write FILE DEVICE SECTOR SECTORS-PER-COMMAND [OPTION...]: FILE to the disk,
# bypassing the block layer's splitting.
sgdd_write() {
	local file=$1 device=$2 sector=$3 bpt=$4
	shift 4
	sg_dd if="$file" of="$device" bs=512 seek="$sector" bpt="$bpt" \
		oflag=sgio verbose=0 "$@"
}

# sgdd_read DEVICE FILE SECTOR SECTORS SECTORS-PER-COMMAND [OPTION...]
sgdd_read() {
	local device=$1 file=$2 sector=$3 count=$4 bpt=$5
	shift 5
	sg_dd if="$device" of="$file" bs=512 skip="$sector" count="$count" bpt="$bpt" \
		iflag=sgio verbose=0 "$@"
}

# traffic_start NAME DEVICE [OPTION...]: reads and writes with verification until
# traffic_stop.
traffic_start() {
	_traffic "$@" --verify=crc32c --verify_fatal=1 --verify_backlog=64
}

# traffic_start_careless NAME DEVICE: goes on whatever errors it gets.
traffic_start_careless() {
	_traffic "$1" "$2" --continue_on_error=all
}

# Not fio_run: the signal that ends it must reach fio, not a subshell.
_traffic() {
	local name=$1 device=$2
	shift 2
	"${FIO[@]}" --name="$name" --filename="$device" --rw=randrw --bs=4k \
		--iodepth=4 --size=4M --time_based=1 --runtime=86400 "$@" \
		>"$TMP/$name.log" 2>&1 &
	printf -v "TRAFFIC_$name" %s $!
	wait_for 30 progressed "$device" "$(completed "$device")" && return 0
	cat "$TMP/$name.log" >&2
	return 1
}

# traffic_pid NAME
traffic_pid() {
	local variable=TRAFFIC_$1
	echo "${!variable-}"
}

# traffic_stop NAME: ends it in order; fails if it found an error.
traffic_stop() {
	local pid rc=0
	pid=$(traffic_pid "$1")
	is_alive "$pid" && kill "$pid"
	reap "$pid" 60 || rc=$?
	# fio answers the signal with 128 after orderly completion.
	if { [ "$rc" = 0 ] || [ "$rc" = 128 ]; } &&
		! grep -qE 'verify:|err= *[1-9]|error=' "$TMP/$1.log"; then
		return 0
	fi
	echo "fio ended with $rc:" >&2
	tail -n 20 "$TMP/$1.log" >&2
	return 1
}

# traffic_is_healthy NAME DEVICE: still running, and gets on.
traffic_is_healthy() {
	is_alive "$(traffic_pid "$1")" &&
		wait_for 10 progressed "$2" "$(completed "$2")"
}

# completed DEVICE: reads and writes it has completed so far.
completed() {
	awk '{ print $1 + $5 }' "/sys/block/${1##*/}/stat"
}

# progressed DEVICE COUNT: more than COUNT were completed.
progressed() {
	[ "$(completed "$1")" -gt "$2" ]
}

# in_flight DEVICE: commands it waits for.
in_flight() {
	awk '{ print $9 }' "/sys/block/${1##*/}/stat"
}
