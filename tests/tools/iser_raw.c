// SPDX-License-Identifier: GPL-2.0
/*
 * iser_raw: a scripted iSER initiator that can misbehave. This file: command
 * line, the list of commands, and those about connections. See README.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "iser_raw/conn.h"
#include "iser_raw/report.h"
#include "iser_raw/script.h"

struct config config = {
	.port = "3260",
	.initiator = "iqn.2026-11.com.example:iser-raw",
	.block_size = 512,
};

static void parse_params(const struct args *a, struct conn_params *p)
{
	const char *priv = arg(a, "priv"), *mem = arg(a, "mem");

	conn_params_default(p);
	if (priv) {
		memset(p->priv, 0, sizeof(p->priv));
		p->priv_len = 0;
		if (strcmp(priv, "none"))
			p->priv_len = (uint8_t)arg_bytes(a, "priv", p->priv,
							 sizeof(p->priv));
	}
	p->rd_reads = (uint8_t)arg_num(a, "rdreads", p->rd_reads);
	p->init_depth = (uint8_t)arg_num(a, "initdepth", p->init_depth);
	p->retry = (uint8_t)arg_num(a, "retry", p->retry);
	p->rnr_retry = (uint8_t)arg_num(a, "rnr", p->rnr_retry);
	p->depth = (uint32_t)arg_num(a, "depth", p->depth);
	p->tx_slots = (uint32_t)arg_num(a, "txdepth", p->tx_slots);
	p->ffp_data = (uint32_t)arg_num(a, "ffpbuf", p->ffp_data);
	/* Whoever may see an STag invalidated needs windows (see task.c). */
	p->use_mw = p->priv_len && !(p->priv[0] & CM_INV_NOT_SUPPORTED);
	if (mem)
		p->use_mw = !strcmp(mem, "mw");
	p->half = arg_flag(a, "half");
	p->early = arg_flag(a, "early");
}

static const char *event_name(int type)
{
	return type < 0 ? "no event" :
			  rdma_event_str((enum rdma_cm_event_type)type);
}

static void check_rep_number(struct conn *c, const struct args *a,
			     const char *key, unsigned int got)
{
	if (arg(a, key) && arg_num(a, key, 0) != got)
		fail("%s: expected %s=%s, got %u", c->name, key, arg(a, key),
		     got);
}

static void check_connected(struct conn *c, const struct args *a)
{
	const char *want = arg(a, "reppriv");
	uint8_t priv[CM_HDR_LEN];
	uint32_t n = arg_bytes(a, "reppriv", priv, sizeof(priv));

	if (want && (c->rep.priv_len < n || memcmp(c->rep.priv, priv, n)))
		fail("%s: expected private data %s, got %s", c->name, want,
		     hex_show(c->rep.priv, c->rep.priv_len));
	check_rep_number(c, a, "repord", c->rep.ord);
	check_rep_number(c, a, "repird", c->rep.ird);
	/* RFC 7145, 5.1: the target's ORD must not exceed our IRD. */
	if (c->rep.ord > c->params.rd_reads)
		fail("%s: the target may issue %u RDMA Reads, offered %u",
		     c->name, c->rep.ord, c->params.rd_reads);
}

static void cmd_connect(struct conn *c, const struct args *a)
{
	const char *want = arg(a, "expect");
	struct conn_params params;
	bool rejected;

	parse_params(a, &params);
	conn_connect(c, config.host, config.port, &params);
	if (params.half) {
		note("%s: connect request sent", c->name);
		return;
	}
	note("%s: %s, status %d, private data %s, ord %u, ird %u", c->name,
	     event_name(c->rep.type), c->rep.status,
	     hex_show(c->rep.priv, c->rep.priv_len), c->rep.ord,
	     c->rep.ird);
	rejected = c->rep.type == RDMA_CM_EVENT_REJECTED;
	if (c->up)
		check_connected(c, a);
	if (want && !strcmp(want, "any"))
		want = NULL;
	else if (want && !strcmp(want, "reject") ? !rejected : !c->up)
		fail("%s: expected %s, got %s", c->name,
		     want ? want : "a connection", event_name(c->rep.type));
	if (rejected && arg(a, "reason") &&
	    (int)arg_num(a, "reason", 0) != c->rep.status)
		fail("%s: expected reject reason %s, got %d", c->name,
		     arg(a, "reason"), c->rep.status);
	if (!c->up)
		conn_release(c);
}

static void cmd_conn(struct conn *c, const struct args *a)
{
	if (a->argc != 2)
		die("line %d: conn takes a name", a->line);
	c = conn_get(a->argv[1]);
	config.current = c;
	note("%s: current connection", c->name);
}

/* connect + login + expect, for scripts whose subject comes later. */
static void cmd_session(struct conn *c, const struct args *a)
{
	unsigned int before = failures();

	cmd_connect(c, a);
	if (failures() != before)
		return;
	cmd_login(c, a);
	run_line(c, "expect login status=0000 t=1 nsg=3");
}

static void cmd_establish(struct conn *c, const struct args *a)
{
	(void)a;
	if (conn_establish(c))
		fail("%s: cannot tell the target that the REP arrived", c->name);
	note("%s: RTU sent", c->name);
}

static void cmd_disconnect(struct conn *c, const struct args *a)
{
	(void)a;
	conn_disconnect(c);
	note("%s: disconnected", c->name);
}

static void cmd_abandon(struct conn *c, const struct args *a)
{
	(void)a;
	conn_abandon(c);
	note("%s: queue pair destroyed, target not told", c->name);
}

static void cmd_revoke(struct conn *c, const struct args *a)
{
	struct task *t = c->s.tasks;

	if (arg(a, "itt"))
		t = task_find(&c->s, (uint32_t)arg_num(a, "itt", 0));
	if (!t || !t->buf || t->unmapped) {
		fail("%s: no STag to revoke", c->name);
		return;
	}
	task_unmap(t);
	note("%s: STag %#x of ITT %#x revoked", c->name, t->stag, t->itt);
}

/* An initiator has no business in the target's memory (RFC 7145, 2.4.1). */
static void cmd_rdmawrite(struct conn *c, const struct args *a)
{
	uint32_t len = (uint32_t)arg_num(a, "len", 8);

	if (len > MSG_CAP)
		die("line %d: len=%u is too long", a->line, len);
	if (conn_rdma_write(c, arg_code(a, "stag", 0), arg_num(a, "va", 0), len))
		fail("%s: cannot write: %s", c->name, conn_trouble(c));
}

/* What it took to get here: each of them is a round trip at most. */
static void cmd_requests(struct conn *c, const struct args *a)
{
	note("%s: %u requests, the connect request included", c->name,
	     c->requests);
	if (c->requests > arg_num(a, "max", c->requests))
		fail("%s: more than %s requests", c->name, arg(a, "max"));
}

static void cmd_sleep_ms(struct conn *c, const struct args *a)
{
	uint64_t end;

	(void)c;
	if (a->argc != 2)
		die("line %d: sleep_ms takes a number", a->line);
	end = now_ms() + strtoul(a->argv[1], NULL, 0);
	while (ms_left(end, 1))
		conn_service_all(ms_left(end, 100));
	note("slept %s ms", a->argv[1]);
}

static void cmd_echo(struct conn *c, const struct args *a)
{
	char line[512] = "";
	int i;

	(void)c;
	for (i = 1; i < a->argc; i++) {
		strncat(line, a->argv[i], sizeof(line) - strlen(line) - 1);
		strncat(line, " ", sizeof(line) - strlen(line) - 1);
	}
	note("%s", line);
}

/* The script may be freed before the end of the program, never earlier. */
static void set_word(const struct args *a, const char *key, const char **to)
{
	if (arg(a, key))
		*to = arg(a, key);
}

static void cmd_set(struct conn *c, const struct args *a)
{
	struct session *s = &c->s;
	const char *autonop = arg(a, "autonop"), *repost = arg(a, "repost");

	set_word(a, "target", &config.target);
	set_word(a, "initiator", &config.initiator);
	config.block_size = (uint32_t)arg_num(a, "bs", config.block_size);
	if (!config.block_size)
		die("line %d: bs=0", a->line);
	s->cmdsn = (uint32_t)arg_num(a, "cmdsn", s->cmdsn);
	s->next_itt = (uint32_t)arg_num(a, "itt", s->next_itt);
	if (autonop)
		s->autonop = !strcmp(autonop, "yes");
	if (repost)
		c->no_repost = strcmp(repost, "yes");
	note("%s: next cmdsn=%u itt=%#x, window %u-%u", c->name, s->cmdsn,
	     s->next_itt, s->exp_cmdsn, s->max_cmdsn);
}

/* The window is what the target last said (RFC 7143, 4.2.2.1). */
static void cmd_window(struct conn *c, const struct args *a)
{
	struct session *s = &c->s;
	uint32_t size = s->max_cmdsn - s->exp_cmdsn + 1;

	note("%s: ExpCmdSN %u MaxCmdSN %u, %u commands", c->name, s->exp_cmdsn,
	     s->max_cmdsn, size);
	if (arg(a, "exp") && s->exp_cmdsn != arg_num(a, "exp", 0))
		fail("%s: expected ExpCmdSN %s", c->name, arg(a, "exp"));
	if (size < arg_num(a, "min", 0) || size > arg_num(a, "max", size))
		fail("%s: window of %u commands", c->name, size);
}

#define CONNECT_WORDS	"priv= rdreads= initdepth= depth= txdepth= ffpbuf= " \
			"retry= rnr= mem= reppriv= repord= repird= half early"
#define LOGIN_WORDS	"~ target= initiator= isid= tsih= cid= csg= nsg= t= " \
			"c= vmax= vmin= keys= drop= text= discovery nobuf late Key="
#define SCSI_WORDS	"~ lun= rawlun= imm= unsol= attr= stag= va= mrlen= " \
			"pattern= pos= final= wsv rsv edtl= ahs="

const struct command commands[] = {
	{ "conn", "<any>", cmd_conn, NULL },
	{ "connect", CONNECT_WORDS " expect= reason=", cmd_connect, NULL },
	{ "session", CONNECT_WORDS " " LOGIN_WORDS, cmd_session, NULL },
	{ "establish", "", cmd_establish, NULL },
	{ "disconnect", "", cmd_disconnect, NULL },
	{ "abandon", "", cmd_abandon, NULL },
	{ "login", LOGIN_WORDS, cmd_login, NULL },
	{ "scsi", SCSI_WORDS " cdb= read write", cmd_scsi, NULL },
	{ "tur", SCSI_WORDS, cmd_tur, NULL },
	{ "read", SCSI_WORDS " lba= blocks=", cmd_read, NULL },
	{ "write", SCSI_WORDS " lba= blocks=", cmd_write, NULL },
	{ "revoke", "itt=", cmd_revoke, NULL },
	{ "tmf", "~ function= rtt= ref_cmdsn= lun= rawlun=", cmd_tmf, NULL },
	{ "nop", "~ data= ttt= lun= rawlun=", cmd_nop, NULL },
	{ "text", "~ ttt= f= c= lun= rawlun= text= Key=", cmd_text, NULL },
	{ "logout", "~ reason= cid=", cmd_logout, NULL },
	{ "dataout", "~ ttt= lun= rawlun= datasn= offset= len= final= pattern= "
	  "pos=", cmd_dataout, NULL },
	{ "snack", "~ type= ttt= lun= rawlun= begrun= runlength=", cmd_snack, NULL },
	{ "hello", "~ maxver= minver= ird=", cmd_hello, NULL },
	{ "raw", "~ hex=", cmd_raw, NULL },
	{ "rawpdu", "~ op= lun= rawlun= data= fill=", cmd_rawpdu, NULL },
	{ "expect", "<any>", cmd_expect, check_expect },
	{ "verify", "itt= pattern= pos= off= len= fill= hex=", cmd_verify, NULL },
	{ "window", "exp= min= max=", cmd_window, NULL },
	{ "io", "mode= count= depth= size= seed= lba= span= imm= ahs=", cmd_io,
	  NULL },
	{ "storm", "connections= hold= min= alive= login keep together",
	  cmd_storm, NULL },
	{ "login_loop", "count=", cmd_login_loop, NULL },
	{ "kill_loop", "count= depth= size= linger=", cmd_kill_loop, NULL },
	{ "rdmawrite", "stag= va= len=", cmd_rdmawrite, NULL },
	{ "requests", "max=", cmd_requests, NULL },
	{ "fuzz", "seed= first= rounds= logins=", cmd_fuzz, NULL },
	{ "sleep_ms", "<any>", cmd_sleep_ms, NULL },
	{ "set", "target= initiator= bs= cmdsn= itt= autonop= repost=", cmd_set,
	  NULL },
	{ "echo", "<any>", cmd_echo, NULL },
	{ NULL, NULL, NULL, NULL }
};

static char *read_all(FILE *in)
{
	size_t len = 0, cap = 4096, n;
	char *text = zalloc(cap);

	while ((n = fread(text + len, 1, cap - len - 1, in)) > 0) {
		len += n;
		if (cap - len > 1)
			continue;
		cap *= 2;
		text = realloc(text, cap);
		if (!text)
			die("out of memory");
	}
	text[len] = '\0';
	return text;
}

/* ADDRESS, ADDRESS:PORT, [V6] or [V6]:PORT; a bare IPv6 address has no port. */
static void parse_address(char *text)
{
	char *colon = strrchr(text, ':'), *end = strchr(text, ']');

	if (text[0] == '[' && end) {
		*end = '\0';
		config.host = text + 1;
		if (end[1] == ':')
			config.port = end + 2;
		return;
	}
	config.host = text;
	if (colon && colon == strchr(text, ':')) {
		*colon = '\0';
		config.port = colon + 1;
	}
}

static void usage(void)
{
	die("usage: iser_raw [-nk] [-T TARGET] [-i INITIATOR] [-c COMMANDS] ADDRESS[:PORT]\n"
	    "  -n  only check the script    -k  go on after a failure");
}

/* A connection takes two descriptors. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void release_all(void)
{
	struct conn *c;

	for (c = conn_first(); c; c = c->next) {
		if (c->s.inbox)
			note("%s: %s itt=%#x was never asked for", c->name,
			     op_name(c->s.inbox->op), c->s.inbox->itt);
		conn_disconnect(c);
	}
}

int main(int argc, char **argv)
{
	bool check_only = false, keep_going = false;
	struct args *script = NULL;
	char *text = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "nkT:i:c:")) != -1) {
		switch (opt) {
		case 'n':
			check_only = true;
			break;
		case 'k':
			keep_going = true;
			break;
		case 'T':
			config.target = optarg;
			break;
		case 'i':
			config.initiator = optarg;
			break;
		case 'c':
			text = optarg;
			break;
		default:
			usage();
		}
	}
	if (optind + 1 == argc)
		parse_address(argv[optind]);
	else if (optind != argc || !check_only)
		usage();
	script_parse(&script, text ? text : read_all(stdin));
	if (check_only)
		return EXIT_OK;
	raise_file_limit();
	config.current = conn_get("c0");
	script_run(script, keep_going);
	release_all();
	return failures() ? EXIT_EXPECTATION : EXIT_OK;
}

#include "iser_raw/conn.c.inc"
#include "iser_raw/expect.c.inc"
#include "iser_raw/fuzz.c.inc"
#include "iser_raw/loops.c.inc"
#include "iser_raw/report.c.inc"
#include "iser_raw/script.c.inc"
#include "iser_raw/send.c.inc"
#include "iser_raw/session.c.inc"
#include "iser_raw/task.c.inc"
#include "iser_raw/wire.c.inc"
