@echo off
rem Sets jdk to the home of a JDK 25 or later: of JAVA_HOME and its kind, else of PATH, else of the usual folders; to
rem nothing if there is none. As find-jdk does.
set "jdk="
if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined jdk if defined JAVA25_HOME call :try "%JAVA25_HOME%"
set "java="
for %%j in (java.exe) do set "java=%%~dp$PATH:j"
if not defined jdk if defined java call :try "%java%.."
for /d %%d in ("%ProgramFiles%\Java\*" "%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Microsoft\jdk-*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*") do if not defined jdk call :try "%%~d"
exit /b

rem Takes the JDK at %1 if it is one.
:try
if not exist "%~1\bin\java.exe" exit /b
if not exist "%~1\bin\javac.exe" exit /b
if not exist "%~1\release" exit /b
for /f "usebackq tokens=1,2 delims==." %%v in ("%~1\release") do if "%%v"=="JAVA_VERSION" call :version "%~1" %%w
exit /b

rem A version such as "25 or "25" with the quotes of the file.
:version
set "number=%~2"
set "number=%number:"=%"
if %number% GEQ 25 set "jdk=%~1"
exit /b
