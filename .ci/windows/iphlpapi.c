/*
 * An iphlpapi.dll that knows of no network interface.
 *
 * A Windows JVM without the module jdk.crypto.mscapi seeds SecureRandom from the list of interfaces, and whoever makes
 * a temporary file draws from SecureRandom. The DLL of wine 8 lacks GetAnycastIpAddressTable, so the JVM would end. The
 * tests need no network: this takes the place of the DLL in the wine prefix of one run.
 *
 * Build: x86_64-w64-mingw32-gcc -O1 -shared -o iphlpapi.dll iphlpapi.c
 */
#include <stdlib.h>
#include <windows.h>

#define EXPORT __declspec(dllexport)

EXPORT DWORD WINAPI GetUnicastIpAddressTable(USHORT family, void **table)
{
    (void)family;
    *table = NULL;
    return ERROR_NOT_FOUND;
}

EXPORT DWORD WINAPI GetAnycastIpAddressTable(USHORT family, void **table)
{
    (void)family;
    *table = NULL;
    return ERROR_NOT_FOUND;
}

EXPORT DWORD WINAPI ConvertLengthToIpv4Mask(ULONG length, ULONG *mask)
{
    (void)length;
    *mask = 0xFFFFFFFFu;
    return NO_ERROR;
}

EXPORT DWORD WINAPI GetIfEntry2(void *row)
{
    (void)row;
    return ERROR_FILE_NOT_FOUND;
}

/* MIB_IF_TABLE2 begins with the number of its rows. */
EXPORT DWORD WINAPI GetIfTable2(void **table)
{
    *table = calloc(1, 4096);
    return *table ? NO_ERROR : ERROR_NOT_ENOUGH_MEMORY;
}

EXPORT void WINAPI FreeMibTable(void *table)
{
    free(table);
}

EXPORT ULONG WINAPI GetAdaptersAddresses(ULONG family, ULONG flags, void *reserved, void *addresses, ULONG *size)
{
    (void)family, (void)flags, (void)reserved, (void)addresses, (void)size;
    return ERROR_NO_DATA;
}
