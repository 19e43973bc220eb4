// SPDX-License-Identifier: GPL-2.0
/*
 * Splits the data of a write command into what came with it and what is still
 * to be fetched. Arithmetic on lengths; knows neither buffers nor commands.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <tiser/proto/scsi_map.h>

/**
 * tiser_write_plan - decide where a write command's data comes from
 * @terms: what was negotiated
 * @edtl: Expected Data Transfer Length in bytes, never 0 for a write
 * @data_len: bytes the command descriptor block asks for; may differ from @edtl
 * @immediate_len: bytes of data received with the command
 * @tagged: the command advertised a usable Write STag (WSV set, STag not 0)
 * @plan: result, only written on success
 *
 * No more than min(@edtl, @data_len) bytes move; the rest is residual. The
 * Write Base Offset addresses the whole buffer, unless the peer's addresses the
 * first solicited byte (RFC 7145, 6.9): that one lies behind every immediate
 * byte, also those of them that are not wanted.
 *
 * Context: any.
 * Return: 0, -EACCES immediate data although ImmediateData=No (RFC 7143,
 * 13.11), -EMSGSIZE more immediate data than min(FirstBurstLength, EDTL)
 * (RFC 7143, 4.2.5.2), -ENODATA data is to be fetched but no buffer was
 * advertised (RFC 7145, 9.5.1).
 */
int tiser_write_plan(const struct tiser_write_terms *terms, u32 edtl,
		     u32 data_len, u32 immediate_len, bool tagged,
		     struct tiser_write_plan *plan)
{
	u32 transfer = min(edtl, data_len);
	u32 immediate = min(immediate_len, transfer);

	if (immediate_len && !terms->immediate_data)
		return -EACCES;
	if (immediate_len > min(terms->first_burst, edtl))
		return -EMSGSIZE;
	if (transfer > immediate && !tagged)
		return -ENODATA;

	plan->immediate = immediate;
	plan->solicited = transfer - immediate;
	plan->remote_offset = terms->base_is_solicited ? 0 : immediate_len;
	return 0;
}
