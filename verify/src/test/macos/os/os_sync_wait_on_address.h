/* What futex_sync.h uses of macOS 14.4, so that a compiler elsewhere can read that part of it: os/clock.h and
   os/os_sync_wait_on_address.h of libplatform. */
#include <stddef.h>
#include <stdint.h>

typedef enum { OS_CLOCK_MACH_ABSOLUTE_TIME = 32 } os_clockid_t;
typedef enum { OS_SYNC_WAIT_ON_ADDRESS_NONE, OS_SYNC_WAIT_ON_ADDRESS_SHARED } os_sync_wait_on_address_flags_t;
typedef enum { OS_SYNC_WAKE_BY_ADDRESS_NONE, OS_SYNC_WAKE_BY_ADDRESS_SHARED } os_sync_wake_by_address_flags_t;

int os_sync_wait_on_address_with_timeout(void *word, uint64_t value, size_t size, os_sync_wait_on_address_flags_t flags,
                                         os_clockid_t clock, uint64_t nanos);
int os_sync_wake_by_address_any(void *word, size_t size, os_sync_wake_by_address_flags_t flags);
int os_sync_wake_by_address_all(void *word, size_t size, os_sync_wake_by_address_flags_t flags);
