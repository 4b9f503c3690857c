package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTally(t *testing.T) {
	tests := []struct {
		name           string
		lines          []string
		passed, failed int
		shows          string
	}{
		{"nothing ran", nil, 0, 0, "0 passed, 0 failed"},
		{"one of each", []string{
			`{"Action":"run","Package":"p","Test":"A"}`,
			`{"Action":"pass","Package":"p","Test":"A","Elapsed":0.1}`,
			`{"Action":"run","Package":"p","Test":"B"}`,
			`{"Action":"output","Package":"p","Test":"B","Output":"b.go:1: wrong\n"}`,
			`{"Action":"fail","Package":"p","Test":"B"}`,
			`{"Action":"fail","Package":"p"}`,
		}, 1, 1, "b.go:1: wrong"},
		{"a parent is not counted beside its subtests", []string{
			`{"Action":"run","Package":"p","Test":"A"}`,
			`{"Action":"run","Package":"p","Test":"A/x"}`,
			`{"Action":"run","Package":"p","Test":"A/y"}`,
			`{"Action":"pass","Package":"p","Test":"A/x"}`,
			`{"Action":"fail","Package":"p","Test":"A/y"}`,
			`{"Action":"fail","Package":"p","Test":"A"}`,
			`{"Action":"fail","Package":"p"}`,
		}, 1, 1, "FAIL  p A/y"},
		{"a package that does not build", []string{
			`{"ImportPath":"p","Action":"build-output","Output":"p.go:3: undefined: x\n"}`,
			`{"Action":"start","Package":"p"}`,
			`{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}`,
			`{"Action":"fail","Package":"p"}`,
		}, 0, 1, "p.go:3: undefined: x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			passed, failed, err := tally(strings.NewReader(strings.Join(tt.lines, "\n")), &out)
			if err != nil {
				t.Fatal(err)
			}
			if passed != tt.passed || failed != tt.failed {
				t.Errorf("counted %d passed, %d failed; want %d, %d", passed, failed, tt.passed, tt.failed)
			}
			if !strings.Contains(out.String(), tt.shows) {
				t.Errorf("printed %q, which lacks %q", out.String(), tt.shows)
			}
		})
	}
}
