// SPDX-License-Identifier: GPL-2.0
/*
 * Outcomes: why a login failed, why a session ended other than by logout. Each
 * is said in one line of the kernel log, counted for its portal group and traced,
 * here and nowhere else. Must not know how a connection is closed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "../trace.h"
#include "iscsi.h"

struct tiser_ending_text {
	const char *name;	/* of the counter and in trace events */
	const char *words;	/* for people */
};

static const char *const tiser_login_failures[TISER_LOGIN_FAILURE_NR] = {
	[TISER_LOGIN_FAILURE_AUTHENTICATION] = "authentication",
	[TISER_LOGIN_FAILURE_AUTHORIZATION] = "authorization",
	[TISER_LOGIN_FAILURE_NOT_FOUND] = "not_found",
	[TISER_LOGIN_FAILURE_NEGOTIATION] = "negotiation",
	[TISER_LOGIN_FAILURE_SESSION] = "session",
	[TISER_LOGIN_FAILURE_PROTOCOL] = "protocol",
	[TISER_LOGIN_FAILURE_TIMEOUT] = "timeout",
	[TISER_LOGIN_FAILURE_REDIRECTED] = "redirected",
	[TISER_LOGIN_FAILURE_UNAVAILABLE] = "unavailable",
	[TISER_LOGIN_FAILURE_RESOURCES] = "resources",
	[TISER_LOGIN_FAILURE_TRANSPORT] = "transport",
	[TISER_LOGIN_FAILURE_OTHER] = "other",
};

static const struct tiser_ending_text tiser_endings[TISER_ENDING_NR] = {
	[TISER_ENDING_DONE] = { "logout", "logged out" },
	[TISER_ENDING_DISCONNECTED] = { "disconnected", "peer disconnected" },
	[TISER_ENDING_TRANSPORT] = { "transport", "transport lost" },
	[TISER_ENDING_DEVICE] = { "device", "RDMA device gone" },
	[TISER_ENDING_KEEPALIVE] = { "keepalive", "keepalive timeout" },
	[TISER_ENDING_PROTOCOL] = { "protocol", "protocol error" },
	[TISER_ENDING_REINSTATED] = { "reinstated", "reinstated" },
	[TISER_ENDING_ADMINISTRATOR] = { "administrator", "administrator" },
	[TISER_ENDING_RESET] = { "reset", "reset" },
	[TISER_ENDING_TIMEOUT] = { "timeout", "timeout" },
	[TISER_ENDING_RESOURCES] = { "resources", "out of resources" },
};

static enum tiser_login_failure tiser_login_failure_of_status(u16 status)
{
	switch (status) {
	case TISER_LOGIN_MOVED_TEMPORARILY:
	case TISER_LOGIN_MOVED_PERMANENTLY:
		return TISER_LOGIN_FAILURE_REDIRECTED;
	case TISER_LOGIN_AUTH_FAILED:
		return TISER_LOGIN_FAILURE_AUTHENTICATION;
	case TISER_LOGIN_FORBIDDEN:
		return TISER_LOGIN_FAILURE_AUTHORIZATION;
	case TISER_LOGIN_NOT_FOUND:
		return TISER_LOGIN_FAILURE_NOT_FOUND;
	case TISER_LOGIN_INITIATOR_ERROR:
	case TISER_LOGIN_BAD_VERSION:
	case TISER_LOGIN_MISSING_PARAMETER:
	case TISER_LOGIN_BAD_SESSION_TYPE:
		return TISER_LOGIN_FAILURE_NEGOTIATION;
	case TISER_LOGIN_TOO_MANY_CONNECTIONS:
	case TISER_LOGIN_NO_SUCH_SESSION:
		return TISER_LOGIN_FAILURE_SESSION;
	case TISER_LOGIN_INVALID_REQUEST:
		return TISER_LOGIN_FAILURE_PROTOCOL;
	case TISER_LOGIN_UNAVAILABLE:
		return TISER_LOGIN_FAILURE_UNAVAILABLE;
	case TISER_LOGIN_NO_RESOURCES:
		return TISER_LOGIN_FAILURE_RESOURCES;
	default:
		return TISER_LOGIN_FAILURE_OTHER;
	}
}

static enum tiser_login_failure
tiser_login_failure_of_ending(enum tiser_ending ending)
{
	switch (ending) {
	case TISER_ENDING_DISCONNECTED:
	case TISER_ENDING_TRANSPORT:
	case TISER_ENDING_DEVICE:
		return TISER_LOGIN_FAILURE_TRANSPORT;
	case TISER_ENDING_PROTOCOL:
		return TISER_LOGIN_FAILURE_PROTOCOL;
	case TISER_ENDING_ADMINISTRATOR:
		return TISER_LOGIN_FAILURE_UNAVAILABLE;
	case TISER_ENDING_TIMEOUT:
		return TISER_LOGIN_FAILURE_TIMEOUT;
	case TISER_ENDING_RESOURCES:
		return TISER_LOGIN_FAILURE_RESOURCES;
	default:
		return TISER_LOGIN_FAILURE_OTHER;
	}
}

static enum tiser_ending tiser_ending_of_dm(enum tiser_dm_end end)
{
	switch (end) {
	case TISER_DM_END_PEER:
		return TISER_ENDING_DISCONNECTED;
	case TISER_DM_END_PROTOCOL:
		return TISER_ENDING_PROTOCOL;
	case TISER_DM_END_DEVICE:
		return TISER_ENDING_DEVICE;
	case TISER_DM_END_RESOURCES:
		return TISER_ENDING_RESOURCES;
	default:
		return TISER_ENDING_TRANSPORT;
	}
}

/**
 * tiser_ending_set - remember why a connection ends
 * @conn: connection
 * @ending: what the iSCSI layer has against it
 * @fmt: the same in words for the kernel log
 * @args: arguments of @fmt
 *
 * Where the datamover had ended the connection already, its reason counts: what
 * we noticed is the echo.
 *
 * Context: Any; the one caller that moved @conn to CLEANUP_WAIT.
 */
void tiser_ending_set(struct tiser_conn *conn, enum tiser_ending ending,
		      const char *fmt, va_list args)
{
	enum tiser_dm_end end;
	const char *why;

	end = tiser_dm_end(conn->dm, &why);
	if (end == TISER_DM_END_NONE) {
		conn->ending = ending;
		vsnprintf(conn->why, sizeof(conn->why), fmt, args);
		return;
	}
	conn->ending = tiser_ending_of_dm(end);
	/* Its words say no more than ours. */
	if (end != TISER_DM_END_PEER && end != TISER_DM_END_DEVICE)
		strscpy(conn->why, why, sizeof(conn->why));
}

static const char *tiser_ending_initiator(const struct tiser_conn *conn)
{
	if (conn->initiator[0])
		return conn->initiator;
	if (conn->login && conn->login->nego.initiator_name[0])
		return conn->login->nego.initiator_name;
	return "unknown";
}

static const char *tiser_ending_target(const struct tiser_conn *conn)
{
	const struct tiser_login *login = conn->login;

	if (conn->discovery || (login && login->nego.discovery))
		return "discovery";
	if (!login)
		return conn->tpg->tgt->name;
	return login->nego.target_name[0] ? login->nego.target_name : "unknown";
}

/* A login is said to have failed once, whoever finds out. */
static bool tiser_ending_is_news(struct tiser_conn *conn)
{
	return !test_and_set_bit(0, &conn->ending_said);
}

/**
 * tiser_ending_count_login - a login has failed
 * @tpg: portal group that counts it
 * @conn: its connection
 * @failure: why
 *
 * The last one is remembered, redirections aside: RFC 4544, iscsiTgtLoginFailures.
 *
 * Context: Process. Takes the lock of the group's statistics.
 */
void tiser_ending_count_login(struct tiser_tpg *tpg,
			      const struct tiser_conn *conn,
			      enum tiser_login_failure failure)
{
	struct tiser_login_failed *last = &tpg->login_failed;

	atomic_long_inc(&tpg->login_failures[failure]);
	if (failure == TISER_LOGIN_FAILURE_REDIRECTED)
		return;
	mutex_lock(&tpg->stats.lock);
	last->when = get_jiffies_64();
	last->failure = failure;
	last->peer = conn->peer;
	strscpy(last->initiator, tiser_ending_initiator(conn),
		sizeof(last->initiator));
	mutex_unlock(&tpg->stats.lock);
}

static void tiser_ending_count(struct tiser_conn *conn,
			       enum tiser_login_failure failure)
{
	if (conn->tpg)
		tiser_ending_count_login(conn->tpg, conn, failure);
	else
		tiser_endpoint_count_failure(conn->endpoint, conn, failure);
}

/**
 * tiser_ending_login_refused - a login ends with a status
 * @conn: connection whose @login->rsp has the status (RFC 7143, 11.13.5)
 *
 * Context: Process (login work).
 */
void tiser_ending_login_refused(struct tiser_conn *conn)
{
	const struct tiser_login *login = conn->login;
	u16 status = login->rsp.status;
	enum tiser_login_failure failure = tiser_login_failure_of_status(status);
	struct sockaddr_storage local;

	if (!tiser_ending_is_news(conn))
		return;
	tiser_dm_local_addr(conn->dm, &local);
	tiser_conn_info(conn, "login of %s to %s at %pISpc refused: %s (%04x)%s%s\n",
			tiser_ending_initiator(conn), tiser_ending_target(conn),
			&local, tiser_login_status_name(status), status,
			login->reason ? ", " : "", login->reason ?: "");
	tiser_ending_count(conn, failure);
	trace_login_failed(conn->id, tiser_ending_initiator(conn),
			   tiser_ending_target(conn),
			   tiser_login_failures[failure], status,
			   login->reason ?: "");
}

static void tiser_ending_login_broken(struct tiser_conn *conn)
{
	const struct tiser_ending_text *text = &tiser_endings[conn->ending];
	enum tiser_login_failure failure =
		tiser_login_failure_of_ending(conn->ending);
	struct sockaddr_storage local;

	if (!tiser_ending_is_news(conn))
		return;
	tiser_dm_local_addr(conn->dm, &local);
	tiser_conn_info(conn, "login of %s to %s at %pISpc failed: %s%s%s\n",
			tiser_ending_initiator(conn), tiser_ending_target(conn),
			&local, text->words, conn->why[0] ? ": " : "",
			conn->why);
	tiser_ending_count(conn, failure);
	trace_login_failed(conn->id, tiser_ending_initiator(conn),
			   tiser_ending_target(conn),
			   tiser_login_failures[failure], 0, conn->why);
}

static void tiser_ending_session(struct tiser_conn *conn)
{
	const struct tiser_ending_text *text = &tiser_endings[conn->ending];
	struct sockaddr_storage local;

	/* How many initiators end one that has told them what they asked for. */
	if (conn->discovery && conn->ending == TISER_ENDING_DISCONNECTED)
		return;
	tiser_dm_local_addr(conn->dm, &local);
	tiser_conn_info(conn, "session of %s with %s at %pISpc ended: %s%s%s\n",
			conn->initiator, tiser_ending_target(conn), &local,
			text->words, conn->why[0] ? ": " : "", conn->why);
	/* Discovery sessions are nobody's. */
	if (conn->tpg)
		atomic_long_inc(&conn->tpg->endings[conn->ending]);
}

/**
 * tiser_ending_login_done - a session begins
 * @conn: connection whose final Login Response comes next, @login still there
 *
 * Context: Process (login work).
 */
void tiser_ending_login_done(struct tiser_conn *conn)
{
	trace_session_start(conn->id, conn->tsih, conn->depth, conn->discovery,
			    conn->initiator, tiser_ending_target(conn));
	tiser_uevent(conn, "login", "");
}

/**
 * tiser_ending_say - a connection has ended
 * @conn: connection in its close path, which has neither up-calls nor login
 *	work any more
 *
 * Context: Process.
 */
void tiser_ending_say(struct tiser_conn *conn)
{
	if (conn->login) {
		tiser_ending_login_broken(conn);
		return;
	}
	if (conn->logged_out)
		conn->ending = TISER_ENDING_DONE;
	else
		tiser_ending_session(conn);
	trace_session_end(conn->id, conn->initiator, tiser_ending_target(conn),
			  tiser_endings[conn->ending].name, 0, conn->why);
	tiser_uevent(conn, "logout", tiser_endings[conn->ending].name);
}

/**
 * tiser_endings_emit - print the counters of a portal group
 * @tpg: portal group
 * @page: buffer of a configfs or sysfs attribute
 * @at: where in @page to begin
 *
 * Lines "login_failures_<reason> N", then "endings_<reason> N".
 *
 * Context: Any.
 * Return: bytes written.
 */
int tiser_endings_emit(struct tiser_tpg *tpg, char *page, int at)
{
	int i, len = 0;

	for (i = 0; i < TISER_LOGIN_FAILURE_NR; i++)
		len += sysfs_emit_at(page, at + len, "login_failures_%s %ld\n",
				     tiser_login_failures[i],
				     atomic_long_read(&tpg->login_failures[i]));
	for (i = TISER_ENDING_DONE + 1; i < TISER_ENDING_NR; i++)
		len += sysfs_emit_at(page, at + len, "endings_%s %ld\n",
				     tiser_endings[i].name,
				     atomic_long_read(&tpg->endings[i]));
	return len;
}
