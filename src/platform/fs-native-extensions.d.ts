/** The part of the package that is used; the package has no types. */
declare module 'fs-native-extensions' {
  /** An exclusive lock on the whole file, held by the open file and not by the process (F_OFD_SETLK, LockFileEx). False: another open file holds it. */
  export function tryLock(fd: number): boolean;
}
