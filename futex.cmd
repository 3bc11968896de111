@echo off
rem futex bench, doctor, demo: as ./futex in short. Not tested yet on Windows.
setlocal
set "root=%~dp0"
set "jar=%root%bench\target\futex-bench.jar"

set "jdk="
if defined JAVA_HOME call :try "%JAVA_HOME%"
for /d %%d in ("%ProgramFiles%\Java\*" "%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Microsoft\jdk-*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*") do if not defined jdk call :try "%%~d"
if not defined jdk (
    echo futex: JDK 25 not found: install one, or set JAVA_HOME to a JDK of version 25 or later 1>&2
    exit /b 1
)

if not exist "%jar%" (
    where mvn >nul 2>nul || (
        echo futex: mvn not found: install Maven 3.8 or later to build the jars 1>&2
        exit /b 1
    )
    echo futex: building 1>&2
    set "JAVA_HOME=%jdk%"
    set "JAVA25_HOME=%jdk%"
    pushd "%root%"
    call mvn -B -ntp -q -DskipTests -pl bench -am package || (
        popd
        echo futex: the build failed 1>&2
        exit /b 1
    )
    popd
)

"%jdk%\bin\java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "-Dio.futex.bench.home=%root%bench" -cp "%jar%;%root%bench\target\lib\*" io.futex.bench.Main %*
exit /b %errorlevel%

rem Takes the JDK at %1 if it is one of version 25 or later.
:try
if not exist "%~1\bin\javac.exe" exit /b
if not exist "%~1\release" exit /b
for /f "usebackq tokens=2 delims==." %%v in (`findstr /b JAVA_VERSION= "%~1\release"`) do call :version "%~1" %%v
exit /b

rem A version such as "25 or 25" with the quotes of the file.
:version
set "number=%~2"
set "number=%number:"=%"
if %number% GEQ 25 set "jdk=%~1"
exit /b
