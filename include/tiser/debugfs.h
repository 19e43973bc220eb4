/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /sys/kernel/debug/tcm_iser: a file for each connection. Nothing works less
 * well without debugfs.
 */
#ifndef TISER_DEBUGFS_H
#define TISER_DEBUGFS_H

struct tiser_conn;

void tiser_debugfs_init(void);
void tiser_debugfs_exit(void);
void tiser_debugfs_add(struct tiser_conn *conn);
void tiser_debugfs_remove(struct tiser_conn *conn);

#endif /* TISER_DEBUGFS_H */
