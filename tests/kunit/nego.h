/* SPDX-License-Identifier: GPL-2.0 */
/* Text for tests of negotiation: newlines in literals stand for NULs. */
#ifndef TESTS_KUNIT_NEGO_H
#define TESTS_KUNIT_NEGO_H

#include <kunit/test.h>
#include <linux/string.h>
#include <tiser/proto/text.h>

#define NEGO_INIQN	"iqn.1993-08.org.debian:01:abcdef"
#define NEGO_TGIQN	"iqn.2003-01.org.example:disk"
#define NEGO_INAME	"InitiatorName=" NEGO_INIQN "\n"
#define NEGO_TNAME	"TargetName=" NEGO_TGIQN "\n"

/* First operational PDU of open-iscsi over iSER, defaults of iscsid.conf. */
#define NEGO_OPEN_ISCSI_KEYS						\
	"DefaultTime2Wait=2\nDefaultTime2Retain=0\n"			\
	"IFMarker=No\nOFMarker=No\nErrorRecoveryLevel=0\n"		\
	"InitialR2T=No\nImmediateData=Yes\n"				\
	"MaxBurstLength=16776192\nFirstBurstLength=262144\n"		\
	"MaxOutstandingR2T=1\nMaxConnections=1\n"			\
	"DataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n"			\
	"InitiatorRecvDataSegmentLength=262144\n"			\
	"TargetRecvDataSegmentLength=8192\nRDMAExtensions=Yes\n"

#define NEGO_OPEN_ISCSI_ANSWER						\
	"DefaultTime2Wait=2\nDefaultTime2Retain=0\n"			\
	"IFMarker=No\nOFMarker=No\nErrorRecoveryLevel=0\n"		\
	"InitialR2T=Yes\nImmediateData=Yes\n"				\
	"MaxBurstLength=16776192\nFirstBurstLength=65536\n"		\
	"MaxOutstandingR2T=1\nMaxConnections=1\n"			\
	"DataPDUInOrder=Yes\nDataSequenceInOrder=Yes\n"			\
	"InitiatorRecvDataSegmentLength=262144\n"			\
	"TargetRecvDataSegmentLength=8192\nRDMAExtensions=Yes\n"

static inline u32 nego_swap(char *s, u32 len, char from, char to)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (s[i] == from)
			s[i] = to;
	return len;
}

/* A copy of @text with NULs, exactly as long; its length is strlen(@text). */
static inline char *nego_text(struct kunit *test, const char *text)
{
	u32 len = strlen(text);
	char *p = kunit_kzalloc(test, len ? len : 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	memcpy(p, text, len);
	nego_swap(p, len, '\n', '\0');
	return p;
}

/* What was built, with newlines, as a string. */
static inline char *nego_built(struct kunit *test,
			       const struct tiser_text_out *out)
{
	char *p = kunit_kzalloc(test, out->len + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	memcpy(p, out->buf, out->len);
	nego_swap(p, out->len, '\0', '\n');
	return p;
}

#endif /* TESTS_KUNIT_NEGO_H */
