/** The resources that are available for grading. */
export interface Room {
  readonly cores: number;
  /** The memory that all containers together may use; left out: all of the machine's. */
  readonly memoryMb?: number;
  /** Free space on the disk on which each submission reserves a part; left out: submissions reserve nothing. */
  readonly freeMb?: number;
  /** How many more networks the engine has addresses for. */
  readonly networks: number;
}

/**
 * Per submission. Three containers at their memory limit use more than all five ever need. A stack has two networks; a limit of
 * three allows submissions that add one.
 */
const [containers, networks] = [3, 3];

/**
 * How many submissions are graded at a time: twice the number of cores, because a submission waits half of its time, or as many
 * as the resources allow; at least one. `containerMb`: memory of each container; `diskMb`: disk of each submission.
 */
export function jobsFor(room: Room, containerMb: number, diskMb: number): number {
  const byMemory = room.memoryMb === undefined ? Number.POSITIVE_INFINITY : room.memoryMb / (containerMb * containers);
  const byDisk = room.freeMb === undefined ? Number.POSITIVE_INFINITY : room.freeMb / diskMb;
  return Math.max(1, Math.floor(Math.min(room.cores * 2, byMemory, byDisk, room.networks / networks)));
}
