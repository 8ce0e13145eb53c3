/** What there is to grade with. */
export interface Room {
  readonly cores: number;
  /** What all containers together may use; left out: as much as the machine has. */
  readonly memoryMb?: number;
  /** What is free on the disk on which each submission reserves a part; left out: they reserve nothing. */
  readonly freeMb?: number;
  /** How many more networks the engine has addresses for. */
  readonly networks: number;
}

/** Of one submission: three of its containers at their bound are more than all five ever need, and a stack has two networks; three leave room for those that draw one more. */
const [containers, networks] = [3, 3];

/** How many submissions are graded at a time (`containerMb`: the memory of each of its containers, `diskMb`: the disk of each): twice the cores, since half of what a submission does is waiting, or as many as there is room for; one at least. */
export function jobsFor(room: Room, containerMb: number, diskMb: number): number {
  const byMemory = room.memoryMb === undefined ? Number.POSITIVE_INFINITY : room.memoryMb / (containerMb * containers);
  const byDisk = room.freeMb === undefined ? Number.POSITIVE_INFINITY : room.freeMb / diskMb;
  return Math.max(1, Math.floor(Math.min(room.cores * 2, byMemory, byDisk, room.networks / networks)));
}
