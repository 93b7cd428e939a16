package database

import (
	"encoding/json"
	"testing"
)

func TestOrderOfMembersIsNoChange(t *testing.T) {
	hash := func(text string) uint64 {
		t.Helper()
		var i item
		if err := json.Unmarshal([]byte(text), &i); err != nil {
			t.Fatal(err)
		}
		return i.hash([]string{"servedBy", "ts"})
	}
	one := hash(`{"servedBy":{"M":{"_id":{"S":"a"},"username":{"S":"ann"}}},"ts":{"N":"1"}}`)
	if hash(`{"ts":{"N":"1"},"servedBy":{"M":{"username":{"S":"ann"},"_id":{"S":"a"}}}}`) != one {
		t.Error("the order of members changes the hash")
	}
	if hash(`{"servedBy":{"M":{"_id":{"S":"a"},"username":{"S":"bob"}}},"ts":{"N":"1"}}`) == one {
		t.Error("a changed member does not change the hash")
	}
}
