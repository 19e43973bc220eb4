// SPDX-License-Identifier: GPL-2.0
/*
 * Gives each file named on the command line to a fuzz target, in a process of
 * its own, so that one crash does not hide the next. Needs no fuzzer.
 */
#include <sys/wait.h>
#include <unistd.h>
#include "fuzz.h"

static u8 *read_file(const char *name, size_t *len)
{
	FILE *file = fopen(name, "rb");
	u8 *data;
	long end;

	if (!file || fseek(file, 0, SEEK_END) || (end = ftell(file)) < 0) {
		perror(name);
		exit(2);
	}
	rewind(file);
	data = malloc(end);
	*len = fread(data, 1, end, file);
	fclose(file);
	return data;
}

static void run(const char *name)
{
	size_t len;
	u8 *data = read_file(name, &len);

	LLVMFuzzerTestOneInput(data, len);
	free(data);
}

int main(int argc, char **argv)
{
	int i, status, failed = 0;

	for (i = 1; i < argc; i++) {
		pid_t pid = fork();

		if (!pid) {
			run(argv[i]);
			exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
			fprintf(stderr, "failed with %s\n", argv[i]);
			failed++;
		}
	}
	fprintf(stderr, "%d of %d inputs failed\n", failed, argc - 1);
	return failed || argc < 2;
}
