/** What an ID consists of, and what is said about another. */
export const namePattern = { pattern: /^[a-z0-9][a-z0-9-]*$/, message: 'use a-z, 0-9 and -' };
