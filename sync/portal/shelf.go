//go:build !mutant_shelf_dropped

package portal

// childrenWait shelves what comes before its parent.
const childrenWait = true
