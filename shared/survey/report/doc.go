// Package report counts what became of surveys, and what visitors answered.
//
// The figures of a day are those of the rooms that were closed on it: a Day. It
// is a plain sum over the surveys of these rooms, computed anew from them as
// often as one likes; sums of days make reports. What was sent is also counted
// by the day of sending, for the response rate.
//
// Inside: tallies, their statistics, reports and their CSV form. Not inside:
// where days are kept, which is package store's; who may see reports.
package report
