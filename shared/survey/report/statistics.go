package report

import (
	"math"
	"strconv"
)

// Share is a part of a whole, in percent, with its 95 % interval.
type Share struct {
	Of      int     `json:"of"`
	Count   int     `json:"count"`
	Percent float64 `json:"percent"`
	// Low and High are the Wilson score interval, which contains the true share 19 times
	// in 20.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// TooFew reports that there are too few answers for a meaningful figure.
	TooFew bool `json:"tooFew"`
}

// fewAnswers is the count below which a figure is marked TooFew.
const fewAnswers = 10

// z95 is the number of standard deviations around the mean that contain 95 % of a normal
// distribution.
const z95 = 1.959963984540054

func share(count, of int) Share {
	s := Share{Of: of, Count: count, TooFew: of < fewAnswers}
	if of == 0 {
		s.High = 100
		return s
	}
	n, p := float64(of), float64(count)/float64(of)
	middle := (p + z95*z95/(2*n)) / (1 + z95*z95/n)
	half := z95 / (1 + z95*z95/n) * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n))
	s.Percent = round(100 * p)
	s.Low, s.High = round(100*max(0, middle-half)), round(100*min(1, middle+half))
	return s
}

// Item holds the statistics of one question's answers.
type Item struct {
	Count int `json:"count"`
	// Mean and Spread, the standard deviation, cover the answers that are numbers.
	Mean   float64        `json:"mean"`
	Spread float64        `json:"spread"`
	Values map[string]int `json:"values"`
	TooFew bool           `json:"tooFew"`
}

func item(values map[string]int) Item {
	it := Item{Values: values}
	var numbers, sum, squares float64
	for value, n := range values {
		it.Count += n
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			numbers += float64(n)
			sum += x * float64(n)
			squares += x * x * float64(n)
		}
	}
	if numbers > 0 {
		mean := sum / numbers
		it.Mean, it.Spread = round(mean), round(math.Sqrt(max(0, squares/numbers-mean*mean)))
	}
	it.TooFew = it.Count < fewAnswers
	return it
}

// round rounds to two decimals. More decimals would suggest a precision that the figures
// do not have.
func round(x float64) float64 { return math.Round(x*100) / 100 }
