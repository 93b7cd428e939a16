package runtime

import (
	"encoding/json"
	"fmt"
)

// The functions below log each failure for the developer, and return it to the caller as
// Lambda's error document.

func (i *instance) timeout(v *invocation) Outcome {
	i.stop()
	what := fmt.Sprintf("Task timed out after %.2f seconds", i.o.Function.Timeout.Seconds())
	i.o.Log(v.id + " " + what)
	return v.failure(TimedOut, "Sandbox.Timedout", what)
}

func (i *instance) crash(v *invocation) Outcome {
	what := "Runtime exited with error: " + i.cmd.ProcessState.String()
	if !i.stopping.Load() {
		i.o.Log(fmt.Sprintf("%s %s\n%s", v.id, what, i.output.Last()))
	}
	return v.failure(Crashed, "Runtime.ExitError", what)
}

func (i *instance) initFailure(v *invocation, why string) Outcome {
	i.o.Log(fmt.Sprintf("failed to start: %s\n%s", why, i.output.Last()))
	return v.failure(InitFailed, "Runtime.ExitError", "the process failed to start: "+why)
}

func (v *invocation) failure(kind Failure, errorType, what string) Outcome {
	return Outcome{
		Failure:   kind,
		RequestID: v.id,
		Payload:   errorDocument(errorType, "RequestId: "+v.id+" Error: "+what),
	}
}

func errorDocument(errorType, message string) []byte {
	// A map of strings always encodes.
	doc, _ := json.Marshal(map[string]string{"errorType": errorType, "errorMessage": message})
	return doc
}
