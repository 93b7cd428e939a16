package settings

// Limits holds the rate limits on visitors, in uses per clock minute. 0 means no limit.
type Limits struct {
	RoomsPerToken        int
	MessagesPerToken     int
	EditsPerToken        int
	PagesPerToken        int
	ProfileEditsPerToken int
	SurveysPerRoom       int
	KilobytesPerToken    int
	ReadsPerToken        int
	RoomsPerAddress      int
	VisitorsPerAddress   int
}

// maxPerMinute bounds the limits.
const maxPerMinute = 100_000

var limitSettings = []Setting{
	limit("limitRoomsPerToken", 20, "How many rooms a visitor may open within a minute; 0 for no limit.",
		func(l *Limits) *int { return &l.RoomsPerToken }),
	limit("limitRoomsPerAddress", 300, "How many rooms may be opened within a minute from one network address and website; 0 for no limit.",
		func(l *Limits) *int { return &l.RoomsPerAddress }),
	limit("limitVisitorsPerAddress", 300, "How many visitors may be registered within a minute from one network address and website; 0 for no limit.",
		func(l *Limits) *int { return &l.VisitorsPerAddress }),
	limit("limitMessagesPerToken", 120, "How many messages a visitor may send within a minute; 0 for no limit.",
		func(l *Limits) *int { return &l.MessagesPerToken }),
	limit("limitEditsPerToken", 60, "How many messages a visitor may edit or delete within a minute; 0 for no limit.",
		func(l *Limits) *int { return &l.EditsPerToken }),
	limit("limitPagesPerToken", 120, "How many page visits of a visitor are recorded within a minute; 0 for no limit.",
		func(l *Limits) *int { return &l.PagesPerToken }),
	limit("limitProfileEditsPerToken", 60, "How many times a visitor's profile, status or custom fields may change within a minute; 0 for no limit.",
		func(l *Limits) *int { return &l.ProfileEditsPerToken }),
	limit("limitSurveysPerRoom", 120, "How many times a room's survey may be answered within a minute; 0 for no limit.",
		func(l *Limits) *int { return &l.SurveysPerRoom }),
	limit("limitKilobytesPerToken", 128, "How many kilobytes a visitor may write into one room (messages, page visits, answers), or into the "+
		"profile, within a minute; an edited or deleted text counts, too; 0 for no limit.",
		func(l *Limits) *int { return &l.KilobytesPerToken }),
	limit("limitReadsPerToken", 600, "How many times a visitor or user may read messages or lists within a minute, counted by each process of a "+
		"function; 0 for no limit.",
		func(l *Limits) *int { return &l.ReadsPerToken }),
}

func limit(name string, standard int, description string, field func(*Limits) *int) Setting {
	return number(name, standard, 0, maxPerMinute, description, func(s *Settings) *int { return field(&s.Limits) })
}
