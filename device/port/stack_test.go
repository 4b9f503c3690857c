package port

import "runtime"

// stackAll writes every goroutine's stack to buf.
func stackAll(buf []byte) int { return runtime.Stack(buf, true) }
