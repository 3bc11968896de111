/*
 * Prints what WaitOnAddress and WakeByAddress* do, case by case: what the Windows backend relies on, and what it must not
 * rely on. semantics.txt has what is expected; nothing in the output depends on how fast the machine is.
 *
 * Build: x86_64-w64-mingw32-gcc -O2 -Wall -o semantics.exe semantics.c
 */
#include <stdint.h>
#include <stdio.h>
#include <windows.h>

typedef BOOL(WINAPI *wait_fn)(volatile VOID *, PVOID, SIZE_T, DWORD);
typedef VOID(WINAPI *wake_fn)(PVOID);

#define UNTOUCHED 0xdead
#define WATCHDOG_MS 60000

static wait_fn wait_on;
static wake_fn wake_single, wake_all;
static volatile uint64_t cells[8] __attribute__((aligned(64)));
static char *const cell = (char *)cells;

static double now_ms(void)
{
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return 1e3 * count.QuadPart / frequency.QuadPart;
}

static const char *name(DWORD error)
{
    switch (error) {
    case UNTOUCHED:
        return "untouched";
    case ERROR_TIMEOUT:
        return "ERROR_TIMEOUT 1460";
    case ERROR_INVALID_PARAMETER:
        return "ERROR_INVALID_PARAMETER 87";
    default:
        return "another error";
    }
}

static void exports(void)
{
    const char *dlls[] = { "kernel32.dll", "api-ms-win-core-synch-l1-2-0.dll" };
    for (int i = 0; i < 2; i++) {
        HMODULE h = LoadLibraryA(dlls[i]);
        printf("%s exports WaitOnAddress: %s\n", dlls[i], h && GetProcAddress(h, "WaitOnAddress") ? "yes" : "no");
    }
}

/* One call in this thread. A wait that is to time out must not be over early. */
static void call(const char *what, void *address, void *expected, SIZE_T size, DWORD ms)
{
    SetLastError(UNTOUCHED);
    double start = now_ms();
    BOOL result = wait_on(address, expected, size, ms);
    DWORD error = GetLastError();
    double took = now_ms() - start;
    printf("%s: %s, last error %s%s\n", what, result ? "TRUE" : "FALSE", name(error),
           error == ERROR_TIMEOUT && took < ms ? ", early" : "");
}

static void results(void)
{
    uint64_t zero = 0, one = 1, ones = 0x0101010101010101ull;
    char what[64];
    for (int size = 0; size <= 9; size++) {
        sprintf(what, "size %d, equal, 20 ms", size);
        call(what, cell, &zero, size, 20);
    }
    for (int size = 1; size <= 8; size *= 2) {
        sprintf(what, "size %d, different", size);
        call(what, cell, &ones, size, INFINITE);
    }
    call("size 3, different", cell, &one, 3, 20);
    call("size 4, equal, 0 ms", cell, &zero, 4, 0);
    call("size 4, different, 0 ms", cell, &one, 4, 0);
    cells[0] = 1ull << 32;
    call("size 4, the next 4 bytes different", cell, &zero, 4, 20);
    cells[0] = 0;
    wake_single(cell);
    wake_all(cell);
    call("after wakes that nobody waited for", cell, &zero, 4, 20);
    SetLastError(UNTOUCHED);
    wake_single(NULL);
    wake_all(NULL);
    printf("wakes of NULL: last error %s\n", name(GetLastError()));
    for (DWORD ms = 1; ms <= 16; ms *= 2) {
        sprintf(what, "%lu ms", ms);
        call(what, cell, &zero, 4, ms);
    }
}

/* A thread that waits once. */
struct waiter {
    HANDLE thread;
    void *address;
    SIZE_T size;
    DWORD ms;
    volatile LONG entered, done;
    BOOL result;
    DWORD error;
};

static volatile LONG done;

static DWORD WINAPI run(LPVOID argument)
{
    struct waiter *w = argument;
    uint64_t expected = 0;
    SetLastError(UNTOUCHED);
    w->entered = 1;
    w->result = wait_on(w->address, &expected, w->size, w->ms);
    w->error = GetLastError();
    w->done = InterlockedIncrement(&done);
    return 0;
}

/* There is no asking whether it sleeps: half a second is nearly always plenty, and who runs this tries it again. */
static void start(struct waiter *w, void *address, SIZE_T size, DWORD ms)
{
    *w = (struct waiter){ .address = address, .size = size, .ms = ms };
    w->thread = CreateThread(NULL, 0, run, w, 0, NULL);
    while (!w->entered)
        Sleep(1);
    Sleep(500);
}

static void await_done(LONG count)
{
    for (int i = 0; done < count && i < WATCHDOG_MS / 10; i++)
        Sleep(10);
    Sleep(100); /* one too many would come about now */
}

static void wakes(void)
{
    for (SIZE_T size = 1; size <= 8; size *= 2) {
        struct waiter w[3];
        done = 0;
        for (int i = 0; i < 3; i++)
            start(&w[i], cell, size, INFINITE);
        wake_single(cell);
        await_done(1);
        LONG single = done;
        wake_all(cell);
        await_done(3);
        printf("size %d, 3 waiters, the value unchanged: single woke %ld, first come first %s, then all %ld\n",
               (int)size, single, w[0].done == 1 ? "served" : "not served", done - single);
        for (int i = 0; i < 3; i++)
            printf("  waiter %d: %s, last error %s\n", i + 1, w[i].result ? "TRUE" : "FALSE", name(w[i].error));
    }
}

/* Wakes elsewhere, again and again, while one waits. Without an address to wake at, the value alone is changed. */
static void elsewhere(const char *what, void *wait_address, void *wake_address, DWORD ms)
{
    struct waiter w;
    start(&w, wait_address, 4, ms);
    if (!wake_address)
        *(volatile uint32_t *)wait_address = 7;
    for (int i = 0; i < WATCHDOG_MS / 10 && WaitForSingleObject(w.thread, 10) == WAIT_TIMEOUT; i++)
        if (wake_address)
            wake_all(wake_address);
    printf("%s: %s, last error %s\n", what, w.result ? "TRUE" : "FALSE", name(w.error));
    *(volatile uint32_t *)wait_address = 0;
}

int main(void)
{
    exports();
    HMODULE h = LoadLibraryA("api-ms-win-core-synch-l1-2-0.dll");
    wait_on = (wait_fn)(void *)GetProcAddress(h, "WaitOnAddress");
    wake_single = (wake_fn)(void *)GetProcAddress(h, "WakeByAddressSingle");
    wake_all = (wake_fn)(void *)GetProcAddress(h, "WakeByAddressAll");
    if (!wait_on || !wake_single || !wake_all)
        return 1;
    results();
    wakes();
    elsewhere("a wake at the address", cell, cell, WATCHDOG_MS / 2);
    elsewhere("a wake at the address + 2", cell, cell + 2, 1500);
    elsewhere("a wake at the address + 4", cell, cell + 4, 1500);
    elsewhere("another value without a wake", cell, NULL, 1500);
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL);
    elsewhere("a wake through another view of the memory", MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0),
              MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0), 1500);
    return 0;
}
