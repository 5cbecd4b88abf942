# Installs the command line "downbeat" on Windows: downloads it from the release, checks its SHA-256, and puts it into a folder.
# It needs no administrator, and changes nothing else.
#
# usage: powershell -ExecutionPolicy Bypass -File install.ps1 [-To DIR]
#   -To DIR   where to put the program (%LOCALAPPDATA%\Programs\downbeat)
#
# The variable DOWNBEAT_RELEASES names another place with the same files, in which there is a folder for each version.
param([string]$To = (Join-Path $env:LOCALAPPDATA 'Programs\downbeat'))

$ErrorActionPreference = 'Stop'
# Drawing progress makes downloads slow in Windows PowerShell.
$ProgressPreference = 'SilentlyContinue'
# Windows PowerShell 5.1 would offer older ones.
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

$version = '@VERSION@'
$releases = if ($env:DOWNBEAT_RELEASES) { $env:DOWNBEAT_RELEASES } else { '@RELEASES@' }
if (-not $releases) { throw 'this copy of install.ps1 does not know where the releases are: set DOWNBEAT_RELEASES' }

# A 32-bit shell has the system's own processor in the second variable.
$machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
$arch = switch ($machine) {
  'AMD64' { 'x86_64' }
  'ARM64' { 'aarch64' }
  default { throw "there is no downbeat for the processor $machine" }
}
$name = "downbeat-$version-$arch-pc-windows-msvc"
$work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $work | Out-Null
try {
  Write-Host "downloading $name.tar.gz"
  foreach ($file in "$name.tar.gz", 'SHA256SUMS') {
    Invoke-WebRequest -UseBasicParsing -Uri "$releases/v$version/$file" -OutFile (Join-Path $work $file)
  }
  $line = Get-Content (Join-Path $work 'SHA256SUMS') | Where-Object { $_ -match "^[0-9a-f]{64} [ *]$([regex]::Escape($name))\.tar\.gz$" }
  if (-not $line) { throw "SHA256SUMS of the release does not name $name.tar.gz; nothing was changed" }
  $sum = ([string]$line).Substring(0, 64)
  $have = (Get-FileHash -Algorithm SHA256 (Join-Path $work "$name.tar.gz")).Hash.ToLowerInvariant()
  if ($sum -ne $have) { throw "$name.tar.gz is not the file of the release: its SHA-256 is $have, and not $sum; nothing was changed" }
  # Windows has had tar since 2018; another tar on the PATH may take "C:" for a machine.
  & (Join-Path $env:SystemRoot 'System32\tar.exe') -xzf (Join-Path $work "$name.tar.gz") -C $work
  if ($LASTEXITCODE -ne 0) { throw "$name.tar.gz cannot be unpacked; nothing was changed" }
  $program = Join-Path $work "$name\downbeat.exe"
  $said = & $program --version
  if ($LASTEXITCODE -ne 0) { throw 'downbeat does not run on this system; nothing was changed' }
  New-Item -ItemType Directory -Force -Path $To | Out-Null
  $To = (Resolve-Path $To).Path
  Move-Item -Force -Path $program -Destination (Join-Path $To 'downbeat.exe')
  Write-Host "installed $said as $(Join-Path $To 'downbeat.exe')"
}
finally {
  Remove-Item -Recurse -Force $work
}

if (($env:Path -split ';') -notcontains $To) {
  Write-Host "$To is not on your Path yet; to add it, for every new terminal:"
  Write-Host "  [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$To', 'User')"
}
Write-Host 'next: downbeat --help'
