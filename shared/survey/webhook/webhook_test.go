package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"livechat/shared/livechat"
	"livechat/shared/settings"
	"livechat/shared/survey"
)

func TestWhichAddressesArePublic(t *testing.T) {
	for _, address := range strings.Fields(`
		0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.8.9.10 169.254.169.254 169.254.0.1
		172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255
		198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
		:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1
		100::1 2001::1 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 3fff::1 5f00::1
		fc00::1 fd00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1
		::ffff:8.8.8.8 ::8.8.8.8 ::ffff:0:7f00:1 64:ff9b::808:808 2002:808:808::1 2001:0:808:808::1 2001:1ff:ffff::1 2001:db8:ffff::1
		1fff::1 4000::1 8000::1 2606:4700::1111%eth0`) {
		if public(netip.MustParseAddr(address)) {
			t.Errorf("%s counts as public", address)
		}
	}
	for _, address := range strings.Fields(`
		1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.0.1 172.15.0.1 172.32.0.1
		192.167.1.1 192.169.0.1 198.17.0.1 198.20.0.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888
		2001:200::1 2001:db7::1 2001:db9::1 2003::1`) {
		if !public(netip.MustParseAddr(address)) {
			t.Errorf("%s counts as inner", address)
		}
	}
}

const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

func delivery(url string) survey.Delivery {
	return survey.Delivery{
		ID: "survey_1", Kind: livechat.Invitation, Link: "https://chat.example.com/s/x", Language: "en", At: 1_795_400_000_000,
		Survey:   livechat.Survey{RoomID: "room-id", ExpiresAt: 1_796_000_000_000},
		Visitor:  livechat.Visitor{ID: "v", Username: "guest-1", Token: "visitors-token", Emails: []livechat.Email{{Address: "mary@example.com"}}},
		Settings: settings.Delivery{WebhookURL: url, WebhookSecret: secret},
	}
}

func receiver(t *testing.T, answer http.HandlerFunc) (*Client, string) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return New([]string{strings.TrimPrefix(server.URL, "http://")}), server.URL
}

func TestDeliveryIsSignedAsStandardWebhooksSay(t *testing.T) {
	var got *http.Request
	var body []byte
	client, url := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	})
	if err := client.Deliver(t.Context(), delivery(url)); err != nil {
		t.Fatal(err)
	}
	key := []byte("01234567890123456789012345678901")
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("survey_1.1795400000." + string(body)))
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); got.Header.Get("webhook-signature") != want {
		t.Errorf("signature %s, want %s", got.Header.Get("webhook-signature"), want)
	}
	if got.Header.Get("webhook-id") != "survey_1" || got.Header.Get("webhook-timestamp") != "1795400000" {
		t.Errorf("headers %v", got.Header)
	}
	var event struct {
		Type string
		Data struct{ Link string }
	}
	if err := json.Unmarshal(body, &event); err != nil || event.Type != "survey.invitation" || event.Data.Link != "https://chat.example.com/s/x" {
		t.Errorf("body %s (%v)", body, err)
	}
	if strings.Contains(string(body), "visitors-token") {
		t.Error("the body contains the visitor's token")
	}
}

func faultOf(t *testing.T, err error) survey.Fault {
	t.Helper()
	known, ok := errors.AsType[*survey.DeliveryError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	if strings.Contains(known.Text, "mary") || strings.Contains(known.Text, "whsec") {
		t.Errorf("the error reveals too much: %s", known.Text)
	}
	return known.Fault
}

func TestWhatAnswersMean(t *testing.T) {
	for status, want := range map[int]survey.Fault{
		429: survey.Busy, 410: survey.Permanent, 400: survey.Temporary, 404: survey.Temporary, 500: survey.Temporary, 503: survey.Temporary,
	} {
		client, url := receiver(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if got := faultOf(t, client.Deliver(t.Context(), delivery(url))); got != want {
			t.Errorf("%d is fault %d, want %d", status, got, want)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var followed atomic.Bool
	client, url := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/inner" {
			followed.Store(true)
		}
		http.Redirect(w, r, "/inner", http.StatusTemporaryRedirect)
	})
	err := client.Deliver(t.Context(), delivery(url))
	if faultOf(t, err) != survey.Temporary || followed.Load() {
		t.Errorf("%v; followed: %t", err, followed.Load())
	}
}

// TestInnerAddressesAreNotCalled uses a running server.
func TestInnerAddressesAreNotCalled(t *testing.T) {
	var called atomic.Bool
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Store(true) }))
	defer server.Close()
	client := New(nil)
	for _, url := range []string{
		server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), strings.Replace(server.URL, "https:", "http:", 1),
		"http://example.com/", "https://[::1]/", "https://169.254.169.254/latest", "ftp://example.com", "https://", "",
	} {
		if got := faultOf(t, client.Deliver(t.Context(), delivery(url))); got != survey.Permanent {
			t.Errorf("%q is fault %d", url, got)
		}
	}
	if called.Load() {
		t.Error("the server was called")
	}
}

func TestWithoutSecretNothingIsSent(t *testing.T) {
	client, url := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("the receiver was called") })
	d := delivery(url)
	d.Settings.WebhookSecret = ""
	if faultOf(t, client.Deliver(t.Context(), d)) != survey.Permanent {
		t.Error("the fault is not permanent")
	}
}
