<#
.SYNOPSIS
Shows messages of a Kanmon Manager to the user of this PC, and has an inventory sent when the Manager wants one.

.DESCRIPTION
Keeps one call open at the Manager (a long poll) until it is ended. A message is written to the disk before the Manager is
told that it was delivered, shown, and told as shown. Its id is kept until it expires, so that it is not shown again after
this script, the PC or the Manager was ended in between.

The first time it registers by the token of the source by which this PC reports, with a secret of its own, which it makes and
keeps in Folder. The Manager has to have an inventory of this PC from that source: it finds it by DeviceId, or by the UUID of
the board.

Run it at start as a scheduled task. As SYSTEM it shows messages by msg.exe in all sessions; as the signed-in user by a toast.
It wants Windows PowerShell 5.1 or newer, and nothing else.

.PARAMETER Server
URL of the Manager. https, or http on this machine; the certificate has to be one that Windows trusts.

.PARAMETER TokenFile
File with the intake token of the source by which this PC reports. Let only SYSTEM and administrators read it.

.PARAMETER DeviceId
The name by which the inventory agent of this PC reports (DEVICEID). Empty: the PC is found by the UUID of its board.

.PARAMETER Folder
Where secret, messages and their ids are kept. Only SYSTEM, administrators and this user get access to it.

.PARAMETER Show
auto: a toast, else msg.exe. toast, msg: this one only. log: a line on the output, for trials.

.PARAMETER InventoryUrl
Asked when the Manager wants an inventory: FusionInventory and GLPI agents then send one. Empty: nobody is asked.

.PARAMETER Once
One call, then end: for trials.

.EXAMPLE
.\kanmon-client.ps1 -Server https://kanmon.example.com -TokenFile C:\ProgramData\Kanmon\intake.token

.EXAMPLE
schtasks /Create /TN "Kanmon client" /SC ONSTART /RU SYSTEM /TR "powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\Program Files\Kanmon\kanmon-client.ps1 -Server https://kanmon.example.com -TokenFile C:\ProgramData\Kanmon\intake.token"

.NOTES
The protocol is docs/reference/client-protocol.md.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $Server,
    [Parameter(Mandatory = $true)] [string] $TokenFile,
    [string] $DeviceId = '',
    [string] $Folder = (Join-Path $env:ProgramData 'Kanmon\client'),
    [ValidateSet('auto', 'toast', 'msg', 'log')] [string] $Show = 'auto',
    [string] $InventoryUrl = 'http://127.0.0.1:62354/now',
    [switch] $Once
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$MostWaiting = 200
$MostTold = 50
$MostBytes = 2MB
$LongestPause = 300
$script:PollSeconds = 50
$script:Delivered = @{}
$script:Shown = @{}
$script:Done = 0
$Utf8 = New-Object System.Text.UTF8Encoding($false)

function Write-Said([string] $Text) {
    [Console]::Out.WriteLine('{0:yyyy-MM-dd HH:mm:ss} {1}' -f (Get-Date), $Text)
}

function Assert-Server {
    # A token goes over TLS, or stays on this machine.
    $uri = [Uri] $Server
    if ($uri.Scheme -ne 'https' -and -not ($uri.Scheme -eq 'http' -and $uri.IsLoopback)) {
        throw "Server must be https: $Server"
    }
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    [Net.ServicePointManager]::Expect100Continue = $false
}

function Initialize-Folder {
    foreach ($path in $Folder, (Join-Path $Folder 'accepted'), (Join-Path $Folder 'shown')) {
        if (-not (Test-Path -LiteralPath $path)) { New-Item -ItemType Directory -Path $path | Out-Null }
    }
    # Nobody but SYSTEM (S-1-5-18), administrators (S-1-5-32-544) and this user; nothing inherited.
    $me = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    & icacls.exe $Folder /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' "*${me}:(OI)(CI)F" | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "Access to $Folder could not be restricted" }
}

function Write-Whole([string] $Path, [string] $Text) {
    # On the disk, whole or not at all.
    $temporary = Join-Path $Folder 'new'
    $bytes = $Utf8.GetBytes($Text)
    $file = New-Object IO.FileStream($temporary, [IO.FileMode]::Create, [IO.FileAccess]::Write, [IO.FileShare]::None)
    try { $file.Write($bytes, 0, $bytes.Length); $file.Flush($true) } finally { $file.Dispose() }
    Move-Item -LiteralPath $temporary -Destination $Path -Force
}

function Get-BoardUuid {
    return [string] (Get-CimInstance -ClassName Win32_ComputerSystemProduct).UUID
}

function Get-Mark {
    # Tells this PC from a copy of its disk.
    $sha = [Security.Cryptography.SHA256]::Create()
    try { return [Convert]::ToBase64String($sha.ComputeHash($Utf8.GetBytes("kanmon-client`n" + (Get-BoardUuid)))) }
    finally { $sha.Dispose() }
}

function Get-Secret {
    $path = Join-Path $Folder 'token'
    $mark = Get-Mark
    if (Test-Path -LiteralPath $path) {
        try {
            $kept = [IO.File]::ReadAllText($path, $Utf8) | ConvertFrom-Json
            if ($kept.machine -eq $mark -and $kept.token -match '^knc_') { return [string] $kept.token }
        } catch { Write-Said "The secret in $path can't be read; a new one is made" }
    }
    $random = New-Object byte[] 32
    $generator = [Security.Cryptography.RandomNumberGenerator]::Create()
    try { $generator.GetBytes($random) } finally { $generator.Dispose() }
    $token = 'knc_' + [Convert]::ToBase64String($random).TrimEnd('=').Replace('+', '-').Replace('/', '_')
    Write-Whole $path (@{ machine = $mark; token = $token } | ConvertTo-Json -Compress)
    return $token
}

function Invoke-Call([string] $Path, [string] $Token, [hashtable] $Body, [double] $Seconds) {
    # One call. Returns status, what was said, and after how many seconds to come again.
    $request = [Net.HttpWebRequest] [Net.WebRequest]::Create($Server.TrimEnd('/') + $Path)
    $request.Method = 'POST'
    $request.AllowAutoRedirect = $false
    $request.ContentType = 'application/json'
    $request.UserAgent = 'kanmon-client-windows/1'
    $request.Headers.Add('Authorization', "Bearer $Token")
    $request.Timeout = [int] (($Seconds + 20) * 1000)
    $request.ReadWriteTimeout = $request.Timeout
    $bytes = $Utf8.GetBytes((ConvertTo-Json -InputObject $Body -Compress))
    $response = $null
    try {
        $stream = $request.GetRequestStream()
        try { $stream.Write($bytes, 0, $bytes.Length) } finally { $stream.Dispose() }
        $response = [Net.HttpWebResponse] $request.GetResponse()
    } catch {
        # An answer that refuses is an answer; PowerShell wraps what .NET raises.
        $problem = $_.Exception
        while ($null -ne $problem -and $problem -isnot [Net.WebException]) { $problem = $problem.InnerException }
        if ($null -eq $problem -or $null -eq $problem.Response) { throw }
        $response = [Net.HttpWebResponse] $problem.Response
    }
    try {
        $status = [int] $response.StatusCode
        $after = 0
        [void] [int]::TryParse([string] $response.Headers['Retry-After'], [ref] $after)
        $kept = New-Object IO.MemoryStream
        $stream = $response.GetResponseStream()
        $part = New-Object byte[] 65536
        while (($count = $stream.Read($part, 0, $part.Length)) -gt 0) {
            $kept.Write($part, 0, $count)
            if ($kept.Length -gt $MostBytes) { throw 'The answer is too large' }
        }
        $text = $Utf8.GetString($kept.ToArray())
    } finally { $response.Dispose() }
    $said = $null
    try { if ($text) { $said = ConvertFrom-Json -InputObject $text } } catch { if ($status -eq 200) { throw } }
    return @{ Status = $status; Said = $said; After = $after }
}

function Get-Field($Object, [string] $Name, $Default) {
    if ($null -ne $Object -and $null -ne $Object.PSObject.Properties[$Name]) { return $Object.$Name }
    return $Default
}

function Get-Ids([string] $Where) {
    # Ids in the order in which the messages were written.
    $found = @{}
    foreach ($file in @(Get-ChildItem -LiteralPath (Join-Path $Folder $Where) -File)) {
        if ($file.Name -match '^[0-9A-Za-z-]{1,64}$') {
            $number = ''
            if ($file.Name -match '^\d{1,18}') { $number = $Matches[0] }
            $found[$number.PadLeft(18, '0') + ' ' + $file.Name] = $file.Name
        }
    }
    return @($found.Keys | Sort-Object | ForEach-Object { $found[$_] })
}

function Remove-Expired {
    $now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    foreach ($where in 'accepted', 'shown') {
        foreach ($id in Get-Ids $where) {
            $path = Join-Path (Join-Path $Folder $where) $id
            $expires = 0
            try { $expires = [long] ([IO.File]::ReadAllText($path, $Utf8) | ConvertFrom-Json).expires } catch { $expires = 0 }
            if ($expires -lt $now) { Remove-Item -LiteralPath $path -Force }
        }
    }
}

function Save-Message($Message) {
    $id = [string] (Get-Field $Message 'id' '')
    if ($id -notmatch '^[0-9A-Za-z-]{1,64}$') { return }
    $accepted = Join-Path (Join-Path $Folder 'accepted') $id
    if ((Test-Path -LiteralPath $accepted) -or (Test-Path -LiteralPath (Join-Path (Join-Path $Folder 'shown') $id))) { return }
    if (@(Get-Ids 'accepted').Count -ge $MostWaiting) { return }
    $kept = @{ id = $id; title = [string] $Message.title; text = [string] $Message.text; expires = [long] $Message.expires }
    Write-Whole $accepted ($kept | ConvertTo-Json -Compress)
}

function Show-Toast([string] $Id, [string] $Title, [string] $Text) {
    # In the session of the user who runs this. A toast of the same tag takes the place of the one before.
    $manager = Get-WindowsType 'Windows.UI.Notifications.ToastNotificationManager' 'Windows.UI.Notifications'
    $kind = Get-WindowsType 'Windows.UI.Notifications.ToastNotification' 'Windows.UI.Notifications'
    $document = Get-WindowsType 'Windows.Data.Xml.Dom.XmlDocument' 'Windows.Data.Xml.Dom'
    $xml = [Activator]::CreateInstance($document)
    $safeTitle = [Security.SecurityElement]::Escape($Title)
    $safeText = [Security.SecurityElement]::Escape($Text)
    $visual = "<visual><binding template=`"ToastGeneric`"><text>$safeTitle</text><text>$safeText</text></binding></visual>"
    $close = '<actions><action activationType="system" arguments="dismiss" content=""/></actions>'
    $xml.LoadXml("<toast scenario=`"reminder`">$visual$close</toast>")
    $toast = [Activator]::CreateInstance($kind, @($xml))
    $toast.Tag = $Id.Substring(0, [Math]::Min(16, $Id.Length))
    $toast.Group = 'kanmon'
    $program = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'
    $manager::CreateToastNotifier($program).Show($toast)
}

function Get-WindowsType([string] $Name, [string] $From) {
    # A type of Windows itself; where there is none (PowerShell 7) it raises, and msg.exe is used.
    return [Type]::GetType("$Name, $From, ContentType=WindowsRuntime", $true)
}

function Show-ByMsg([string] $Title, [string] $Text) {
    # In all sessions. The text goes through the standard input: no part of it is read as a command line.
    $msg = Join-Path $env:SystemRoot 'System32\msg.exe'
    if (-not (Test-Path -LiteralPath $msg)) { return $false }
    "$Title`r`n`r`n$Text" | & $msg '*' '/TIME:86400' | Out-Null
    return ($LASTEXITCODE -eq 0)
}

function Show-Message($Message) {
    # Whether anybody can have seen it.
    $title = [string] $Message.title
    $text = [string] $Message.text
    $text = $text -replace "`r?`n", "`r`n"
    if ($Show -eq 'log') { [Console]::Out.WriteLine("$title`n$text"); return $true }
    $isSystem = [Security.Principal.WindowsIdentity]::GetCurrent().IsSystem
    if ($Show -eq 'toast' -or ($Show -eq 'auto' -and -not $isSystem)) {
        try { Show-Toast ([string] $Message.id) $title $text; return $true }
        catch { if ($Show -eq 'toast') { return $false } }
    }
    return (Show-ByMsg $title $text)
}

function Show-Waiting {
    foreach ($id in Get-Ids 'accepted') {
        $path = Join-Path (Join-Path $Folder 'accepted') $id
        $message = [IO.File]::ReadAllText($path, $Utf8) | ConvertFrom-Json
        if (-not (Show-Message $message)) { return }
        Move-Item -LiteralPath $path -Destination (Join-Path (Join-Path $Folder 'shown') $id) -Force
        Write-Said "Message $id was shown"
    }
}

function Request-Inventory {
    if (-not $InventoryUrl) { return }
    try {
        $request = [Net.HttpWebRequest] [Net.WebRequest]::Create($InventoryUrl)
        $request.Timeout = 10000
        $request.AllowAutoRedirect = $false
        $request.GetResponse().Dispose()
        Write-Said 'The inventory agent was asked to send an inventory'
    } catch { Write-Said "The inventory agent could not be asked: $($_.Exception.Message)" }
}

function Register-Client([string] $Secret) {
    $source = [IO.File]::ReadAllText($TokenFile, $Utf8).Trim()
    $body = @{ token = $Secret; device = $DeviceId; uuid = '' }
    if (-not $DeviceId) { $body.uuid = Get-BoardUuid }
    $answer = Invoke-Call '/client/v1/register' $source $body 30
    if ($answer.Status -eq 200) {
        $script:Delivered = @{}
        $script:Shown = @{}
        Write-Said 'Registered as the client of this PC'
    }
    return $answer
}

function Invoke-Poll {
    Remove-Expired
    Show-Waiting
    $waiting = @(Get-Ids 'accepted')
    $new = @($waiting | Where-Object { -not $script:Delivered.ContainsKey($_) } | Select-Object -First $MostTold)
    $shown = @(Get-Ids 'shown' | Where-Object { -not $script:Shown.ContainsKey($_) } | Select-Object -First $MostTold)
    $wait = $script:PollSeconds
    if ($waiting.Count) { $wait = 10 }
    if ($new.Count -or $shown.Count -or $script:Done) { $wait = 0 }
    $body = @{ delivered = [string[]] $new; shown = [string[]] $shown; have = [string[]] $waiting; done = $script:Done; wait_seconds = $wait }
    $secret = Get-Secret
    $answer = Invoke-Call '/client/v1/poll' $secret $body $wait
    if ($answer.Status -eq 401) { return (Register-Client $secret) }
    if ($answer.Status -ne 200) { return $answer }
    foreach ($id in $new) { $script:Delivered[$id] = $true }
    foreach ($id in $shown) { $script:Shown[$id] = $true }
    $script:Done = 0
    $script:PollSeconds = [Math]::Min(600, [Math]::Max(5, [int] (Get-Field $answer.Said 'poll_seconds' 50)))
    foreach ($message in @(Get-Field $answer.Said 'messages' @())) { Save-Message $message }
    $wish = [long] (Get-Field $answer.Said 'inventory' 0)
    if ($wish) {
        Request-Inventory
        $script:Done = $wish
    }
    return $answer
}

function Start-Listening {
    $random = New-Object Random
    $failures = 0
    Write-Said "Listens for messages of $Server"
    while ($true) {
        $why = ''
        $after = 0
        try {
            $answer = Invoke-Poll
            if ($answer.Status -eq 200) { $failures = 0 }
            else {
                $after = $answer.After
                $why = "$($answer.Status) $(Get-Field $answer.Said 'title' '') $(Get-Field $answer.Said 'detail' '')"
            }
        } catch { $why = $_.Exception.Message }
        if ($Once) { if ($why) { Write-Said $why }; return }
        if ($why) {
            # A random time that grows, so that PCs that have lost the Manager don't all come at once.
            $failures = [Math]::Min($failures + 1, 20)
            $most = [Math]::Min($LongestPause, [Math]::Pow(2, $failures))
            $seconds = [Math]::Min($LongestPause, [Math]::Max($after, 0.2 + $random.NextDouble() * $most))
            Write-Said ('{0} can''t be used just now: {1}. It is tried again in {2:0.0} seconds.' -f $Server, $why.Trim(), $seconds)
            Start-Sleep -Milliseconds ([int] ($seconds * 1000))
        }
    }
}

Assert-Server
Initialize-Folder
$name = [BitConverter]::ToString($Utf8.GetBytes($Folder.ToLowerInvariant())).Replace('-', '')
$mutex = New-Object Threading.Mutex($false, ('Global\kanmon-client-' + $name.Substring(0, [Math]::Min(200, $name.Length))))
$mine = $false
try { $mine = $mutex.WaitOne(0) } catch [Threading.AbandonedMutexException] { $mine = $true }
if (-not $mine) { throw "Another client listens with the folder $Folder already" }
try { Start-Listening } finally { $mutex.ReleaseMutex() }
