# SPDX-License-Identifier: GPL-2.0
"""iserstat: shows what the iSER target tcm_iser is doing."""

VERSION = "1"
