/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one write command's data consists of (RFC 7143, 4.2.5.2; RFC 7145,
 * 6.9, 9.5.1): immediate part, part fetched by RDMA Read, remote offset.
 *
 * Pure arithmetic on lengths that the gate has checked.
 */
#ifndef TISER_PROTO_SCSI_MAP_H
#define TISER_PROTO_SCSI_MAP_H

#include <linux/types.h>

/**
 * struct tiser_write_plan - where a write command's data comes from
 * @immediate: bytes that came with the command and belong to the transfer
 * @solicited: bytes to fetch with Get_Data
 * @remote_offset: added to the Write Base Offset for the first solicited byte
 */
struct tiser_write_plan {
	u32 immediate;
	u32 solicited;
	u32 remote_offset;
};

/**
 * struct tiser_write_terms - what was negotiated about write data
 * @first_burst: FirstBurstLength in bytes
 * @immediate_data: ImmediateData
 * @base_is_solicited: the Write Base Offset addresses the first solicited byte
 */
struct tiser_write_terms {
	u32 first_burst;
	bool immediate_data;
	bool base_is_solicited;
};

int tiser_write_plan(const struct tiser_write_terms *terms, u32 edtl,
		     u32 data_len, u32 immediate_len, bool tagged,
		     struct tiser_write_plan *plan);

#endif /* TISER_PROTO_SCSI_MAP_H */
