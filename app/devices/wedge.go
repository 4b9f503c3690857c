package devices

import "tramhoso/device/scanner"

// unnamedWedge stands for a scanner that only its speed gives away.
const unnamedWedge = "USB HID"

// ListWedge is the name of a scanner among the keyboards, "" for none.
func ListWedge(path string) (string, error) {
	found, err := scanner.Wedges(path)
	if len(found) == 0 {
		return "", err
	}
	if found[0].Name == "" {
		return found[0].Maker, nil
	}
	return found[0].Name, nil
}
