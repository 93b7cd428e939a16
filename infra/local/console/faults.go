package console

import (
	"net/http"

	"livechat/infra/local/fault"
)

func (s *surface) faults(w http.ResponseWriter, _ *http.Request) { s.writeFaults(w) }

// addFault adds a fault. An invalid fault changes nothing.
func (s *surface) addFault(w http.ResponseWriter, r *http.Request) {
	f, err := fault.Read(r.Body, s.names())
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.o.Faults.Add(f)
	s.writeFaults(w)
}

func (s *surface) clearFaults(w http.ResponseWriter, _ *http.Request) {
	s.o.Faults.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (s *surface) writeFaults(w http.ResponseWriter) {
	write(w, http.StatusOK, map[string]any{"faults": s.o.Faults.All()})
}
