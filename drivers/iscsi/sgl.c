// SPDX-License-Identifier: GPL-2.0
/*
 * Pages for the data of commands. A task keeps the page that it used for a
 * small transfer, because getting one, clearing it, as kernels that initialise
 * on allocation do, and giving it back costs more than the rest of our part in
 * the command. Larger transfers lie in as few and as large pieces as the page
 * allocator gives, where the datamover takes them.
 *
 * What a kept page still holds is data of the same session. It is sent only
 * after a backend or zeros have overwritten it.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "iscsi.h"

/* Tasks are used last in, first out: as many as there are under way at a time. */
static bool tiser_page_get(struct tiser_cmd *cmd)
{
	struct tiser_conn *conn = cmd->conn;

	if (cmd->page)
		return true;
	if (conn->kept_pages == TISER_KEPT_PAGES)
		return false;
	cmd->page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
	if (!cmd->page)
		return false;
	conn->kept_pages++;
	return true;
}

static void tiser_sgl_use_page(struct tiser_cmd *cmd, u32 len, bool zero)
{
	if (zero)
		clear_page(page_address(cmd->page));
	sg_init_table(&cmd->page_sg, 1);
	sg_set_page(&cmd->page_sg, cmd->page, len, 0);
	cmd->sgl = &cmd->page_sg;
	cmd->sgl_nents = 1;
}

/**
 * tiser_sgl_alloc - pages for a command
 * @cmd: task without pages
 * @len: bytes, at least 1
 * @zero: their contents shall be zeros; else they are undefined
 *
 * Fills in cmd->sgl, cmd->sgl_nents.
 *
 * Context: control_notify.
 * Return: 0, to be undone by tiser_sgl_free(), or -ENOMEM.
 */
int tiser_sgl_alloc(struct tiser_cmd *cmd, u32 len, bool zero)
{
	unsigned int order = min_t(unsigned int, get_order(len),
				   TISER_SGL_ORDER);
	gfp_t gfp = GFP_KERNEL | (zero ? __GFP_ZERO : 0);

	if (tiser_dm_wants_pages(cmd->conn->dm, len))
		order = 0;
	else if (!order && tiser_page_get(cmd)) {
		tiser_sgl_use_page(cmd, len, zero);
		return 0;
	}
	cmd->sgl_order = order;
	if (order) {
		cmd->sgl = sgl_alloc_order(len, order, false,
					   gfp | __GFP_NOWARN | __GFP_NORETRY,
					   &cmd->sgl_nents);
		if (cmd->sgl)
			return 0;
		cmd->sgl_order = 0;
	}
	cmd->sgl = sgl_alloc_order(len, 0, false, gfp, &cmd->sgl_nents);
	return cmd->sgl ? 0 : -ENOMEM;
}

/**
 * tiser_sgl_free - the command needs its pages no more
 * @cmd: task, with pages or without
 *
 * Context: Any.
 */
void tiser_sgl_free(struct tiser_cmd *cmd)
{
	if (cmd->sgl && cmd->sgl != &cmd->page_sg)
		sgl_free_n_order(cmd->sgl, cmd->sgl_nents, cmd->sgl_order);
	cmd->sgl = NULL;
}

/**
 * tiser_sgl_exit - free the pages that tasks have kept
 * @conn: connection whose tasks have all ended; conn->cmds may be NULL
 *
 * Context: Process (close path).
 */
void tiser_sgl_exit(struct tiser_conn *conn)
{
	u32 i;

	for (i = 0; conn->cmds && i < conn->nr_cmds; i++)
		if (conn->cmds[i].page)
			__free_page(conn->cmds[i].page);
}
