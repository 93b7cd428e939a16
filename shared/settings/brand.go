package settings

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Brand is how pages and mails show whom a survey is from.
type Brand struct {
	// LogoURL is the address of an image. It is empty if there is no logo.
	LogoURL string
	// Color is a colour as #rrggbb.
	Color string
}

// DefaultSurveyColor is the default of surveyColor.
const DefaultSurveyColor = "#1a56a8"

// checkLogo accepts what checkURL accepts, unless its origin cannot be written into a
// content security policy.
func checkLogo(value string) error {
	if err := checkURL(value); err != nil {
		return err
	}
	u, err := url.Parse(value)
	isForeign := func(r rune) bool { return r > unicode.MaxASCII }
	if err != nil || strings.ContainsAny(u.Host, "*;,'\" \t") || strings.ContainsFunc(u.Host, isForeign) {
		return fmt.Errorf("%q is not an address of an image; use one such as https://www.example.com/logo.png", value)
	}
	return nil
}

// LogoOrigin returns the origin from which the logo is loaded. It is empty if there is no
// logo.
func (b Brand) LogoOrigin() string {
	u, err := url.Parse(b.LogoURL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// TextColor returns black or white, whichever is easier to read on the colour. Its
// contrast is at least 4.5 (WCAG 2.2, 1.4.3).
func (b Brand) TextColor() string {
	if len(b.Color) != len("#rrggbb") {
		return "#000000"
	}
	var rgb [3]float64
	for i := range rgb {
		n, err := strconv.ParseUint(b.Color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return "#000000"
		}
		share := float64(n) / 255
		if rgb[i] = share / 12.92; share > 0.04045 {
			rgb[i] = math.Pow((share+0.055)/1.055, 2.4)
		}
	}
	// Black and white have the same contrast with this luminance.
	if 0.2126*rgb[0]+0.7152*rgb[1]+0.0722*rgb[2] > 0.1791 {
		return "#000000"
	}
	return "#ffffff"
}
