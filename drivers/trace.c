// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the trace events of trace.h. The only file that does.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
