package laptop

import (
	"net/http"
	"testing"

	"livechat/infra/blackbox/target"
)

// TestGatewayRefusesWhatNoRouteHas: here as on AWS. SAM's gateway has another
// answer, and takes an escaped slash for a real one.
func TestGatewayRefusesWhatNoRouteHas(t *testing.T) {
	for _, tc := range []struct{ name, method, path string }{
		{"path", http.MethodGet, api + "rooom"},
		{"method", http.MethodPost, api + "room"},
		{"websocket", http.MethodGet, "/websocket"},
		{"root", http.MethodGet, "/"},
		{"slash behind", http.MethodGet, api + "room/?token=x"},
		{"dots", http.MethodGet, api + "../livechat/room"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			system.Send(t, tc.method, tc.path, "").Want(t, 404, `{"message":"Not Found"}`)
		})
	}
}

func TestEscapedTokenStaysOneToken(t *testing.T) {
	system.Send(t, http.MethodGet, api+"visitor/%2e%2e%2f", "").Want(t, 400,
		`{"success":false,"error":"[invalid-token]","errorType":"invalid-token"}`)
}

// TestRandomBytesAreNeverOurFault sends more than a hundred thousand random
// bytes to each call that takes a body.
func TestRandomBytesAreNeverOurFault(t *testing.T) {
	system.NeverOurFault(t, target.NewNoise().Bodies(200))
}
