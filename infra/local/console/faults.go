package console

import (
	"net/http"

	"livechat/infra/local/fault"
)

func (s *handlers) faults(w http.ResponseWriter, _ *http.Request) { s.writeFaults(w) }

// addFault adds a fault and answers with all faults. It refuses an invalid fault.
func (s *handlers) addFault(w http.ResponseWriter, r *http.Request) {
	f, err := fault.Read(r.Body, s.names())
	if err != nil {
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.options.Faults.Add(f)
	s.writeFaults(w)
}

func (s *handlers) clearFaults(w http.ResponseWriter, _ *http.Request) {
	s.options.Faults.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (s *handlers) writeFaults(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, map[string]any{"faults": s.options.Faults.All()})
}
