package main

import (
	"errors"
	"fmt"
	"strings"
)

// bar is what a figure has to keep to.
type bar struct {
	part   string // of the bench, which prints the figure
	figure string
	limit  float64
	least  bool // the figure may not be below; else not above
	strict bool // nor the same: faster is not as fast
}

// bars are the design's. What is not named here is printed for whoever compares.
var bars = []bar{
	{part: "submit", figure: "commit-speed", limit: 0.8, least: true},
	{part: "submit", figure: "seal-and-commit-speed", limit: 0.4, least: true},
	{part: "submit", figure: "enqueue-speed", limit: 0.8, least: true},
	{part: "submit", figure: "submit-p99", limit: 50}, // ms, the disk's own share in it
	{part: "search", figure: "search-keystroke-p99", limit: 16},
	{part: "catalogue", figure: "catalogue-first-bytes", limit: 0.25},
	{part: "catalogue", figure: "catalogue-delta-bytes", limit: 0.25},
	{part: "attachments", figure: "form-behind-50MB-chunks", limit: 1.5},
	{part: "drain", figure: "drain-to-floor", limit: 1.3},
	{part: "drain", figure: "drain-to-pouchdb", limit: 1, strict: true},
	{part: "drain", figure: "drain-to-tus", limit: 1, strict: true},
	{part: "printer", figure: "slip-bytes", limit: 0.4},
	{part: "printer", figure: "slip-long-bytes", limit: 0.4},
	{part: "printer", figure: "slip-time-9600-last-row-over-line", limit: 1.1},
	{part: "printer", figure: "slip-time-115200-last-row-over-line", limit: 1.1},
}

// judge says what a figure misses; "" for one that keeps its bar or has none.
func judge(figure string, value float64) string {
	for _, b := range bars {
		if b.figure != figure {
			continue
		}
		good, words := value <= b.limit, "at most"
		switch {
		case b.least:
			good, words = value >= b.limit, "at least"
		case b.strict:
			good, words = value < b.limit, "less than"
		}
		if !good { // NaN keeps no bar
			return fmt.Sprintf("%s is %.3f, the bar is %s %g", figure, value, words, b.limit)
		}
	}
	return ""
}

// unmeasured notes the bars of a part that has ended without their figures.
func (s *sheet) unmeasured(part string) {
	for _, b := range bars {
		if b.part == part && !s.printed[b.figure] {
			s.missed = append(s.missed, b.figure+" was not measured")
		}
	}
}

// errMissed names the bars that were missed.
func (s *sheet) errMissed() error {
	if len(s.missed) == 0 {
		return nil
	}
	return errors.New("missed: " + strings.Join(s.missed, "; "))
}
