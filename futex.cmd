@echo off
rem futex bench, doctor, demo: as ./futex. Run under wine, and not yet on Windows.
setlocal
set "root=%~dp0"
set "jar=%root%bench\target\futex-bench.jar"

call "%root%bin\find-jdk.cmd"
if not defined jdk (
    echo futex: JDK 25 not found: install one, or set JAVA_HOME to a JDK of version 25 or later 1>&2
    exit /b 1
)

call :is_built
if errorlevel 1 call :build
if errorlevel 1 exit /b 1

"%jdk%\bin\java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "-Dio.futex.bench.home=%root%bench" -cp "%jar%;%root%bench\target\lib\*" io.futex.bench.Main %*
exit /b %errorlevel%

rem Whether nothing was edited since the last build.
:is_built
if not exist "%jar%" exit /b 1
if not exist "%root%bench\target\lib" exit /b 1
"%jdk%\bin\java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "%jar%" io.futex.bench.Built "%root%." 2>nul
exit /b %errorlevel%

:build
set "mvn="
for %%m in (mvn.cmd) do set "mvn=%%~$PATH:m"
if not defined mvn (
    echo futex: mvn not found: install Maven 3.8 or later to build the jars 1>&2
    exit /b 1
)
echo futex: building 1>&2
set "JAVA_HOME=%jdk%"
set "JAVA25_HOME=%jdk%"
pushd "%root%"
call mvn -B -ntp -q -DskipTests -pl bench -am package
if errorlevel 1 (
    popd
    echo futex: the build failed; see above 1>&2
    exit /b 1
)
popd
exit /b 0
