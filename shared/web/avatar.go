package web

import (
	"encoding/xml"
	"hash/fnv"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// avatarColors are dark enough for white letters (WCAG AA).
var avatarColors = []string{"#9c2d6b", "#5b4a9e", "#1f5fa8", "#0f6b6b", "#3d6b1f", "#8a5a00", "#a33a2a", "#4f5b66"}

const avatarImage = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">` +
	`<rect width="64" height="64" fill="{{color}}"/>` +
	`<text x="32" y="43" font-family="sans-serif" font-size="32" fill="#fff" text-anchor="middle">{{letter}}</text></svg>`

// avatarAge lets caches keep a picture for a week. A name's picture never changes.
const avatarAge = "public, max-age=604800, immutable"

// Avatar answers GET /avatar/{username} with a picture of the name's first letter. The
// colour is a hash of the name. Every name has a picture, so a picture does not reveal
// whether the user exists.
func Avatar() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header(), bareDocumentPolicy)
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Cache-Control", avatarAge)
		// Pages of any website may show the picture.
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte(picture(r.PathValue("username")))) // fails only if the caller has hung up
	})
}

func picture(name string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name)) // a hash never fails
	var letter strings.Builder
	_ = xml.EscapeText(&letter, []byte(initial(name))) // a builder never fails
	return strings.NewReplacer(
		"{{color}}", avatarColors[sum.Sum32()%uint32(len(avatarColors))], "{{letter}}", letter.String(),
	).Replace(avatarImage)
}

// initial returns the name's first letter or digit, or a question mark.
func initial(name string) string {
	at := strings.IndexFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if at < 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(name[at:])
	return string(unicode.ToUpper(first))
}
