// Package sticks carries bundles by the sticks that there are: real FAT32 and
// exFAT file systems, and a stick that fails at any one of its operations, for a
// moment or for good.
//
// The failing stick is a folder seen through FUSE, served by a child process (a
// process must not wait for a file system that it serves itself). It counts what
// is asked of it and answers one operation, or that one and all later, with an
// error; of a write that fails half has happened. Nothing of it is cached by the
// kernel, so each call of a program is one operation of the stick.
//
// It needs /dev/fuse and root. Only tests of this tree may import it.
package sticks
