/** The tutorial of commands that name none. A file of its own: the argument parser reads it without loading any lab. */
export const defaultTutorial = 'compose-scale';
