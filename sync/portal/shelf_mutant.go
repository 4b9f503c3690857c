//go:build mutant_shelf_dropped

package portal

// What comes before its parent never has an effect.
const childrenWait = false
