package io.futex.windows;

/// The C functions of kernel32.dll that tell who is there. Each takes integers and pointers alone, five at most.
enum Function {
    /// `HANDLE OpenProcess(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwProcessId)`.
    OPEN_PROCESS("OpenProcess"),
    /// `HANDLE OpenThread(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwThreadId)`.
    OPEN_THREAD("OpenThread"),
    /// `BOOL GetProcessTimes(HANDLE hProcess, LPFILETIME lpCreationTime, LPFILETIME lpExitTime, LPFILETIME
    /// lpKernelTime, LPFILETIME lpUserTime)`.
    GET_PROCESS_TIMES("GetProcessTimes"),
    /// `BOOL GetThreadTimes(HANDLE hThread, LPFILETIME lpCreationTime, LPFILETIME lpExitTime, LPFILETIME lpKernelTime,
    /// LPFILETIME lpUserTime)`.
    GET_THREAD_TIMES("GetThreadTimes"),
    /// `DWORD WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)`.
    WAIT_FOR_SINGLE_OBJECT("WaitForSingleObject"),
    /// `BOOL CloseHandle(HANDLE hObject)`.
    CLOSE_HANDLE("CloseHandle"),
    /// `DWORD GetCurrentThreadId(void)`.
    GET_CURRENT_THREAD_ID("GetCurrentThreadId");

    /// The symbol.
    final String symbol;

    Function(String symbol) {
        this.symbol = symbol;
    }
}
