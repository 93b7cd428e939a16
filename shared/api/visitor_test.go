package api_test

import (
	"net/http"
	"strings"
	"testing"

	"livechat/shared/api"
	"livechat/shared/livechat"
	"livechat/shared/settings"
)

// registering is a RegisterVisitor that knows mary. Anybody else is a new guest.
func registering(token string, register decideVisitor) (livechat.Visitor, error) {
	if token == mary.Token {
		known := mary
		known.Phone = []livechat.Phone{{Number: "1"}}
		known.CustomData = map[string]string{"crm": "7"}
		return register(known, true)
	}
	v, err := register(livechat.Visitor{}, false)
	if v.Username == "" {
		v.Username = livechat.GuestName(1)
	}
	return v, err
}

func withFields() (settings.Settings, error) {
	return settings.New(settings.Changes{Values: map[string]string{"customFields": `[
		{"key":"crm","label":"CRM id","scope":"visitor","required":true,"regexp":"^[0-9]+$"},
		{"key":"topic","label":"Topic","scope":"room","required":true}]`}})
}

func sales() ([]livechat.Department, error) {
	return []livechat.Department{{ID: "d1", Name: "Sales"}}, nil
}

func TestVisitorIsRegistered(t *testing.T) {
	const fresh = `"_id":"newIdNewIdNewIdNe","status":"online","ts":"` + nowText + `","_updatedAt":"` + nowText + `","token":"new"`
	const known = `"_id":"visitor","username":"guest-1","status":"online","ts":"` + nowText + `","_updatedAt":"` + nowText + `","token":"token"`
	for name, tc := range map[string]struct{ visitor, want string }{
		"token only":     {`{"token":"new"}`, fresh + `,"username":"guest-1"`},
		"all members":    {`{"token":"new","id":"mine","name":"Ann","email":" Ann@Example.COM ","phone":"+49 30","username":"ann","department":"Sales"}`, fresh + `,"username":"ann","name":"Ann","visitorEmails":[{"address":"ann@example.com"}],"phone":[{"phoneNumber":"+49 30"}],"department":"d1"`},
		"department":     {`{"token":"new","department":"d1"}`, fresh + `,"username":"guest-1","department":"d1"`},
		"known":          {`{"token":"token","email":"m@x.org"}`, known + `,"name":"Mary","phone":[{"phoneNumber":"1"}],"visitorEmails":[{"address":"m@x.org"}],"livechatData":{"crm":"7"}`},
		"custom fields":  {`{"token":"new","customFields":[{"key":"crm","value":"12","overwrite":true},{"key":"x","value":"y","overwrite":true}]}`, fresh + `,"username":"guest-1","livechatData":{"crm":"12"}`},
		"overwritten":    {`{"token":"token","customFields":[{"key":"crm","value":"12","overwrite":true}]}`, known + `,"name":"Mary","phone":[{"phoneNumber":"1"}],"livechatData":{"crm":"12"}`},
		"kept":           {`{"token":"token","customFields":[{"key":"crm","value":"12","overwrite":false}]}`, known + `,"name":"Mary","phone":[{"phoneNumber":"1"}],"livechatData":{"crm":"7"}`},
		"null is absent": {`{"token":"new","name":null,"email":null}`, fresh + `,"username":"guest-1"`},
		"number as name": {`{"token":"new","name":7}`, fresh + `,"username":"guest-1","name":"7"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, settings: withFields, departments: sales, registerVisitor: registering}
			w := call(api.Visitor(s, newID), http.MethodPost, "", `{"visitor":`+tc.visitor+`}`)
			wantAnswer(t, w, 200, `{"visitor":{`+tc.want+`},"success":true}`)
		})
	}
}

func TestVisitorRefusals(t *testing.T) {
	params := func(text string) string { return refusal(text+" [invalid-params]", "invalid-params") }
	for name, tc := range map[string]struct{ body, want string }{
		"no visitor":             {`{}`, params("must have required property 'visitor'")},
		"visitor is null":        {`{"visitor":null}`, params("must be object")},
		"no token":               {`{"visitor":{"name":"x"}}`, params("must have required property 'token'")},
		"unknown member":         {`{"visitor":{"token":"new","x":1}}`, params("must NOT have additional properties")},
		"blank token":            {`{"visitor":{"token":" \t"}}`, refusal("Token cannot be empty [error-invalid-token]")},
		"long token":             {`{"visitor":{"token":"` + strings.Repeat("x", 257) + `"}}`, params("must NOT have more than 256 characters")},
		"bad address":            {`{"visitor":{"token":"new","email":"Ann@"}}`, refusal("Invalid email Ann@ [error-invalid-email]")},
		"unknown department":     {`{"visitor":{"token":"new","department":"nowhere"}}`, refusal("The provided department is invalid [error-invalid-department]")},
		"address before others":  {`{"visitor":{"token":"new","email":"x","department":"nowhere"}}`, refusal("Invalid email x [error-invalid-email]")},
		"custom field missing":   {`{"visitor":{"token":"new","customFields":[]}}`, refusal("Missing required custom fields: crm")},
		"custom field mismatch":  {`{"visitor":{"token":"new","customFields":[{"key":"crm","value":"x","overwrite":true}]}}`, refusal("Invalid value for CRM id field [error-invalid-custom-field-value]")},
		"custom field lacks key": {`{"visitor":{"token":"new","customFields":[{"value":"x","overwrite":true}]}}`, params("must have required property 'key'")},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, settings: withFields, departments: sales, registerVisitor: registering}
			wantAnswer(t, call(api.Visitor(s, newID), http.MethodPost, "", tc.body), 400, tc.want)
		})
	}
}

func TestAddresses(t *testing.T) {
	for address, valid := range map[string]bool{
		"a@b": true, "first.last+tag@sub.example.co.uk": true, "o'neil@example.org": true, " A@B.C ": true,
		"@b": false, "a@": false, "a b@c": false, "a@b..c": false, "a@-b": false, "ä@b": false,
		"Ann <a@b>": false, "a@b\n": true, "a@b,c@d": false, strings.Repeat("a", 250) + "@b.org": false,
	} {
		if err := (livechat.Registration{Token: "t", Email: address}).Check(); (err == nil) != valid {
			t.Errorf("%q: %v, want valid %v", address, err, valid)
		}
	}
}

func TestVisitorIsShown(t *testing.T) {
	profile := `{"_id":"visitor","username":"guest-1","name":"Mary","status":"online","ts":"` + nowText + `","_updatedAt":"` + nowText + `"`
	s := &fakeStore{t: t, visitorByToken: someVisitor(nil), signIn: signedInAs(livechat.RoleAgent),
		visitorByID: func(id string) (livechat.Visitor, error) {
			if id != mary.ID {
				return livechat.Visitor{}, livechat.ErrInvalidVisitor
			}
			return mary, nil
		}}
	unknownToken := refusal("[invalid-token]", "invalid-token")
	wantAnswer(t, call(api.VisitorGet(s), http.MethodGet, "token", ""), 200, `{"visitor":`+profile+`,"token":"token"},"success":true}`)
	wantAnswer(t, call(api.VisitorGet(s), http.MethodGet, "other", ""), 400, unknownToken)
	wantAnswer(t, call(api.VisitorGet(s), http.MethodGet, strings.Repeat("x", 257), ""), 400, unknownToken)

	info := api.VisitorsInfo(s)
	wantAnswer(t, call(info, http.MethodGet, "?visitorId=visitor", "", credentials...), 200, `{"visitor":`+profile+`},"success":true}`)
	wantAnswer(t, call(info, http.MethodGet, "?visitorId=other", "", credentials...), 400, refusal("visitor-not-found"))
	wantAnswer(t, call(info, http.MethodGet, "?", "", credentials...), 400, refusal("Match error: Missing key 'visitorId'"))
	wantAnswer(t, call(info, http.MethodGet, "?visitorId=visitor", ""), 401, notSignedIn)
	wantAnswer(t, call(info, http.MethodGet, "?", ""), 401, notSignedIn)
	s.signIn = signedInAs("guest")
	wantAnswer(t, call(info, http.MethodGet, "?visitorId=other", "", credentials...), 403, notAllowed)
}

func TestVisitorIsDeleted(t *testing.T) {
	for name, tc := range map[string]struct {
		err    error
		status int
		want   string
	}{
		"done":         {nil, 200, `{"visitor":{"_id":"visitor","ts":"` + nowText + `"},"success":true}`},
		"unknown":      {livechat.ErrInvalidToken, 400, refusal("[invalid-token]", "invalid-token")},
		"room is open": {livechat.ErrRoomsStillOpen, 400, refusal("Cannot remove visitors with opened rooms [visitor-has-open-rooms]", "visitor-has-open-rooms")},
	} {
		t.Run(name, func(t *testing.T) {
			s := &fakeStore{t: t, deleteVisitor: func(string, livechat.Time) (livechat.Visitor, error) { return mary, tc.err }}
			wantAnswer(t, call(api.VisitorDelete(s, newID), http.MethodDelete, "token", ""), tc.status, tc.want)
		})
	}
}
