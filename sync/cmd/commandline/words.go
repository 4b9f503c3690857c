package commandline

import (
	"regexp"
	"strings"
)

// The parser's words, and ours for them; what is not here is plain already. A test
// has the parser say each.
var phrases = []struct {
	parser    *regexp.Regexp
	ours      string
	ofCommand bool // a command was asked for and is not there
}{
	{regexp.MustCompile(`^unexpected argument (.*?)(?:, did you mean .*)?$`), `"$1" means nothing here`, true},
	{regexp.MustCompile(`^expected one of .*$`), "a command is missing", true},
	{regexp.MustCompile(`^expected "(<.*>.*)"$`), "this is missing: $1", false},
	{regexp.MustCompile(`^expected ".*"$`), "a command is missing", true},
	{regexp.MustCompile(`^missing flags: (.*)$`), "this is missing: $1", false},
	{regexp.MustCompile(`^unknown flag (-[^ ,]*)(.*)$`), "there is no flag $1$2", false},
	{regexp.MustCompile(`^(--[^ :]*): (?:missing value, )?expected .*"EOL".*$`), "$1 needs a value", false},
	{regexp.MustCompile(`^(--[^ :]*): expected (?:int value|a valid \d+ bit int) but got "(.*?)"(?: \(.*)?$`), `$1 must be a count, not "$2"`, false},
	{regexp.MustCompile(`^(--[^ :]*): expected (?:float value|a float) but got "?(.*?)"?(?: \(.*)?$`), `$1 must be a number, not "$2"`, false},
	{regexp.MustCompile(`^(--[^ :]*): expected duration(?: value)? but got "?(.*?)"?(?:: .*| \(.*)?$`), `$1 must be a length of time such as 1h or 90m, not "$2"`, false},
	{regexp.MustCompile(`^(--[^ :]*): parsing time "(.*?)" as .*$`), `$1 must be a time such as 2026-07-14T09:00:00+07:00, not "$2"`, false},
	{regexp.MustCompile(`^\[?<([^>]*)>\S* must be one of (.*) but got (".*")$`), "$1 must be one of $2, not $3", false},
	{regexp.MustCompile(`^(--[^ =]*)\S* must be one of (.*) but got (".*")$`), "$1 must be one of $2, not $3", false},
	{regexp.MustCompile(`^(--\S* and --\S*) can't be used together$`), "$1 exclude each other", false},
}

// sentence puts what the parser says into our words.
func sentence(words string) (ours string, ofCommand bool) {
	for _, p := range phrases {
		if p.parser.MatchString(words) {
			return strings.ReplaceAll(p.parser.ReplaceAllString(words, p.ours), `","`, `", "`), p.ofCommand
		}
	}
	return words, false
}
