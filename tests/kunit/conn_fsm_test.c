// SPDX-License-Identifier: GPL-2.0
/* Connection states (RFC 7143, 8.1.4): every pair of states. */
#include <kunit/test.h>
#include <tiser/proto/conn_fsm.h>

/* Rows: from. Columns: to, in the order of enum tiser_conn_state. */
static const char *const conn_matrix[TISER_CONN_STATE_NR] = {
	[TISER_CONN_XPT_UP]		= ".x...x.",
	[TISER_CONN_IN_LOGIN]		= "..x..x.",
	[TISER_CONN_LOGGED_IN]		= "...xxx.",
	[TISER_CONN_LOGOUT_REQUESTED]	= "....xx.",
	[TISER_CONN_IN_LOGOUT]		= ".....x.",
	[TISER_CONN_CLEANUP_WAIT]	= "......x",
	[TISER_CONN_FREE]		= ".......",
};

static void conn_8_1_4_transition_matrix(struct kunit *test)
{
	int from, to;

	for (from = 0; from < TISER_CONN_STATE_NR; from++)
		for (to = 0; to < TISER_CONN_STATE_NR; to++)
			KUNIT_EXPECT_EQ_MSG(test, tiser_conn_fsm_may(from, to),
					    conn_matrix[from][to] == 'x',
					    "%s -> %s",
					    tiser_conn_fsm_name(from),
					    tiser_conn_fsm_name(to));
}

/* A state is never entered twice: the matrix has nothing below its diagonal. */
static void conn_8_1_4_is_monotonic(struct kunit *test)
{
	int from, to;

	for (from = 0; from < TISER_CONN_STATE_NR; from++)
		for (to = 0; to <= from; to++)
			KUNIT_EXPECT_FALSE(test, tiser_conn_fsm_may(from, to));
}

static void conn_rejects_numbers_that_are_no_states(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, tiser_conn_fsm_may(TISER_CONN_STATE_NR, 0));
	KUNIT_EXPECT_FALSE(test, tiser_conn_fsm_may(0, TISER_CONN_STATE_NR));
	KUNIT_EXPECT_FALSE(test, tiser_conn_fsm_may(0, 32));
	KUNIT_EXPECT_FALSE(test, tiser_conn_fsm_may(0, 33));
	KUNIT_EXPECT_STREQ(test, tiser_conn_fsm_name(TISER_CONN_STATE_NR), "?");
}

static void conn_names_are_distinct(struct kunit *test)
{
	int a, b;

	for (a = 0; a < TISER_CONN_STATE_NR; a++)
		for (b = 0; b < a; b++)
			KUNIT_EXPECT_STRNEQ(test, tiser_conn_fsm_name(a),
					    tiser_conn_fsm_name(b));
	KUNIT_EXPECT_STREQ(test, tiser_conn_fsm_name(TISER_CONN_LOGGED_IN),
			   "LOGGED_IN");
}

static struct kunit_case conn_cases[] = {
	KUNIT_CASE(conn_8_1_4_transition_matrix),
	KUNIT_CASE(conn_8_1_4_is_monotonic),
	KUNIT_CASE(conn_rejects_numbers_that_are_no_states),
	KUNIT_CASE(conn_names_are_distinct),
	{}
};

static struct kunit_suite conn_suite = {
	.name = "tiser_conn_fsm",
	.test_cases = conn_cases,
};
kunit_test_suite(conn_suite);
