package layout

const (
	// AddMessage adds :messages to the room's item, behind those that it has. Any number
	// of calls can do so at once.
	AddMessage = "SET " + DueIndexPK + " = if_not_exists(" + DueIndexPK + ", :list), " +
		DueIndexSK + " = if_not_exists(" + DueIndexSK + ", :sort), " + fieldUnsaved + " = list_append(if_not_exists(" + fieldUnsaved + ", :none), :messages), " +
		fieldUnsavedIDs + " = list_append(if_not_exists(" + fieldUnsavedIDs + ", :none), :ids) " +
		"ADD version :one, " + fieldUnsavedBytes + " :bytes"
	// IfPlaceForMessage holds while the item is the room's, has place, does not have
	// the message, and was not written anew: then the message may be among those that
	// have items of their own, where the call is a repetition. So it may be where the
	// message's place was read before the room's item was written anew, and the item
	// after it.
	IfPlaceForMessage = IndexKey + " = :room AND " +
		"(" + fieldWritten + " = :written OR attribute_not_exists(" + fieldWritten + ") AND version = :written) AND " +
		"(attribute_not_exists(" + fieldUnsaved + ") OR size(" + fieldUnsaved + ") < :most) AND " +
		"(attribute_not_exists(" + fieldUnsavedBytes + ") OR " + fieldUnsavedBytes + " < :mostBytes) AND " +
		"NOT contains(" + fieldUnsavedIDs + ", :id) AND NOT contains(" + fieldSettledIDs + ", :id)"
)
