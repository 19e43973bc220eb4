/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the marker program has its two marks: user-space addresses that nothing
 * else in the guest executes. The linker puts the text at MARKER_TEXT (see
 * scripts/perf); the plugin watches the other two.
 */
#ifndef TISER_PERF_MARKER_H
#define TISER_PERF_MARKER_H

#define MARKER_TEXT	0x5e7a1000
#define MARKER_START	0x5e7a1100
#define MARKER_STOP	0x5e7a1200

#endif /* TISER_PERF_MARKER_H */
