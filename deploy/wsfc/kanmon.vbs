' Generic Script resource for a Windows failover cluster: looks after a Manager that runs in a clustered virtual machine.
' NOT tried on Windows; docs/howto/use-wsfc.md says what was tried and how this is meant to be used.

Const HEALTH = "https://kanmon.example.com:8443/health/"
Const READY_SECONDS = 300
Const FAILURES = 3

Dim failed
failed = 0

Function Open()
    Open = 0
End Function

' Whether the Manager answers 200 there. No answer within 10 seconds counts as none.
Function Answers(what)
    Dim request
    Answers = False
    On Error Resume Next
    Set request = CreateObject("MSXML2.ServerXMLHTTP.6.0")
    request.setTimeouts 5000, 5000, 10000, 10000
    request.open "GET", HEALTH & what, False
    request.send
    If Err.Number = 0 Then Answers = (request.status = 200)
    On Error GoTo 0
End Function

Function Online()
    Dim started
    started = Now
    failed = 0
    Do Until Answers("ready")
        If DateDiff("s", started, Now) > READY_SECONDS Then
            Resource.LogInformation "The Manager of Kanmon is not ready after " & READY_SECONDS & " s"
            Online = 1
            Exit Function
        End If
    Loop
    Online = 0
End Function

Function LooksAlive()
    LooksAlive = True
End Function

Function IsAlive()
    If Answers("live") Then failed = 0 Else failed = failed + 1
    IsAlive = (failed < FAILURES)
    If Not IsAlive Then Resource.LogInformation "The Manager of Kanmon does not answer"
End Function

Function Offline()
    Offline = 0
End Function

Function Terminate()
    Terminate = 0
End Function

Function Close()
    Close = 0
End Function
