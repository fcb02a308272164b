/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands, one file each. */
#ifndef UPSET_CLI_COMMANDS_H
#define UPSET_CLI_COMMANDS_H

#include "cli/options.h"

int upset_golden_main(const struct upset_command *command, int argc, char **argv);
int upset_inject_main(const struct upset_command *command, int argc, char **argv);
int upset_campaign_main(const struct upset_command *command, int argc, char **argv);
int upset_plan_main(const struct upset_command *command, int argc, char **argv);
int upset_submit_main(const struct upset_command *command, int argc, char **argv);
int upset_status_main(const struct upset_command *command, int argc, char **argv);
int upset_merge_main(const struct upset_command *command, int argc, char **argv);
int upset_replay_main(const struct upset_command *command, int argc, char **argv);
int upset_show_main(const struct upset_command *command, int argc, char **argv);
int upset_annotate_main(const struct upset_command *command, int argc, char **argv);
int upset_export_main(const struct upset_command *command, int argc, char **argv);
int upset_report_main(const struct upset_command *command, int argc, char **argv);
int upset_faults_main(const struct upset_command *command, int argc, char **argv);
int upset_agree_main(const struct upset_command *command, int argc, char **argv);
int upset_diff_main(const struct upset_command *command, int argc, char **argv);
int upset_machine_main(const struct upset_command *command, int argc, char **argv);
int upset_doctor_main(const struct upset_command *command, int argc, char **argv);
int upset_help_main(const struct upset_command *command, int argc, char **argv);
int upset_version_main(const struct upset_command *command, int argc, char **argv);

extern const char upset_plan_notes[], upset_submit_notes[], upset_status_notes[],
	upset_merge_notes[], upset_golden_notes[], upset_inject_notes[], upset_campaign_notes[],
	upset_replay_notes[], upset_show_notes[], upset_diff_notes[], upset_faults_notes[],
	upset_agree_notes[], upset_machine_notes[], upset_annotate_notes[], upset_export_notes[],
	upset_report_notes[];

#endif
