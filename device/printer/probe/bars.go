package probe

import "fmt"

// code128 are the widths of bars and gaps of Code 128's values 0 to 102, three
// start codes and the stop (ISO/IEC 15417, table 1).
var code128 = [...]string{
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312", "231212",
	"112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212", "223112", "312131",
	"311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
	"112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121",
	"313121", "211331", "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
	"314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
	"122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242", "121142", "121241", "114212",
	"124112", "124211", "411212", "421112", "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113",
	"114311", "411113", "411311", "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
}

const (
	startC = 105
	stop   = 106
	modulo = 103
)

// barWidths is a text of an even number of digits in Code 128 set C: the widths
// of bar, gap, bar, … bar in modules.
func barWidths(digits string) ([]int, error) {
	if len(digits)%2 != 0 || digits == "" {
		return nil, fmt.Errorf("a bar code of %d digits", len(digits))
	}
	values := []int{startC}
	sum := startC
	for i := 0; i < len(digits); i += 2 {
		a, b := digits[i]-'0', digits[i+1]-'0'
		if a > 9 || b > 9 {
			return nil, fmt.Errorf("a bar code of %q", digits)
		}
		v := int(a)*10 + int(b)
		values = append(values, v)
		sum += v * (i/2 + 1)
	}
	values = append(values, sum%modulo, stop)
	var out []int
	for _, v := range values {
		for _, w := range code128[v] {
			out = append(out, int(w-'0'))
		}
	}
	return out, nil
}
