package blackbox

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"livechat/infra/local/demo"
	"livechat/infra/test/blackbox/target"
	"livechat/shared/livechat"
	"livechat/shared/livechat/livechattest"
)

// TestManyMessagesAtOnceAcrossProcesses posts messages from both sides concurrently. With
// 16 writers every call succeeds. With 100 some may get a 503; a visitor's client can
// then retry with the same id. Every accepted message must be stored exactly once, in one
// order, and the room's figures must match a replay in that order.
func TestManyMessagesAtOnceAcrossProcesses(t *testing.T) {
	for _, writers := range []int{16, 100} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) { writeAtOnce(t, writers) })
	}
}

func writeAtOnce(t *testing.T, writers int) {
	messages := system.Many(writers)
	token, rid := system.WaitingRoom(t)
	system.Send(t, http.MethodPost, api+"inquiries.take", target.JSON(map[string]string{"inquiryId": rid}), target.SignedIn...).WantStatus(t, 200)
	begun := roomOf(t, token)

	var all sync.WaitGroup
	var accepted sync.Map
	for i := range messages {
		all.Go(func() {
			text := fmt.Sprint(i)
			path, body, header := api+"message", target.JSON(map[string]string{"token": token, "rid": rid, "msg": text, "_id": "own-" + text}), []string(nil)
			fromAgent := i%2 == 0
			if fromAgent {
				path, body, header = target.Chat, target.JSON(map[string]string{"roomId": rid, "text": text}), target.SignedIn
			}
			for range 20 {
				a, err := system.Try(http.MethodPost, path, body, header...)
				switch {
				case err == nil && a.Status == 200:
					accepted.Store(text, true)
					return
				case err != nil || a.Status != 503 || a.Header.Get("Retry-After") == "" || writers <= 16:
					t.Errorf("message %d: %d %s (%v)", i, a.Status, a.Body, err)
					return
				case fromAgent:
					return // it has no id, so it cannot be repeated
				}
			}
			t.Errorf("message %d was refused twenty times", i)
		})
	}
	all.Wait()

	var said []livechat.Message
	texts := map[string]bool{}
	for end := ""; ; {
		var page struct {
			Messages []livechat.Message
			End      string
		}
		a := system.Send(t, http.MethodGet, fmt.Sprintf("%smessages.history/%s?token=%s&limit=100&end=%s", api, rid, token, end), "")
		if err := json.Unmarshal([]byte(a.Body), &page); err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			if len(said) > 0 && m.Ts >= said[len(said)-1].Ts {
				t.Errorf("%s is at %v, after a message at %v", m.Text, m.Ts, said[len(said)-1].Ts)
			}
			said = append(said, m)
			if m.Type == "" && texts[m.Text] {
				t.Errorf("%s is stored twice", m.Text)
			}
			if m.Type == "" {
				texts[m.Text] = true
			}
		}
		if end = page.End; end == "" {
			break
		}
	}
	slices.Reverse(said)
	accepted.Range(func(text, _ any) bool {
		if !texts[text.(string)] {
			t.Errorf("%s was accepted, but is not stored", text)
		}
		return true
	})
	room := roomOf(t, token)
	if len(texts) < messages/2 || room.MessageCount != len(texts) {
		t.Errorf("%d of %d messages are stored, msgs is %d", len(texts), messages, room.MessageCount)
	}
	diff := cmp.Diff(livechattest.Replay(begun, said), room,
		cmpopts.IgnoreFields(livechat.Room{}, "UpdatedAt"), cmpopts.EquateApprox(0, 0.0005), sameNodes)
	if diff != "" {
		t.Errorf("room (-replayed +got):\n%s", diff)
	}
}

// sameNodes ignores parsed texts, which have their own tests.
var sameNodes = cmpopts.IgnoreFields(livechat.Message{}, "Parsed")

func roomOf(t *testing.T, token string) livechat.Room {
	t.Helper()
	var answer struct{ Room livechat.Room }
	a := system.Send(t, http.MethodGet, api+"room?token="+token, "")
	a.WantStatus(t, 200)
	if err := json.Unmarshal([]byte(a.Body), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Room
}

// TestChat follows one conversation from both sides.
func TestChat(t *testing.T) {
	token, rid := system.WaitingRoom(t)
	first := system.Post(t, token, rid, "Hello <b>you</b>")
	queue := system.Send(t, http.MethodGet, api+"rooms?queued=true&count=100", "", target.SignedIn...)
	if !contains(queue, rid) {
		t.Errorf("the queue does not have %s: %s", rid, queue.Body)
	}
	system.Answer(t, rid, "Hello!")
	system.Send(t, http.MethodGet, api+"agent.info/"+rid+"/"+token, "").Want(t, 200,
		`{"success":true,"agent":{"_id":"`+demo.UserID+`","username":"demo.agent","status":"available"}}`)
	for _, want := range [][]string{{"messages.history/" + rid + "?token=" + token}, {rid + "/messages"}} {
		a := system.Send(t, http.MethodGet, api+want[0], "", target.SignedIn...)
		var texts []string
		for _, m := range a.Member(t, "messages").([]any) {
			texts = append(texts, fmt.Sprint(m.(map[string]any)["msg"]))
		}
		if diff := cmp.Diff([]string{"Hello!", "demo.agent", "Hello <b>you</b>", ""}, texts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want[0], diff)
		}
	}
	room := roomOf(t, token)
	if room.WaitingResponse || room.ResponseBy.Username != "demo.agent" || room.MessageCount != 2 || room.Metrics.Response.Total != 1 || math.IsNaN(room.Metrics.Response.Average) {
		t.Errorf("the room is %+v", room)
	}
	system.Send(t, http.MethodDelete, api+"message/"+first, target.JSON(map[string]string{"token": token, "rid": rid})).WantStatus(t, 200)
	if room = roomOf(t, token); room.MessageCount != 1 || room.LastMessage.Text != "Hello!" {
		t.Errorf("msgs %d, the last message is %+v", room.MessageCount, room.LastMessage)
	}
	system.Send(t, http.MethodPost, api+"room.close", target.Close(token, rid)).WantStatus(t, 200)
	closed := system.Send(t, http.MethodGet, api+"rooms?open=false&agents[]="+demo.UserID+"&count=100", "", target.Manager...)
	if !contains(closed, rid) {
		t.Errorf("the closed rooms of the agent do not have %s", rid)
	}
	if config := system.Send(t, http.MethodGet, api+"config?token="+token, ""); config.Member(t, "config", "room") != nil {
		t.Errorf("the widget resumes a closed room: %s", config.Body)
	}
}

func contains(list target.Answer, rid string) bool {
	var answer struct {
		Rooms []struct {
			ID string `json:"_id"`
		}
	}
	return json.Unmarshal([]byte(list.Body), &answer) == nil &&
		slices.ContainsFunc(answer.Rooms, func(r struct {
			ID string `json:"_id"`
		}) bool {
			return r.ID == rid
		})
}

// TestWidgetsBrowserMayCall sends the preflight requests of a browser on another website,
// for every method and header that clients use.
func TestWidgetsBrowserMayCall(t *testing.T) {
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		a := system.Send(t, http.MethodOptions, api+"config", "", "Origin", "https://shop.example",
			"Access-Control-Request-Method", method, "Access-Control-Request-Headers", "content-type,x-user-id,x-auth-token,x-visitor-token")
		if a.Status/100 != 2 || a.Header.Get("Access-Control-Allow-Origin") == "" {
			t.Errorf("%s: %d, origin %q", method, a.Status, a.Header.Get("Access-Control-Allow-Origin"))
		}
	}
}
