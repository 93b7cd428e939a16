package layout

import (
	"livechat/shared/livechat"
	"livechat/shared/store/table"
)

// UserItem returns the user's item with the next version.
func UserItem(u livechat.User) (table.Item, error) {
	return table.NewItem(UserKey(u.ID), u, table.Values{IDIndexPK: IndexUsers, "version": u.Version + 1})
}

// DecodeUser is the inverse of UserItem.
func DecodeUser(item table.Item) (livechat.User, error) {
	var user livechat.User
	err := item.Decode(&user)
	user.Version = Version(item)
	return user, err
}

// AuthTokenItem returns the token's item, which expires with the token.
func AuthTokenItem(t livechat.AuthToken) (table.Item, error) {
	further := table.Values{}
	if t.ExpiresAt != 0 {
		further[FieldExpiry] = Seconds(t.ExpiresAt)
	}
	return table.NewItem(AuthTokenKey(t.UserID, t.Hash), t, further)
}

// AgentItem returns the agent's item. It has no version, because agents are changed with
// update expressions.
func AgentItem(a livechat.Agent) (table.Item, error) {
	return table.NewItem(AgentKey(a.ID), a, nil)
}
