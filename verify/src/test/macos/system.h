/* Included before all else, it makes a compiler for Linux take futex_sync.h as one for macOS would. */
#include <stdint.h>
#include <time.h>

#undef __linux__
#define __APPLE__ 1
#define CLOCK_UPTIME_RAW 8

uint64_t clock_gettime_nsec_np(int clock);
