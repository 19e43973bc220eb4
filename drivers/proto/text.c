// SPDX-License-Identifier: GPL-2.0
/*
 * key=value text (RFC 7143, 6.1): collecting it, walking it, building it, and
 * the value formats all keys share. Knows no key by name.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <tiser/proto/text.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A key name's characters (RFC 7143, 6.1), and '#' of X#NodeArchitecture. */
static bool is_key_char(char c)
{
	return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') ||
	       (c && strchr(".-+@_#", c));
}

/**
 * tiser_text_reset - forget what was received
 * @in: input; its buffer stays
 *
 * Context: any.
 */
void tiser_text_reset(struct tiser_text_in *in)
{
	in->len = 0;
	if (in->cap)
		in->buf[0] = '\0';
}

/**
 * tiser_text_append - take the text of one PDU
 * @in: input
 * @data: data segment, may be NULL when @len is 0
 * @len: bytes of @data
 *
 * A pair may begin in one PDU and end in another (RFC 7143, 6.1).
 *
 * Context: any.
 * Return: 0, or -E2BIG when the text of the sequence outgrows the buffer; then
 * nothing was taken.
 */
int tiser_text_append(struct tiser_text_in *in, const void *data, u32 len)
{
	if (in->len >= in->cap || len > in->cap - 1 - in->len)
		return -E2BIG;
	if (len)
		memcpy(in->buf + in->len, data, len);
	in->len += len;
	in->buf[in->len] = '\0';
	return 0;
}

/* Superfluous NULs are tolerated behind the last pair and nowhere else. */
static int tiser_text_end(const struct tiser_text_in *in, u32 *pos)
{
	u32 i;

	if (!*pos)
		return -EINVAL;
	for (i = *pos; i < in->len; i++)
		if (in->buf[i])
			return -EINVAL;
	*pos = in->len;
	return 0;
}

/**
 * tiser_text_next - walk the pairs of a complete text
 * @in: input, left as it is
 * @pos: where to go on, in bytes; 0 at first
 * @pair: result
 *
 * Key names are checked; values may be anything, of any length that fits.
 * RFC 7143, 6.1: every pair MUST be followed by a NUL.
 *
 * Context: any.
 * Return: 1 with a pair in @pair, 0 at the end, -EINVAL for malformed text.
 */
int tiser_text_next(const struct tiser_text_in *in, u32 *pos,
		    struct tiser_text_pair *pair)
{
	const char *start, *end, *eq;
	u32 i;

	if (*pos >= in->len)
		return 0;
	start = in->buf + *pos;
	if (!*start)
		return tiser_text_end(in, pos);

	end = memchr(start, '\0', in->len - *pos);
	if (!end)
		return -EINVAL;
	eq = memchr(start, '=', end - start);
	if (!eq || eq == start || eq - start > TISER_KEY_NAME_MAX)
		return -EINVAL;

	pair->key = start;
	pair->key_len = eq - start;
	pair->value = eq + 1;
	pair->value_len = end - pair->value;
	for (i = 0; i < pair->key_len; i++)
		if (!is_key_char(start[i]))
			return -EINVAL;
	*pos += end - start + 1;
	return 1;
}

/**
 * tiser_text_key_is - is this the pair of a key
 * @pair: pair
 * @key: key name; case matters (RFC 7143, 6.1)
 *
 * Context: any.
 * Return: true when it is.
 */
bool tiser_text_key_is(const struct tiser_text_pair *pair, const char *key)
{
	return strlen(key) == pair->key_len &&
	       !memcmp(pair->key, key, pair->key_len);
}

static int tiser_text_put(struct tiser_text_out *out, const char *key,
			  u32 key_len, const char *value)
{
	u32 value_len = strlen(value);
	u32 need = key_len + 1 + value_len + 1;
	char *p = out->buf + out->len;

	if (need > out->cap - out->len)
		return -E2BIG;
	memcpy(p, key, key_len);
	p[key_len] = '=';
	memcpy(p + key_len + 1, value, value_len + 1);
	out->len += need;
	return 0;
}

/**
 * tiser_text_add - add a pair with its NUL
 * @out: output
 * @key: key name
 * @value: value, possibly empty
 *
 * Context: any.
 * Return: 0, or -E2BIG when there is no room; then nothing was added.
 */
int tiser_text_add(struct tiser_text_out *out, const char *key,
		   const char *value)
{
	return tiser_text_put(out, key, strlen(key), value);
}

/**
 * tiser_text_answer - add a pair with the key of a received one
 * @out: output
 * @pair: received pair
 * @value: the answer
 *
 * Context: any.
 * Return: 0, or -E2BIG when there is no room; then nothing was added.
 */
int tiser_text_answer(struct tiser_text_out *out,
		      const struct tiser_text_pair *pair, const char *value)
{
	return tiser_text_put(out, pair->key, pair->key_len, value);
}

/**
 * tiser_text_add_num - add a pair with a decimal value
 * @out: output
 * @key: key name
 * @value: number
 *
 * Context: any.
 * Return: 0, or -E2BIG when there is no room; then nothing was added.
 */
int tiser_text_add_num(struct tiser_text_out *out, const char *key, u32 value)
{
	char digits[11];

	snprintf(digits, sizeof(digits), "%u", value);
	return tiser_text_add(out, key, digits);
}

/**
 * tiser_text_parse_num - read a numerical-value (RFC 7143, 6.1)
 * @value: decimal, or hexadecimal behind 0x or 0X; no sign, no blanks
 * @min: least value allowed
 * @max: greatest value allowed
 * @result: the number, only written on success
 *
 * Leading zeroes do not make a number octal and are tolerated.
 *
 * Context: any.
 * Return: 0, -EINVAL for something that is no number, -ERANGE for a number
 * outside @min and @max.
 */
int tiser_text_parse_num(const char *value, u32 min, u32 max, u32 *result)
{
	bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
	const char *p = hex ? value + 2 : value;
	u64 num = 0;

	if (!*p)
		return -EINVAL;
	for (; *p; p++) {
		int digit = hex_value(*p);

		if (digit < 0 || (!hex && digit > 9))
			return -EINVAL;
		/* stop growing, but look at the rest */
		if (num <= max)
			num = num * (hex ? 16 : 10) + digit;
	}
	if (num < min || num > max)
		return -ERANGE;
	*result = num;
	return 0;
}

/**
 * tiser_text_list_find - where does a list-of-values contain a value
 * @list: values separated by commas (RFC 7143, 6.1)
 * @value: value to look for; case matters
 *
 * Context: any.
 * Return: its first place in @list, NULL when it is not there.
 */
const char *tiser_text_list_find(const char *list, const char *value)
{
	size_t len = strlen(value);

	while (list) {
		if (!strncmp(list, value, len) &&
		    (!list[len] || list[len] == ','))
			return list;
		list = strchr(list, ',');
		if (list)
			list++;
	}
	return NULL;
}

/**
 * tiser_text_list_has - does a list-of-values contain a value
 * @list: values separated by commas (RFC 7143, 6.1)
 * @value: value to look for; case matters
 *
 * Context: any.
 * Return: true when it does.
 */
bool tiser_text_list_has(const char *list, const char *value)
{
	return tiser_text_list_find(list, value);
}

/**
 * tiser_text_list_next - walk a list-of-values (RFC 7143, 6.1)
 * @list: in: what is left of the list; out: the rest behind @item
 * @item: a value, which is not terminated
 * @len: characters of @item, possibly none
 *
 * Context: any.
 * Return: true with a value, false at the end.
 */
bool tiser_text_list_next(const char **list, const char **item, u32 *len)
{
	if (!*list)
		return false;
	*item = *list;
	*list = strchr(*item, ',');
	*len = *list ? *list - *item : strlen(*item);
	if (*list)
		(*list)++;
	return true;
}

/**
 * tiser_text_name_fold - bring a received name into the form it is compared in
 * @name: name; ASCII letters of a name of any type become lower case
 *
 * RFC 7143, 4.2.7.2 wants iqn. names sent like that already; initiators whose
 * name was typed by hand do not always comply. The hexadecimal digits of eui. and
 * naa. names (4.2.7.5, 4.2.7.6) mean the same in either case, and management
 * tools write them in lower case.
 *
 * Context: any.
 */
void tiser_text_name_fold(char *name)
{
	for (; *name; name++)
		if (*name >= 'A' && *name <= 'Z')
			*name |= 0x20;
}

static bool all_lower_hex(const char *s, size_t len)
{
	if (strlen(s) != len)
		return false;
	for (; *s; s++)
		if (hex_value(*s) < 0 || (*s >= 'A' && *s <= 'F'))
			return false;
	return true;
}

/* yyyy-mm. (RFC 7143, 4.2.7.4); strings shorter than this stop at their NUL. */
static bool iqn_date_valid(const char *s)
{
	static const char form[] = "dddd-dd.";
	u32 i, month;

	for (i = 0; form[i]; i++)
		if (form[i] == 'd' ? !is_digit(s[i]) : s[i] != form[i])
			return false;
	month = (s[5] - '0') * 10 + s[6] - '0';
	return month >= 1 && month <= 12;
}

/* Reversed domain name, then nothing or ':' and a string of the owner's. */
static bool iqn_rest_valid(const char *s)
{
	bool label = false;

	for (; *s && *s != ':'; s++) {
		if (*s == '.') {
			if (!label)
				return false;
			label = false;
		} else if (is_lower(*s) || is_digit(*s) || *s == '-') {
			label = true;
		} else {
			return false;
		}
	}
	for (; *s; s++)
		if (!is_lower(*s) && !is_digit(*s) && !strchr("-.:", *s))
			return false;
	return label;
}

/**
 * tiser_text_name_valid - is this an iSCSI name (RFC 7143, 4.2.7)
 * @name: name as received or configured
 *
 * Names are compared byte by byte, so only normalised ones are taken: lower
 * case ASCII.
 *
 * Context: any.
 * Return: true when it is.
 */
bool tiser_text_name_valid(const char *name)
{
	if (strnlen(name, TISER_NAME_MAX + 1) > TISER_NAME_MAX)
		return false;
	if (!strncmp(name, "iqn.", 4))
		return iqn_date_valid(name + 4) && iqn_rest_valid(name + 12);
	if (!strncmp(name, "eui.", 4))
		return all_lower_hex(name + 4, 16);
	if (!strncmp(name, "naa.", 4))
		return all_lower_hex(name + 4, 16) || all_lower_hex(name + 4, 32);
	return false;
}
