/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms of times: how long something took to which bucket.
 *
 * Pure: no clock, no counters.
 */
#ifndef TISER_PROTO_HIST_H
#define TISER_PROTO_HIST_H

#include <linux/types.h>

/*
 * Bucket 0 is below 1 us, bucket i from 2^(i-1) us up to, and without, 2^i us,
 * and the last one whatever takes longer: from 8.4 s on.
 */
enum { TISER_HIST_BUCKETS = 25 };

u32 tiser_hist_bucket(s64 ns);

#endif /* TISER_PROTO_HIST_H */
