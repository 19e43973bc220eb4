// SPDX-License-Identifier: GPL-2.0
/*
 * The text parser, and the formats of values. The input is the room for the
 * text, the size of the pieces it comes in, and the text.
 */
#include <errno.h>
#include "text.h"

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:";
static const char hex[] = "0123456789abcdefABCDEF";

/* In pieces it comes to the same as at once, and what does not fit is left. */
static void check_pieces(const u8 *data, u32 len, u32 room, u32 piece)
{
	struct tiser_text_in in = { .buf = malloc(room), .cap = room };
	u32 done = 0, n;

	tiser_text_reset(&in);
	for (; done < len; done += n) {
		n = len - done < piece ? len - done : piece;
		if (tiser_text_append(&in, data + done, n)) {
			FUZZ_CHECK(done + n + 1 > room);
			break;
		}
		FUZZ_CHECK(!in.buf[in.len]);
	}
	FUZZ_CHECK(in.len == done && (!room || done < room));
	if (done)
		FUZZ_CHECK(!memcmp(in.buf, data, done));
	free(in.buf);
}

/* A number is read as strtoull() does, between the limits. */
static void check_num(const char *value, u32 min, u32 max)
{
	bool is_hex = value[0] == '0' && is_in(value[1], "xX");
	const char *digits = is_hex ? value + 2 : value;
	size_t good = strspn(digits, is_hex ? hex : "0123456789");
	u32 num = 0xdead;
	int ret = tiser_text_parse_num(value, min, max, &num);
	unsigned long long want;

	if (!good || digits[good]) {
		FUZZ_CHECK(ret == -EINVAL && num == 0xdead);
		return;
	}
	/* saturates where it would overflow */
	want = strtoull(digits, NULL, is_hex ? 16 : 10);
	if (want < min || want > max)
		FUZZ_CHECK(ret == -ERANGE && num == 0xdead);
	else
		FUZZ_CHECK(!ret && num == want);
}

static void check_list(const char *list, const char *value)
{
	char *copy = strdup(list), *item, *rest = copy;
	bool has = false;

	while ((item = strsep(&rest, ",")))
		has |= !strcmp(item, value);
	FUZZ_CHECK(tiser_text_list_has(list, value) == has);
	free(copy);
}

/* RFC 7143, 4.2.7: three types of names, each with its characters. */
static void check_name(const char *name)
{
	size_t len = strlen(name);

	if (!tiser_text_name_valid(name))
		return;
	FUZZ_CHECK(len <= TISER_NAME_MAX);
	if (!strncmp(name, "iqn.", 4))
		FUZZ_CHECK(strspn(name, lower) == len && len > 12);
	else if (!strncmp(name, "naa.", 4))
		FUZZ_CHECK(strspn(name + 4, hex) == len - 4 &&
			   (len == 20 || len == 36));
	else
		FUZZ_CHECK(!strncmp(name, "eui.", 4) &&
			   strspn(name + 4, hex) == len - 4 && len == 20);
}

static void check_value(const struct tiser_text_pair *pair)
{
	check_num(pair->value, 0, 0xffffffff);
	check_num(pair->value, 512, 0xffffff);
	check_list(pair->value, "None");
	check_list(pair->value, "RFC3720");
	check_name(pair->value);
}

/* Written again, the pairs are what was read, up to the superfluous NULs. */
static void check_rebuild(const struct tiser_text_in *in, u32 room)
{
	struct tiser_text_out out = { .buf = malloc(room), .cap = room };
	struct tiser_text_pair pair;
	u32 pos = 0, before, i;
	int ret;

	for (;;) {
		before = out.len;
		ret = tiser_text_next(in, &pos, &pair);
		if (ret <= 0)
			break;
		if (tiser_text_answer(&out, &pair, pair.value)) {
			FUZZ_CHECK(out.len == before && pos > room);
			break;
		}
	}
	FUZZ_CHECK(out.len <= room && out.len <= in->len);
	if (out.len)
		FUZZ_CHECK(!memcmp(out.buf, in->buf, out.len));
	for (i = out.len; !ret && i < in->len; i++)
		FUZZ_CHECK(!in->buf[i]);
	free(out.buf);
}

static void check_walk(const struct tiser_text_in *in)
{
	struct tiser_text_pair pair;
	u32 pos = 0;
	int ret;

	while ((ret = fuzz_next(in, &pos, &pair)) > 0)
		check_value(&pair);
	FUZZ_CHECK(ret == -EINVAL || (!ret && pos == in->len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input input = { data, size };
	u32 room = fuzz_u8(&input) * 33;
	u32 piece = fuzz_u8(&input) + 1;
	struct tiser_text_in in = fuzz_text_in(input.data, input.left);

	check_pieces(input.data, input.left, room, piece);
	check_walk(&in);
	check_rebuild(&in, room);
	check_rebuild(&in, in.len);
	check_rebuild(&in, in.len - !!in.len);
	free(in.buf);
	return 0;
}
