/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one write command's data consists of (RFC 7143, 4.2.5.2; RFC 7145,
 * 6.9, 9.5.1): immediate part, Data-Out PDUs, part fetched by RDMA Read, remote
 * offset.
 *
 * Pure arithmetic on lengths that the gate has checked.
 */
#ifndef TISER_PROTO_SCSI_MAP_H
#define TISER_PROTO_SCSI_MAP_H

#include <linux/types.h>

/**
 * struct tiser_write_plan - where a write command's data comes from
 * @immediate: bytes that came with the command and belong to the transfer
 * @unsolicited: bytes of the transfer behind them that Data-Out PDUs bring
 * @solicited: bytes to fetch with Get_Data
 * @remote_offset: added to the Write Base Offset for the first solicited byte
 */
struct tiser_write_plan {
	u32 immediate;
	u32 unsolicited;
	u32 solicited;
	u32 remote_offset;
};

/**
 * struct tiser_write_terms - what was negotiated about write data
 * @first_burst: FirstBurstLength in bytes
 * @immediate_data: ImmediateData
 * @initial_r2t: InitialR2T: no Data-Out PDU is legal
 * @base_is_solicited: the Write Base Offset addresses the first solicited byte
 */
struct tiser_write_terms {
	u32 first_burst;
	bool immediate_data;
	bool initial_r2t;
	bool base_is_solicited;
};

/**
 * struct tiser_write_request - what a write command says about its data
 * @edtl: Expected Data Transfer Length in bytes, never 0 for a write
 * @data_len: bytes the command descriptor block asks for; may differ from @edtl
 * @immediate_len: bytes of data received with the command
 * @final: the F bit: no Data-Out PDU follows
 * @tagged: a usable Write STag was advertised (WSV set, STag not 0)
 */
struct tiser_write_request {
	u32 edtl;
	u32 data_len;
	u32 immediate_len;
	bool final;
	bool tagged;
};

/**
 * struct tiser_burst - unsolicited data of a command, as it arrives
 * @len: bytes it has to have, immediate data included
 * @done: bytes received in order
 * @data_sn: next DataSN
 * @broken: something was wrong with it
 */
struct tiser_burst {
	u32 len;
	u32 done;
	u32 data_sn;
	bool broken;
};

int tiser_write_plan(const struct tiser_write_terms *terms,
		     const struct tiser_write_request *req,
		     struct tiser_write_plan *plan);

void tiser_burst_begin(struct tiser_burst *burst,
		       const struct tiser_write_terms *terms, u32 edtl,
		       u32 immediate_len);
bool tiser_burst_take(struct tiser_burst *burst, u32 data_sn, u32 offset,
		      u32 len);
bool tiser_burst_is_complete(const struct tiser_burst *burst);

#endif /* TISER_PROTO_SCSI_MAP_H */
