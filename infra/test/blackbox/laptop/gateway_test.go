package laptop

import (
	"net/http"
	"testing"
)

// TestGatewayRefusesWhatNoRouteHas checks the same behaviour as on AWS. SAM's gateway
// answers differently, and treats an escaped slash as a real one.
func TestGatewayRefusesWhatNoRouteHas(t *testing.T) {
	for _, tc := range []struct{ name, method, path string }{
		{"path", http.MethodGet, api + "rooom"},
		{"method", http.MethodPost, api + "room"},
		{"websocket", http.MethodGet, "/websocket"},
		{"root", http.MethodGet, "/"},
		{"trailing slash", http.MethodGet, api + "room/?token=x"},
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

// TestRandomBytesAreNeverOurFault sends random bytes to each call that takes a body.
func TestRandomBytesAreNeverOurFault(t *testing.T) {
	system.NeverOurFault(t, system.RandomBodies())
}
