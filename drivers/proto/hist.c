// SPDX-License-Identifier: GPL-2.0
/*
 * Histograms of times, by powers of two of a microsecond. Knows nothing of what
 * was timed, nor by which clock.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <tiser/proto/hist.h>

/**
 * tiser_hist_bucket - where a time is counted
 * @ns: time in nanoseconds; negative, where the clocks of two processors differ
 *	by more than it took, counts as none
 *
 * 1000 is 8 times 125, and what is shifted out does not reach the quotient, so
 * 32 bits do for the division.
 *
 * Context: any.
 * Return: 0 to TISER_HIST_BUCKETS - 1.
 */
u32 tiser_hist_bucket(s64 ns)
{
	u32 eighths;

	if (ns < 0)
		return 0;
	eighths = min_t(u64, (u64)ns >> 3, U32_MAX);
	return min_t(u32, fls(eighths / 125), TISER_HIST_BUCKETS - 1);
}
