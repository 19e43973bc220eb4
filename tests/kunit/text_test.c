// SPDX-License-Identifier: GPL-2.0
/* key=value text (RFC 7143, 6.1) and iSCSI names (RFC 7143, 4.2.7). */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <tiser/proto/text.h>

static void text_in_init(struct kunit *test, struct tiser_text_in *in, u32 cap)
{
	in->buf = kunit_kzalloc(test, cap, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, in->buf);
	in->cap = cap;
	tiser_text_reset(in);
}

struct walk_case {
	const char *name;
	const char *text;
	u32 len;
	int pairs;
	int end;
};

#define WALK(n, t, p, e)	{ n, t, sizeof(t) - 1, p, e }

static const struct walk_case walks[] = {
	WALK("empty", "", 0, 0),
	WALK("one pair", "A=1\0", 1, 0),
	WALK("two pairs", "A=1\0Bc=\0", 2, 0),
	WALK("equal signs in the value", "A=1=2\0", 1, 0),
	WALK("superfluous NULs", "A=1\0\0\0\0", 1, 0),
	WALK("label characters", "X-com.ex+a@b_C9=1\0X#N=2\0", 2, 0),
	WALK("no NUL", "A=1", 0, -EINVAL),
	WALK("no NUL after the last", "A=1\0B=2", 1, -EINVAL),
	WALK("no equal sign", "A\0", 0, -EINVAL),
	WALK("no key", "=1\0", 0, -EINVAL),
	WALK("only NULs", "\0\0\0", 0, -EINVAL),
	WALK("NUL in front", "\0A=1\0", 0, -EINVAL),
	WALK("NUL between", "A=1\0\0B=2\0", 1, -EINVAL),
	WALK("blank in key", "A B=1\0", 0, -EINVAL),
	WALK("slash in key", "A/B=1\0", 0, -EINVAL),
	WALK("control character in key", "A\n=1\0", 0, -EINVAL),
	WALK("high byte in key", "A\xff=1\0", 0, -EINVAL),
	WALK("format in value", "A=%s%n\0", 1, 0),
};

static void walk_desc(const struct walk_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", c->name);
}

KUNIT_ARRAY_PARAM(walk, walks, walk_desc);

static int walk_all(const struct tiser_text_in *in, int *pairs)
{
	struct tiser_text_pair pair;
	u32 pos = 0;
	int ret;

	for (*pairs = 0; (ret = tiser_text_next(in, &pos, &pair)) > 0;)
		++*pairs;
	return ret;
}

static void text_6_1_walk(struct kunit *test)
{
	const struct walk_case *c = test->param_value;
	struct tiser_text_in in;
	int pairs, i;

	text_in_init(test, &in, c->len + 1);
	KUNIT_ASSERT_EQ(test, tiser_text_append(&in, c->text, c->len), 0);
	/* twice: a walk leaves no trace */
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, walk_all(&in, &pairs), c->end);
		KUNIT_EXPECT_EQ(test, pairs, c->pairs);
	}
}

static void text_6_1_pair_contents(struct kunit *test)
{
	static const char text[] = "Key=a=b\0Other=";
	struct tiser_text_pair pair;
	struct tiser_text_in in;
	u32 pos = 0;

	text_in_init(test, &in, sizeof(text) + 1);
	KUNIT_ASSERT_EQ(test, tiser_text_append(&in, text, sizeof(text)), 0);
	KUNIT_ASSERT_EQ(test, tiser_text_next(&in, &pos, &pair), 1);
	KUNIT_EXPECT_TRUE(test, tiser_text_key_is(&pair, "Key"));
	KUNIT_EXPECT_FALSE(test, tiser_text_key_is(&pair, "Ke"));
	KUNIT_EXPECT_FALSE(test, tiser_text_key_is(&pair, "Key="));
	KUNIT_EXPECT_FALSE(test, tiser_text_key_is(&pair, "key"));
	KUNIT_EXPECT_STREQ(test, pair.value, "a=b");
	KUNIT_EXPECT_EQ(test, pair.value_len, 3u);
	KUNIT_ASSERT_EQ(test, tiser_text_next(&in, &pos, &pair), 1);
	KUNIT_EXPECT_EQ(test, pair.key_len, 5u);
	KUNIT_EXPECT_STREQ(test, pair.value, "");
	KUNIT_EXPECT_EQ(test, tiser_text_next(&in, &pos, &pair), 0);
}

static void text_6_1_key_length(struct kunit *test)
{
	char text[80];
	struct tiser_text_in in;
	u32 len;
	int pairs;

	for (len = 1; len < 70; len++) {
		memset(text, 'K', len);
		memcpy(text + len, "=v", 3);
		text_in_init(test, &in, sizeof(text));
		KUNIT_ASSERT_EQ(test, tiser_text_append(&in, text, len + 3), 0);
		KUNIT_EXPECT_EQ_MSG(test, walk_all(&in, &pairs),
				    len <= TISER_KEY_NAME_MAX ? 0 : -EINVAL,
				    "%u characters", len);
	}
}

static const char text_login[] =
	"InitiatorName=iqn.2001-04.com.example:a\0"
	"TargetName=iqn.2001-04.com.example:b\0"
	"SessionType=Normal\0"
	"MaxBurstLength=16776192";

/* Pairs may span PDUs: wherever the text is split, it reads the same. */
static void text_6_1_every_split_point(struct kunit *test)
{
	u32 first, second, len = sizeof(text_login);
	struct tiser_text_in in;

	text_in_init(test, &in, len + 1);
	for (first = 0; first <= len; first++)
		for (second = first; second <= len; second += 7) {
			int pairs;

			tiser_text_reset(&in);
			KUNIT_ASSERT_EQ(test, tiser_text_append(&in, text_login,
								first), 0);
			KUNIT_ASSERT_EQ(test,
					tiser_text_append(&in,
							  text_login + first,
							  second - first), 0);
			KUNIT_ASSERT_EQ(test,
					tiser_text_append(&in,
							  text_login + second,
							  len - second), 0);
			KUNIT_ASSERT_EQ(test, walk_all(&in, &pairs), 0);
			KUNIT_ASSERT_EQ(test, pairs, 4);
			KUNIT_ASSERT_EQ(test, memcmp(in.buf, text_login, len),
					0);
		}
}

/* Every prefix that ends within a pair is malformed. */
static void text_6_1_every_truncation(struct kunit *test)
{
	u32 len;

	for (len = 1; len < sizeof(text_login); len++) {
		struct tiser_text_in in;
		int pairs;

		text_in_init(test, &in, len + 1);
		KUNIT_ASSERT_EQ(test, tiser_text_append(&in, text_login, len),
				0);
		KUNIT_EXPECT_EQ_MSG(test, walk_all(&in, &pairs),
				    text_login[len - 1] ? -EINVAL : 0,
				    "%u bytes", len);
	}
}

/* 6.2: at least 8192 bytes of a sequence are taken, and not without end. */
static void text_6_2_capacity(struct kunit *test)
{
	char *block = kunit_kzalloc(test, TISER_TEXT_MAX, GFP_KERNEL);
	struct tiser_text_in in, none = { NULL, 0, 0 };

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	memset(block, 'A', TISER_TEXT_MAX);
	text_in_init(test, &in, TISER_TEXT_MAX + 1);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&in, block, 8000), 0);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&in, block, 193), -E2BIG);
	KUNIT_EXPECT_EQ(test, in.len, 8000u);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&in, block, 192), 0);
	KUNIT_EXPECT_EQ(test, in.len, 8192u);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&in, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&in, block, 1), -E2BIG);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&in, block, 0xffffffff),
			-E2BIG);
	KUNIT_EXPECT_EQ(test, in.buf[8192], 0);
	KUNIT_EXPECT_EQ(test, tiser_text_append(&none, block, 0), -E2BIG);
}

static void text_6_1_build(struct kunit *test)
{
	static const char want[] = "A=\0Key=Yes\0N=4294967295";
	struct tiser_text_out out = { NULL, 0, sizeof(want) };
	struct tiser_text_pair pair = { "Keyword=x", 3, NULL, 0 };

	out.buf = kunit_kzalloc(test, sizeof(want), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, out.buf);
	KUNIT_EXPECT_EQ(test, tiser_text_add(&out, "A", ""), 0);
	KUNIT_EXPECT_EQ(test, tiser_text_answer(&out, &pair, "Yes"), 0);
	KUNIT_EXPECT_EQ(test, tiser_text_add(&out, "Nn", "4294967295"),
			-E2BIG);
	KUNIT_EXPECT_EQ(test, out.len, 11u);
	KUNIT_EXPECT_EQ(test, tiser_text_add_num(&out, "N", 4294967295u), 0);
	KUNIT_EXPECT_EQ(test, out.len, (u32)sizeof(want));
	KUNIT_EXPECT_EQ(test, memcmp(out.buf, want, sizeof(want)), 0);
	KUNIT_EXPECT_EQ(test, tiser_text_add(&out, "", ""), -E2BIG);
}

struct num_case {
	const char *value;
	u32 min;
	u32 max;
	int ret;
	u32 want;
};

static const struct num_case nums[] = {
	{ "0", 0, 10, 0, 0 },
	{ "512", 512, 0xffffff, 0, 512 },
	{ "16777215", 512, 0xffffff, 0, 0xffffff },
	{ "16777216", 512, 0xffffff, -ERANGE },
	{ "511", 512, 0xffffff, -ERANGE },
	{ "0x200", 512, 0xffffff, 0, 512 },
	{ "0XfFfFfF", 512, 0xffffff, 0, 0xffffff },
	{ "4294967295", 0, 0xffffffff, 0, 0xffffffff },
	{ "4294967296", 0, 0xffffffff, -ERANGE },
	{ "0x100000000", 0, 0xffffffff, -ERANGE },
	{ "0x00000000000000000000001", 0, 9, 0, 1 },
	{ "18446744073709551616", 0, 0xffffffff, -ERANGE },
	{ "18446744073709551617", 0, 0xffffffff, -ERANGE },
	{ "99999999999999999999999999999999999x", 0, 9, -EINVAL },
	{ "010", 0, 100, 0, 10 },
	{ "", 0, 10, -EINVAL },
	{ "0x", 0, 10, -EINVAL },
	{ "x1", 0, 10, -EINVAL },
	{ "-1", 0, 10, -EINVAL },
	{ "+1", 0, 10, -EINVAL },
	{ " 1", 0, 10, -EINVAL },
	{ "1 ", 0, 10, -EINVAL },
	{ "1a", 0, 100, -EINVAL },
	{ "0x1g", 0, 100, -EINVAL },
	{ "1~2", 0, 10, -EINVAL },
	{ "Yes", 0, 10, -EINVAL },
};

static void num_desc(const struct num_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s' in %u..%u", c->value,
		 c->min, c->max);
}

KUNIT_ARRAY_PARAM(num, nums, num_desc);

static void text_6_1_numerical_value(struct kunit *test)
{
	const struct num_case *c = test->param_value;
	u32 got = 0xdead;

	KUNIT_EXPECT_EQ(test, tiser_text_parse_num(c->value, c->min, c->max,
						   &got), c->ret);
	KUNIT_EXPECT_EQ(test, got, c->ret ? 0xdead : c->want);
}

static void text_6_1_list_of_values(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, tiser_text_list_has("None", "None"));
	KUNIT_EXPECT_TRUE(test, tiser_text_list_has("None,CRC32C", "None"));
	KUNIT_EXPECT_TRUE(test, tiser_text_list_has("CRC32C,None", "None"));
	KUNIT_EXPECT_TRUE(test, tiser_text_list_has("A,None,B", "None"));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_has("CRC32C", "None"));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_has("NoneX,XNone", "None"));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_has("none", "None"));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_has("", "None"));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_has(",,", "None"));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_has("Non", "None"));
}

static void text_6_1_walk_a_list(struct kunit *test)
{
	const char *list = "a,,bc", *item;
	u32 len;

	KUNIT_ASSERT_TRUE(test, tiser_text_list_next(&list, &item, &len));
	KUNIT_EXPECT_TRUE(test, len == 1 && *item == 'a');
	KUNIT_ASSERT_TRUE(test, tiser_text_list_next(&list, &item, &len));
	KUNIT_EXPECT_EQ(test, len, 0u);
	KUNIT_ASSERT_TRUE(test, tiser_text_list_next(&list, &item, &len));
	KUNIT_EXPECT_TRUE(test, len == 2 && !memcmp(item, "bc", 2));
	KUNIT_EXPECT_FALSE(test, tiser_text_list_next(&list, &item, &len));

	list = "";
	KUNIT_EXPECT_TRUE(test, tiser_text_list_next(&list, &item, &len));
	KUNIT_EXPECT_EQ(test, len, 0u);
	KUNIT_EXPECT_FALSE(test, tiser_text_list_next(&list, &item, &len));
}

/* 4.2.7.2: one case, of names of every type. */
static void text_4_2_7_2_fold(struct kunit *test)
{
	static const char *const folds[][2] = {
		{ "iqn.2001-04.COM.Example:X_y", "iqn.2001-04.com.example:x_y" },
		{ "IQN.2001-04.com", "iqn.2001-04.com" },
		{ "iqn.2001-04.com:[\\]^", "iqn.2001-04.com:[\\]^" },
		{ "eui.02004567A425678D", "eui.02004567a425678d" },
		{ "NAA.52004567BA64678D", "naa.52004567ba64678d" },
		{ "iqn.x:@[`{", "iqn.x:@[`{" }, { "", "" },
	};
	char name[40];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(folds); i++) {
		strcpy(name, folds[i][0]);
		tiser_text_name_fold(name);
		KUNIT_EXPECT_STREQ(test, name, folds[i][1]);
	}
}

struct name_case {
	const char *name;
	bool ok;
};

static const struct name_case names[] = {
	{ "iqn.2001-04.com.example", true },
	{ "iqn.2001-04.com.example:storage:diskarrays-sn-a8675309", true },
	{ "iqn.2001-04.com.example:storage.tape1.sys1.xyz", true },
	{ "iqn.1993-08.org.debian:01:3c8b6d5a7f1", true },
	{ "iqn.2003-01.org.linux-iscsi.host.x8664:sn.1234", true },
	{ "iqn.2001-12.com", true },
	{ "eui.02004567a425678d", true },
	{ "naa.52004567ba64678d", true },
	{ "naa.62004567ba64678d0123456789abcdef", true },
	{ "eui.02004567A425678d", false },
	{ "naa.52004567BA64678D", false },
	{ "", false },
	{ "iqn", false },
	{ "iqn.", false },
	{ "iqn.2001", false },
	{ "iqn.2001-04", false },
	{ "iqn.2001-04.", false },
	{ "iqn.2001-04.:x", false },
	{ "iqn.2001-00.com.example", false },
	{ "iqn.2001-13.com.example", false },
	{ "iqn.2001-4.com.example", false },
	{ "iqn.201-04.com.example", false },
	{ "iqn.2001-04com.example", false },
	{ "iqn.2001-04..example", false },
	{ "iqn.2001-04.com.example.:x", false },
	{ "iqn.2001-04.com.Example", false },
	{ "iqn.2001-04.com.example:A", false },
	{ "iqn.2001-04.com.example:a b", false },
	{ "iqn.2001-04.com.example:a/b", false },
	{ "iqn.2001-04.com.example:a_b", false },
	{ "iqn.2001-04.com.example:\xc3\xa4", false },
	{ "iqn.2001-04.com.example:%n", false },
	{ "../../etc", false },
	{ "eui.02004567A425678", false },
	{ "eui.02004567A425678DE", false },
	{ "eui.02004567A425678G", false },
	{ "naa.52004567BA64678D0", false },
	{ "IQN.2001-04.com.example", false },
};

static void name_desc(const struct name_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->name);
}

KUNIT_ARRAY_PARAM(name, names, name_desc);

static void text_4_2_7_names(struct kunit *test)
{
	const struct name_case *c = test->param_value;
	char *copy = kunit_kzalloc(test, strlen(c->name) + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	memcpy(copy, c->name, strlen(c->name) + 1);
	KUNIT_EXPECT_EQ(test, tiser_text_name_valid(copy), c->ok);
}

static void text_4_2_7_1_name_length(struct kunit *test)
{
	char name[TISER_NAME_MAX + 2];

	memset(name, 'a', sizeof(name));
	memcpy(name, "iqn.2001-04.com.example:", 24);
	name[TISER_NAME_MAX] = '\0';
	KUNIT_EXPECT_TRUE(test, tiser_text_name_valid(name));
	name[TISER_NAME_MAX] = 'a';
	name[TISER_NAME_MAX + 1] = '\0';
	KUNIT_EXPECT_FALSE(test, tiser_text_name_valid(name));
}

static struct kunit_case text_cases[] = {
	KUNIT_CASE_PARAM(text_6_1_walk, walk_gen_params),
	KUNIT_CASE(text_6_1_pair_contents),
	KUNIT_CASE(text_6_1_key_length),
	KUNIT_CASE(text_6_1_every_split_point),
	KUNIT_CASE(text_6_1_every_truncation),
	KUNIT_CASE(text_6_2_capacity),
	KUNIT_CASE(text_6_1_build),
	KUNIT_CASE_PARAM(text_6_1_numerical_value, num_gen_params),
	KUNIT_CASE(text_6_1_list_of_values),
	KUNIT_CASE(text_6_1_walk_a_list),
	KUNIT_CASE(text_4_2_7_2_fold),
	KUNIT_CASE_PARAM(text_4_2_7_names, name_gen_params),
	KUNIT_CASE(text_4_2_7_1_name_length),
	{}
};

static struct kunit_suite text_suite = {
	.name = "tiser_text",
	.test_cases = text_cases,
};
kunit_test_suite(text_suite);
