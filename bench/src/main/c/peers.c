#include "peers.h"

#include <math.h>
#include <sched.h>
#include <string.h>

static int arguments;
static char **argument;

static const struct {
    const char *name;
    void (*run)(void);
} experiments[] = {
    {"boundary", run_boundary}, {"calibrate", run_calibrate}, {"micro", run_micro}, {"robust", run_robust},
    {"pingpong", run_pingpong}, {"processes", run_processes}, {"mutex", run_mutex},
    {"release", run_release},   {"late", run_late},           {"wake", run_wake},
};

int main(int argc, char **argv) {
    arguments = argc;
    argument = argv;
    for (size_t i = 0; argc > 1 && i < sizeof experiments / sizeof *experiments; i++) {
        if (strcmp(argv[1], experiments[i].name) == 0) {
            experiments[i].run();
            return 0;
        }
    }
    fail("which experiment?");
}

const char *text(const char *name, const char *otherwise) {
    size_t length = strlen(name);
    for (int i = 2; i < arguments; i++) {
        if (strncmp(argument[i], name, length) == 0 && argument[i][length] == '=') {
            return argument[i] + length + 1;
        }
    }
    return otherwise;
}

long number(const char *name, long otherwise) {
    const char *value = text(name, NULL);
    return value == NULL ? otherwise : atol(value);
}

void report(const char *name, double value) { report_all(name, &value, 1); }

void report_all(const char *name, const double *values, long count) {
    printf("%s", name);
    for (long i = 0; i < count; i++) {
        if (isinf(values[i])) {
            printf(" Infinity"); /* as Java writes it */
        } else {
            printf(" %.3f", values[i]);
        }
    }
    printf("\n");
}

void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

void sleep_until(int64_t nanos) {
    struct timespec t = {.tv_sec = nanos / 1000000000L, .tv_nsec = nanos % 1000000000L};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) {
    }
}

void pin(long cpu) {
    if (cpu < 0) {
        return;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        fail("sched_setaffinity failed");
    }
}

pthread_t start(void *(*body)(void *), void *argument_of_body) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, body, argument_of_body) != 0) {
        fail("pthread_create failed");
    }
    return thread;
}

void join(pthread_t thread) {
    if (pthread_join(thread, NULL) != 0) {
        fail("pthread_join failed");
    }
}

static volatile uint64_t sink;

void consume(uint64_t result) { sink = result; }
