// Package power cuts the power under the real store and the real portal.
//
// It is a file system in memory, mounted by FUSE and served by a child process
// (a process must not wait for a file system that it serves itself). Its disks
// keep what was written apart from what was synced: data until the file is
// synced, names until the folder is. At a cut the operation that was under way
// and every later one fail with EIO; [Disk.Restart] then mounts what such a
// medium may hold afterwards: everything synced, and of the rest what a [Fate]
// leaves, each write and each name for itself, the last write torn between two
// sectors.
//
// It is stricter than most file systems, which keep names in order and often
// more than was asked: what holds here holds on ext4, on F2FS and on a stick.
//
// SQLite's -shm files stand aside: they are shared memory that every restart
// makes anew. They are never counted and never fail.
//
// It needs /dev/fuse, and root or fusermount3. Only tests of this tree may
// import it; it imports nothing of ours.
package power
