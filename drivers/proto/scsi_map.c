// SPDX-License-Identifier: GPL-2.0
/*
 * Splits the data of a write command into what came with it, what Data-Out PDUs
 * bring and what is still to be fetched; checks the sequence of these PDUs.
 * Arithmetic on lengths; knows neither buffers nor commands.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <tiser/proto/scsi_map.h>

/**
 * tiser_write_plan - decide where a write command's data comes from
 * @terms: what was negotiated
 * @req: what the command says
 * @plan: result, only written on success
 *
 * No more than the smaller of EDTL and what the command asks for moves; the
 * rest is residual. A command without F promises the whole first burst. The
 * Write Base Offset addresses the whole buffer, unless the peer's addresses the
 * first solicited byte (RFC 7145, 6.9): that one lies behind every unsolicited
 * byte, also those of them that are not wanted.
 *
 * Context: any.
 * Return: 0, -EACCES immediate data although ImmediateData=No, or Data-Out PDUs
 * announced although InitialR2T=Yes (RFC 7143, 13.10 and 13.11), -EMSGSIZE more
 * immediate data than min(FirstBurstLength, EDTL) (RFC 7143, 4.2.5.2), -ENODATA
 * data is to be fetched but no buffer was advertised (RFC 7145, 9.5.1).
 */
int tiser_write_plan(const struct tiser_write_terms *terms,
		     const struct tiser_write_request *req,
		     struct tiser_write_plan *plan)
{
	u32 transfer = min(req->edtl, req->data_len);
	u32 burst = min(terms->first_burst, req->edtl), first;

	if (req->immediate_len && !terms->immediate_data)
		return -EACCES;
	if (!req->final && terms->initial_r2t)
		return -EACCES;
	if (req->immediate_len > burst)
		return -EMSGSIZE;
	if (req->final)
		burst = req->immediate_len;
	first = min(burst, transfer);
	if (transfer > first && !req->tagged)
		return -ENODATA;

	plan->immediate = min(req->immediate_len, transfer);
	plan->unsolicited = first - plan->immediate;
	plan->solicited = transfer - first;
	plan->remote_offset = terms->base_is_solicited ? 0 : burst;
	return 0;
}

/**
 * tiser_burst_begin - a command arrived that announces Data-Out PDUs
 * @burst: to be set up
 * @terms: what was negotiated
 * @edtl: Expected Data Transfer Length, bytes
 * @immediate_len: bytes of data received with the command
 *
 * Context: any.
 */
void tiser_burst_begin(struct tiser_burst *burst,
		       const struct tiser_write_terms *terms, u32 edtl,
		       u32 immediate_len)
{
	burst->len = min(terms->first_burst, edtl);
	burst->done = immediate_len;
	burst->data_sn = 0;
	burst->broken = immediate_len > burst->len;
}

/**
 * tiser_burst_take - judge a Data-Out PDU
 * @burst: its command's burst
 * @data_sn: DataSN
 * @offset: Buffer Offset, bytes
 * @len: DataSegmentLength, bytes
 *
 * DataPDUInOrder=Yes is what we negotiate: each PDU begins where the one before
 * ended (RFC 7143, 11.7.5 and 11.7.6).
 *
 * Context: any.
 * Return: true when its data belongs to the burst, all of it at @offset; false
 * when it, or one before it, is in error.
 */
bool tiser_burst_take(struct tiser_burst *burst, u32 data_sn, u32 offset,
		      u32 len)
{
	if (burst->broken || data_sn != burst->data_sn ||
	    offset != burst->done || len > burst->len - burst->done) {
		burst->broken = true;
		return false;
	}
	burst->data_sn++;
	burst->done += len;
	return true;
}

/**
 * tiser_burst_is_complete - has everything arrived that had to?
 * @burst: burst whose PDU with the F bit was taken
 *
 * RFC 7143, 4.2.5.2: the total MUST be FirstBurstLength, or all of the data.
 *
 * Context: any.
 * Return: true when it has.
 */
bool tiser_burst_is_complete(const struct tiser_burst *burst)
{
	return !burst->broken && burst->done == burst->len;
}
