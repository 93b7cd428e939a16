// Package report counts the outcomes of surveys and visitors' answers.
//
// A Day has the figures of the rooms that were closed on that day. It is a plain sum over
// these rooms' surveys, and can be computed from the surveys again at any time. A report
// is a sum of days. Sent surveys are also counted by the day of sending, for the response
// rate.
//
// The package has tallies, their statistics, reports and their CSV form. Package store
// stores days, and package api decides who may see reports.
package report
