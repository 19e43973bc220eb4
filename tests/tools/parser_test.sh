#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# parser_test.sh PROGRAM: which scripts iser_raw takes and which it refuses
# before it does anything. Needs no RDMA. KTAP on stdout.

program=${1:?usage: parser_test.sh PROGRAM}
count=0
bad=0

# row STATUS SCRIPT: checking SCRIPT must end with STATUS.
row() {
	local rc=0
	count=$((count + 1))
	"$program" -n -c "$2" >/dev/null 2>&1 || rc=$?
	if [ "$rc" = "$1" ]; then
		echo "ok $count ${2//#/\\#}"
	else
		echo "not ok $count ${2//#/\\#} (exit $rc)"
		bad=1
	fi
}

echo 'KTAP version 1'
row 0 ''
row 0 '# only a comment; with a semicolon'
row 0 'connect; login; expect login status=0000'
row 0 'connect priv=none rdreads=0 expect=reject reason=28'
row 0 'login csg=0 nsg=1 keys=names AuthMethod=None drop=TargetName'
row 0 'login "InitiatorAlias=two words; one value"'
row 0 'tur bhs=5:000100 hdr=0:f0 cut=40'
row 0 'scsi cdb=7f00000000000018 write edtl=512 ahs=0005030000000000'
row 0 'repeat 600 nop'
row 0 'fuzz seed=7 first=3 rounds=1 logins=100'
row 0 'expect reject|disconnect|nothing reason=04|09 ms=100 silent'
row 0 'connect repord=4 repird=0; write ahs=000d0100 solicited invalidate=1234'
row 0 'hello with_imm; rdmawrite stag=1 va=0x1000; set repost=no; requests max=4'
row 0 'session iSERHelloRequired=Yes; expect login iSCSIProtocolLevel=1'
row 2 'conect'
row 2 'connect privat=00'
row 2 'tur lba=3'
row 2 'login targetalias'
row 2 'expect'
row 2 'expect scsy'
row 2 'expect tmf status=00'
row 2 'expect disconnect reason=04'
row 2 'repeat 3 nothing'
row 2 'fuzz times=3'
row 2 'echo "unbalanced'
echo "1..$count"
exit $bad
